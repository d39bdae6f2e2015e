// A threshold over the scores of a membership attack: whom it accuses, and the point of the ROC.
hand.figure("member-threshold", (board, { cases }) => {
  const [left, right, base, tall] = [12, 348, 84, 66]; // of the histograms
  const [side, corner, floor] = [130, 120, 330]; // of the ROC: its size, left edge and bottom
  const BINS = 32;
  const STEPS = 200;
  const which = hand.choice({
    legend: "Attack on",
    names: cases.map(({ name }) => name),
    change: begin,
  });
  const threshold = hand.slider({
    label: "threshold",
    min: 0,
    max: STEPS,
    step: 1,
    value: 0,
    say: (step) => hand.number(at(step), cases[which.value].digits),
    change: show,
  });
  const few = hand.button("At most 1 % false positives", () => {
    threshold.value = strict();
    show();
  });
  const drawing = hand.svg("svg", { viewBox: `0 0 360 ${floor + 40}`, role: "img" });
  drawing.setAttribute("class", "hand-histogram");
  const says = hand.status();

  function at(step) {
    const { low, high } = cases[which.value];
    return low + ((high - low) * step) / STEPS;
  }
  const above = (scores, limit) => scores.filter((score) => score > limit).length;

  // The lowest threshold that accuses at most one in a hundred of the others.
  function strict() {
    const { others } = cases[which.value];
    let step = STEPS;
    while (step > 0 && above(others, at(step - 1)) <= others.length / 100) step -= 1;
    return step;
  }

  function begin() {
    threshold.value = strict();
    show();
  }

  // How many scores lie in each bin; what lies beyond the axis is in the bins at its ends.
  function counted(scores) {
    const { low, high } = cases[which.value];
    const counts = Array(BINS).fill(0);
    for (const score of scores) {
      const bin = Math.floor((BINS * (score - low)) / (high - low));
      counts[Math.min(BINS - 1, Math.max(0, bin))] += 1;
    }
    return counts;
  }

  function histograms(members, others) {
    const [up, down] = [counted(members), counted(others)];
    const most = Math.max(...up, ...down);
    const wide = (right - left) / BINS;
    const bar = (count, i, y, kind) => {
      const height = (tall * count) / most;
      const x = left + wide * i;
      return hand.svg("rect", { x, y: y(height), width: wide - 1, height, class: kind });
    };
    return [
      ...up.map((count, i) => bar(count, i, (height) => base - height, "hand-in")),
      ...down.map((count, i) => bar(count, i, () => base, "hand-out")),
      hand.svg("line", { x1: left, x2: right, y1: base, y2: base, class: "hand-axis" }),
    ];
  }

  function show() {
    const { name, digits, low, high, members, others } = cases[which.value];
    const limit = at(threshold.value);
    const [found, accused] = [above(members, limit), above(others, limit)];
    const [x, y] = [
      (share) => corner + side * share,
      (share) => floor - side * share,
    ];
    const rates = Array.from({ length: STEPS + 1 }, (_, step) => at(STEPS - step)).map(
      (value) => [above(others, value) / others.length, above(members, value) / members.length],
    );
    const points = [[0, 0], ...rates, [1, 1]].map(([fp, tp]) => `${x(fp)},${y(tp)}`).join(" ");
    const place = left + ((right - left) * threshold.value) / STEPS;
    const text = (where, words) => hand.svg("text", where, words);
    const middle = { "text-anchor": "middle" };
    const end = { "text-anchor": "end" };
    drawing.replaceChildren(
      ...histograms(members, others),
      text({ x: right, y: 14, ...end }, "members"),
      text({ x: right, y: base + tall + 8, ...end }, "others"),
      hand.svg("line", { x1: place, x2: place, y1: 8, y2: base + tall + 4, class: "hand-end" }),
      text({ x: left, y: base + tall + 28 }, hand.number(low, digits)),
      text({ x: 180, y: base + tall + 28, ...middle }, "score of the attack"),
      text({ x: right, y: base + tall + 28, ...end }, hand.number(high, digits)),
      hand.svg("line", { x1: x(0), x2: x(1), y1: floor, y2: floor, class: "hand-axis" }),
      hand.svg("line", { x1: x(0), x2: x(0), y1: floor, y2: y(1), class: "hand-axis" }),
      hand.svg("line", { x1: x(0), x2: x(1), y1: y(0), y2: y(1), class: "hand-zero" }),
      hand.svg("polyline", { points, class: "hand-roc" }),
      hand.svg("circle", {
        cx: x(accused / others.length),
        cy: y(found / members.length),
        r: 6,
        class: "hand-mark",
      }),
      text({ x: x(0) - 6, y: y(1) + 5, ...end }, "100\u00a0%"),
      text({ x: x(0) - 6, y: y(0.5) - 3, ...end }, "true"),
      text({ x: x(0) - 6, y: y(0.5) + 13, ...end }, "positives"),
      text({ x: x(0) - 6, y: floor + 4, ...end }, "0"),
      text({ x: x(0.5), y: floor + 20, ...middle }, "false positives"),
      text({ x: x(1) + 6, y: floor + 20 }, "100\u00a0%"),
    );
    drawing.setAttribute(
      "aria-label",
      `Scores of members above and of others below the axis, with the threshold; under them the ` +
        `ROC curve with the point of this threshold`,
    );
    says.textContent =
      `${name}, threshold ${hand.number(limit, digits)}: accused are ${found} of ` +
      `${members.length} members (true positives, ${hand.percent(found / members.length, 1)}) ` +
      `and ${accused} of ${others.length} others (false positives, ` +
      `${hand.percent(accused / others.length, 1)}).`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, which.row, threshold.row, few),
    drawing,
    says,
  );
  begin();
});
