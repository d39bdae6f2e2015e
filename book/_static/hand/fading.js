// EASE with time decay: one history in three orders, with a factor to slide.
hand.figure("fading", (board, data) => {
  const { decays, history, orders, orderings, films, best, scores, ndcg } = data;
  const factor = hand.slider({
    label: "factor δ",
    min: 0,
    max: decays.length - 1,
    step: 1,
    value: 2,
    say: (place) => hand.number(decays[place]),
    change: show,
  });
  const order = hand.choice({ legend: "Order of the history", names: orders, change: show });
  const weights = hand.bars("Weight of each film, the last film first", ["film", "weight"]);
  const table = hand.bars("EASE recommends", ["film", "score"]);
  const curve = hand.curve({
    values: ndcg.map(([value]) => value),
    low: ndcg.map(([, low]) => low),
    high: ndcg.map(([, , high]) => high),
    names: decays.map((value) => `δ = ${value}`),
    axis: "NDCG@10 on validation, 943 people, 95 % interval",
    label: "NDCG@10 on the validation part for each factor",
  });
  const says = hand.status();

  function show() {
    const place = factor.value;
    const lastFirst = [...orderings[order.value]].reverse(); // the last film first
    weights.show(
      lastFirst.map((film, back) => {
        const weight = decays[place] ** back;
        return { name: history[film], share: weight, text: hand.number(weight) };
      }),
    );
    const found = scores[place][order.value];
    table.show(
      best[place][order.value].map((film, rank) => ({
        name: films[film],
        share: Math.max(0, found[rank] / found[0]),
        text: hand.number(found[rank], 3),
      })),
    );
    curve.choose(place);
    says.textContent =
      `δ = ${decays[place]}: NDCG@10 on validation ${hand.number(ndcg[place][0], 3)}, ` +
      `and ${hand.number(data.ndcg_shuffled[place], 3)} with all histories shuffled. ` +
      `First for this person: ${films[best[place][order.value][0]]}.`;
  }

  const controls = hand.element("div", { class: "hand-controls" }, factor.row, order.row);
  board.append(controls, weights.table, table.table, curve.picture, says);
  show();
});
