// How many people a test has, and whether its interval can tell a gain from none.
hand.figure("power", (board, { cases }) => {
  const [width, height, bottom] = [360, 92, 62];
  const z = 1.959964; // standard errors to either side of a 95 % interval
  const wanted = z + 0.841621; // ... and so far must a gain be from 0 for 80 %
  const people = hand.slider({
    label: "people in the test",
    min: 0,
    max: 33,
    step: 1,
    value: 13,
    say: (step) => hand.whole(count(step)),
    change: show,
  });
  const gain = hand.slider({
    label: "true gain",
    min: 1,
    max: 30,
    step: 1,
    value: 5,
    say: (percent) => `${percent}\u00a0%`,
    change: show,
  });
  const which = hand.choice({
    legend: "Compared, and on what",
    names: cases.map(({ name }) => name),
    change: show,
  });
  const drawing = hand.svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  drawing.setAttribute("class", "hand-histogram");
  const says = hand.status();

  // 50, 63, 79, 100 ... 100,000: ten steps make ten times as many, to two digits.
  function count(step) {
    const exact = 50 * 10 ** (step / 10);
    const unit = 10 ** (Math.floor(Math.log10(exact)) - 1);
    return Math.round(exact / unit) * unit;
  }

  // The share of a normal distribution below x (Abramowitz and Stegun 7.1.26).
  function below(x) {
    const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
    const series = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
    const tail = t * series.reduce((total, factor) => total * t + factor, 0) * Math.exp((-x * x) / 2);
    return x >= 0 ? 1 - tail / 2 : tail / 2;
  }

  function show() {
    const { spread } = cases[which.value];
    const n = count(people.value);
    const share = gain.value / 100;
    const error = spread / Math.sqrt(n);
    const [low, high] = [share - z * error, share + z * error];
    const shown = below(share / error - z);
    const needed = Math.ceil(((wanted * spread) / share) ** 2);
    const edge = Math.max(Math.abs(low), high, 0.1) * 1.15;
    const x = (value) => width / 2 + ((width / 2 - 12) * value) / edge;
    const line = (value, kind) =>
      hand.svg("line", { x1: x(value), x2: x(value), y1: 8, y2: bottom, class: kind });
    const text = (value, y, words) =>
      hand.svg("text", { x: x(value), y, "text-anchor": "middle" }, words);
    drawing.replaceChildren(
      hand.svg("rect", { x: x(low), y: 28, width: x(high) - x(low), height: 16 }),
      hand.svg("line", { x1: 8, x2: width - 8, y1: bottom, y2: bottom, class: "hand-axis" }),
      line(0, "hand-zero"),
      line(share, "hand-end"),
      text(0, bottom + 16, "0"),
      text(-edge * 0.86, bottom + 16, hand.percent(-edge * 0.86)),
      text(edge * 0.86, bottom + 16, hand.percent(edge * 0.86)),
      text(0, bottom + 28, "gain in NDCG@10, share of the rival's"),
    );
    drawing.setAttribute(
      "aria-label",
      `Interval from ${hand.percent(low, 1)} to ${hand.percent(high, 1)} around the true gain`,
    );
    says.textContent =
      `${hand.whole(n)} people, a true gain of ${gain.value}\u00a0%: the average interval lies ` +
      `from ${hand.percent(low, 1)} to ${hand.percent(high, 1)}. It is above 0 in ` +
      `${hand.percent(shown)} of such tests; for 80\u00a0% you need ${hand.whole(needed)} people.`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, people.row, gain.row, which.row),
    drawing,
    says,
  );
  show();
});
