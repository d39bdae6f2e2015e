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

  // The plane: one unit is 48 pixels.
  const x = (value) => 110 + 48 * value;
  const y = (value) => 190 - 48 * value;
  const axis = (from, to) =>
    hand.svg("line", {
      x1: x(from[0]), y1: y(from[1]), x2: x(to[0]), y2: y(to[1]), class: "hand-axis",
    });
  const label = (place, text, more) =>
    hand.svg("text", { x: x(place[0]), y: y(place[1]), ...more }, text);

  // An arrow from the middle with its name at the tip.
  function arrow(text, kind) {
    const shaft = hand.svg("line", { x1: x(0), y1: y(0) });
    const tip = hand.svg("polygon", { points: "0,0 -10,-4.5 -10,4.5" });
    const name = hand.svg("text", {}, text);
    return {
      node: hand.svg("g", { class: kind }, shaft, tip, name),
      point([right, up]) {
        const turn = (-180 / Math.PI) * Math.atan2(up, right);
        shaft.setAttribute("x2", x(right));
        shaft.setAttribute("y2", y(up));
        tip.setAttribute("transform", `translate(${x(right)} ${y(up)}) rotate(${turn})`);
        const isLeft = right < 0.6 && up > 0; // of the arrows that stay
        name.setAttribute("x", x(right) + (isLeft ? -8 : 8));
        name.setAttribute("y", y(up) + (up > 0 ? -2 : 14));
        name.setAttribute("text-anchor", isLeft ? "end" : "start");
      },
    };
  }
  const neighbour = arrow("future, true neighbour", "hand-towards");
  const negative = arrow("wedding, negative sample", "hand-away");
  const robot = arrow("robot", "hand-moved");
  neighbour.point(NEIGHBOUR);
  negative.point(NEGATIVE);
  const trail = hand.svg("polyline");
  const stops = hand.svg("g");
  const picture = hand.svg(
    "svg",
    { viewBox: "0 0 360 262", role: "img", class: "hand-plane", "aria-label": "Vectors in a plane" },
    axis([0, 3.8], [0, -1.4]), axis([-1.5, 0], [4.2, 0]),
    ...[1, 2, 3].map((n) => label([n, 0], n, { dy: 15, "text-anchor": "middle" })),
    ...[1, 2, 3].map((n) => label([0, n], n, { dx: -6, dy: 4, "text-anchor": "end" })),
    label([4.2, 0], "first number", { dy: -6, dx: 40, "text-anchor": "end" }),
    neighbour.node, negative.node, trail, stops, robot.node,
  );
  const table = hand.bars("The model's answer: is the pair real?", ["pair", "probability"]);
  const says = hand.status();

  function show() {
    const places = path();
    const e = places.at(-1);
    trail.setAttribute("points", places.map((p) => `${x(p[0])},${y(p[1])}`).join(" "));
    stops.replaceChildren(
      ...places.map((p) => hand.svg("circle", { cx: x(p[0]), cy: y(p[1]), r: 3 })),
    );
    robot.point(e);
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
