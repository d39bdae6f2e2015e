// The next film, ranked from events that arrive late: a delay to slide, and whom to ask.
hand.figure("freshness", (board, data) => {
  const { delays, models, who, questions, people, ndcg } = data;
  const delay = hand.slider({
    label: "delay of an event",
    min: 0,
    max: delays.length - 1,
    step: 1,
    value: 0,
    say: (place) => delays[place],
    change: show,
  });
  const asked = hand.choice({ legend: "Which questions", names: who, change: show });
  const most = Math.max(...ndcg.flat(2).map(([value]) => value));
  const bars = hand.bars("NDCG@10 of the next film", ["model", "NDCG@10"]);
  const place = hand.element("div");
  const says = hand.status();
  let drawn = -1;
  let curve;

  function show() {
    const group = asked.value;
    if (drawn !== group) {
      const found = ndcg[0][group];
      curve = hand.curve({
        values: found.map(([value]) => value),
        low: found.map(([, low]) => low),
        high: found.map(([, , high]) => high),
        names: delays,
        axis: `NDCG@10 of ${models[0]}, ${people[group]} people, 95 % interval`,
        label: `NDCG@10 of ${models[0]} for each delay`,
      });
      place.replaceChildren(curve.picture);
      drawn = group;
    }
    bars.show(
      models.map((name, model) => {
        const [value] = ndcg[model][group][delay.value];
        return { name, share: value / most, text: hand.number(value, 3) };
      }),
    );
    curve.choose(delay.value);
    const [value, low, high] = ndcg[0][group][delay.value].map((one) => hand.number(one, 3));
    says.textContent =
      `Delay ${delays[delay.value]}: ${models[0]} reaches ${value} [${low}, ${high}] on ` +
      `${hand.whole(questions[group])} questions of ${people[group]} people.`;
  }

  const controls = hand.element("div", { class: "hand-controls" }, delay.row, asked.row);
  board.append(controls, bars.table, place, says);
  show();
});
