// Six models, and the number of films among which the right one is ranked.
hand.figure("sampled-candidates", (board, data) => {
  const { drawn, models } = data;
  const said = (place) => (drawn[place] ? hand.whole(drawn[place]) : "all");
  const films = hand.slider({
    label: "drawn films",
    min: 0,
    max: drawn.length - 1,
    step: 1,
    value: 3,
    say: said,
    change: show,
  });
  const metric = hand.choice({
    legend: "Metric",
    names: ["NDCG@10", "HR@10"],
    change: show,
  });
  const table = hand.bars("Models, the best first", ["model", "value"]);
  const says = hand.status();

  function show() {
    const rows = [data.ndcg, data.hit][metric.value];
    const values = rows.map((row) => row[films.value]);
    const order = models.map((_, place) => place).sort((a, b) => values[b] - values[a]);
    table.show(
      order.map((place) => ({
        name: models[place],
        share: values[place],
        text: hand.number(values[place], 3),
      })),
    );
    const all = rows.map((row) => row[row.length - 1]);
    const best = order[0];
    says.textContent =
      `Among ${said(films.value)} films the ${models[best]} reads ${hand.number(values[best], 3)}, ` +
      `among all ${hand.number(all[best], 3)}.`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, films.row, metric.row),
    table.table,
    says,
  );
  show();
});
