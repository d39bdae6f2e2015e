// Steps of gradient descent on one word vector: towards a neighbour, away from a negative sample.
hand.figure("skip-gram-step", (board) => {
  const START = [1, 0];
  const NEIGHBOUR = [1, 2];
  const NEGATIVE = [1, -1];
  const steps = hand.slider({
    label: "steps",
    min: 0,
    max: 20,
    step: 1,
    value: 1,
    change: show,
  });
  const rate = hand.slider({
    label: "learning rate η",
    min: 0.1,
    max: 2,
    step: 0.1,
    value: 0.5,
    say: (value) => hand.number(value, 1),
    change: show,
  });

  const dot = (a, b) => hand.sum(a.map((value, k) => value * b[k]));
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));

  // The places of robot, from the start to its last step.
  function path() {
    const places = [START];
    for (let step = 0; step < steps.value; step += 1) {
      const e = places.at(-1);
      const real = sigmoid(dot(e, NEIGHBOUR)) - 1;
      const drawn = sigmoid(dot(e, NEGATIVE));
      places.push(e.map((value, k) => value - rate.value * (real * NEIGHBOUR[k] + drawn * NEGATIVE[k])));
    }
    return places;
  }

  // The plane: one unit is 40 pixels.
  const x = (value) => 60 + 40 * value;
  const y = (value) => 170 - 40 * value;
  const line = (to, width, dashes) =>
    hand.svg("line", {
      x1: x(0), y1: y(0), x2: x(to[0]), y2: y(to[1]),
      stroke: "currentColor", "stroke-width": width, "stroke-dasharray": dashes,
    });
  const name = (place, text) =>
    hand.svg("text", { x: x(place[0]) + 6, y: y(place[1]) + 4 }, text);
  const trail = hand.svg("polyline", { fill: "none" });
  const robot = line(START, 3);
  const robotName = name(START, "robot");
  const picture = hand.svg(
    "svg",
    { viewBox: "0 0 250 240", role: "img", class: "hand-curve", "aria-label": "Vectors in a plane" },
    line([0, 4], 0.5), line([0, -1.5], 0.5), line([-1.2, 0], 0.5), line([3.2, 0], 0.5),
    line(NEIGHBOUR, 1.5), name(NEIGHBOUR, "future (neighbour)"),
    line(NEGATIVE, 1.5, "5 3"), name(NEGATIVE, "wedding (negative)"),
    trail, robot, robotName,
  );
  const table = hand.bars("The model's answer: is the pair real?", ["pair", "probability"]);
  const says = hand.status();

  function show() {
    const places = path();
    const e = places.at(-1);
    trail.setAttribute("points", places.map((p) => `${x(p[0])},${y(p[1])}`).join(" "));
    robot.setAttribute("x2", x(e[0]));
    robot.setAttribute("y2", y(e[1]));
    robotName.setAttribute("x", x(e[0]) + 6);
    robotName.setAttribute("y", y(e[1]) - 4);
    const real = sigmoid(dot(e, NEIGHBOUR));
    const drawn = sigmoid(dot(e, NEGATIVE));
    table.show([
      { name: "robot, future", share: real, text: hand.percent(real, 1) },
      { name: "robot, wedding", share: drawn, text: hand.percent(drawn, 1) },
    ]);
    const loss = -Math.log(real) - Math.log(1 - drawn);
    says.textContent =
      `Robot is at (${hand.number(e[0], 3)}, ${hand.number(e[1], 3)}); ` +
      `the loss is ${hand.number(loss, 3)}.`;
  }

  const controls = hand.element("div", { class: "hand-controls" });
  controls.append(steps.row, rate.row);
  board.append(controls, picture, table.table, says);
  show();
});
