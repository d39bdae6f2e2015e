// The cold-start loss in one dimension: two warm films, a ridge through them, one hidden film.
hand.figure("cold-start-loss", (board) => {
  const PENALTIES = [0.1, 0.3, 0.5, 1, 2, 5, 10, 30, 100];
  const warm = [
    { name: "warm, not liked", place: -1, liked: 0 },
    { name: "warm, liked", place: 1, liked: 1 },
  ];
  const penalty = hand.slider({
    label: "penalty λ",
    min: 0,
    max: 8,
    step: 1,
    value: 4,
    say: (at) => String(PENALTIES[at]),
    change: show,
  });
  const place = hand.slider({
    label: "coordinate of the hidden film",
    min: -2,
    max: 2,
    step: 0.1,
    value: 0.6,
    say: (value) => hand.number(value, 1),
    change: show,
  });
  const truth = hand.choice({ legend: "The hidden film was", names: ["liked", "not liked"], change: show });
  const [x, y] = [(value) => 180 + 75 * value, (value) => 90 - 50 * value];
  const line = hand.svg("polyline");
  const mark = hand.svg("circle", { r: 6, class: "hand-mark" });
  const text = (at, words) => hand.svg("text", at, words);
  const picture = hand.svg(
    "svg",
    {
      viewBox: "0 0 360 170",
      role: "img",
      "aria-label": "The line of the ridge over the coordinate of a film, and the prediction for the hidden one",
      class: "hand-curve",
    },
    line,
    ...warm.map((film) => text({ x: x(film.place), y: y(film.liked) + 5, "text-anchor": "middle" }, "×")),
    ...[0, 1].map((value) => text({ x: 20, y: y(value) + 4, "text-anchor": "end" }, String(value))),
    ...[-2, -1, 0, 1, 2].map((value) =>
      text({ x: x(value), y: 150, "text-anchor": "middle" }, hand.number(value, 0)),
    ),
    text({ x: 180, y: 166, "text-anchor": "middle" }, "coordinate of the film; × are the warm ones"),
    mark,
  );
  const table = hand.bars("what the ridge predicts", ["film", "prediction (truth)"]);
  const says = hand.status();

  function show() {
    const lambda = PENALTIES[penalty.value];
    const taste = 1 / (2 + lambda); // W: the sum of place times like less the mean, over 2 + λ
    const predicted = (at) => 0.5 + at * taste;
    const hidden = { name: "hidden", place: place.value, liked: 1 - truth.value };
    table.show(
      [...warm, hidden].map((film) => ({
        name: film.name,
        share: Math.min(1, Math.max(0, predicted(film.place))),
        text: `${hand.number(predicted(film.place))} (${film.liked})`,
      })),
    );
    line.setAttribute("points", [-2, 2].map((at) => `${x(at)},${y(predicted(at))}`).join(" "));
    mark.setAttribute("cx", x(hidden.place));
    mark.setAttribute("cy", y(predicted(hidden.place)));
    const error = hidden.liked - predicted(hidden.place);
    says.textContent =
      `W = ${hand.number(taste, 3)}. The hidden film gets ${hand.number(predicted(hidden.place), 3)}: ` +
      `loss ${hand.number(error ** 2, 4)}, slope ${hand.number(-2 * error * taste, 3)}.`;
  }

  const controls = hand.element("div", { class: "hand-controls" });
  controls.append(penalty.row, place.row, truth.row);
  board.append(controls, picture, table.table, says);
  show();
});
