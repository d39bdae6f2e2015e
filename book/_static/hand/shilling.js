// Shilling on a small matrix: how many profiles with which fillers put film D ahead of film C.
hand.figure("shilling", (board, { fillers, scores }) => {
  const films = ["A", "B", "C"];
  const number = hand.slider({
    label: "profiles",
    min: 0,
    max: scores[0].length - 1,
    step: 1,
    value: 0,
    say: String,
    change: show,
  });
  const filler = hand.toggles({
    legend: "Each profile holds film D and",
    names: films,
    on: [0, 1],
    change: show,
  });
  const list = hand.bars("The first person's list", ["film", "score"]);
  const says = hand.status();
  const most = Math.max(...scores.flat(2));

  function show() {
    const n = number.value;
    const held = filler.value.map((i) => films[i]).join("");
    const [c, d] = scores[fillers.indexOf(held)][n];
    const rows = [
      { name: "C", score: c },
      { name: "D, pushed", score: d },
    ].sort((one, other) => other.score - one.score);
    list.show(
      rows.map(({ name, score }) => ({
        name,
        share: score / most,
        text: hand.number(score),
      })),
    );
    const place = d > c ? "first" : "second";
    says.textContent =
      `${n} ${n === 1 ? "profile" : "profiles"} with ${held ? [...held].join(", ") : "no filler"}: ` +
      `film D has ${hand.number(d)}, film C ${hand.number(c)}. Film D is ${place}.`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, number.row, filler.row),
    list.table,
    says,
  );
  show();
});
