// EASE with a penalty to slide: what it recommends to a person who met the films that are ticked.
hand.figure("ease-lambda", (board, data) => {
  const { lambdas, films, raters, seeds, ndcg } = data;
  const rows = data.rows.map(hand.shorts); // for each penalty: seeds by films, in whole units
  const titles = seeds.map((film) => films[film]);
  const start = 4;
  const penalty = hand.slider({
    label: "penalty λ",
    min: 0,
    max: lambdas.length - 1,
    step: 1,
    value: start,
    say: (place) => hand.whole(lambdas[place]),
    change: show,
  });
  const met = hand.toggles({ legend: "You have met", names: titles, on: [0, 1], change: show });
  const table = hand.bars("EASE recommends", ["film", "score"]);
  const curve = hand.curve({
    values: ndcg.map(([value]) => value),
    low: ndcg.map(([, low]) => low),
    high: ndcg.map(([, , high]) => high),
    names: lambdas.map((value) => `λ = ${hand.whole(value)}`),
    axis: "NDCG@10 on validation, 943 people, 95 % interval",
    label: "NDCG@10 on the validation part for each penalty",
  });
  const says = hand.status();

  // A person's score for each film: the sum of the rows of B of the films they met.
  function scores(place) {
    const total = films.map((_, film) =>
      hand.sum(met.value.map((seed) => rows[place][seed * films.length + film])),
    );
    return total.map((units) => units * data.units[place]);
  }

  function show() {
    const place = penalty.value;
    const s = scores(place);
    const mine = met.value.map((seed) => seeds[seed]);
    const best = films
      .map((_, film) => film)
      .filter((film) => mine.length && !mine.includes(film))
      .sort((a, b) => s[b] - s[a] || a - b)
      .slice(0, 10);
    const most = Math.max(...best.map((film) => s[film]));
    table.show(
      best.map((film) => ({
        name: films[film],
        share: Math.max(0, s[film] / most),
        text: s[film] < 0.01 ? s[film].toExponential(1) : hand.number(s[film], 3),
      })),
    );
    curve.choose(place);
    const known = hand.sum(best.map((film) => raters[film])) / best.length;
    says.textContent = best.length
      ? `λ = ${hand.whole(lambdas[place])}: NDCG@10 on validation ` +
        `${hand.number(ndcg[place][0], 3)}. A listed film has ${Math.round(known)} raters on average.`
      : "Tick at least one film: EASE has nothing to go on.";
  }

  const controls = hand.element("div", { class: "hand-controls" }, met.row, penalty.row);
  board.append(controls, table.table, curve.picture, says);
  show();
});
