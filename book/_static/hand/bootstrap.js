// The bootstrap, person by person: samples are drawn from the people, with replacement, and the
// means of many samples show how far the mean of another test set could lie.
hand.figure("bootstrap", (board, data) => {
  const SAMPLES = 2000;
  const BINS = 41;
  const n = data.people;
  const gain = (place) => (place ? 1 / Math.log2(place + 1) : 0); // NDCG with one relevant film
  const ndcg = Object.fromEntries(
    Object.entries(data.places).map(([name, text]) => [name, [...hand.bytes(text)].map(gain)]),
  );
  const pair = hand.choice({
    legend: "NDCG@10 of the first less that of the second",
    names: data.pairs.map(({ first, second }) => `${first}, ${second}`),
    change: restart,
  });
  const one = hand.button("Draw one person", () => {
    draw();
    show();
  });
  const rest = hand.button("Finish this sample", () => {
    finish();
    show();
  });
  const run = hand.button("Draw 2,000 samples", () => {
    running = !running;
    tick();
  });
  const again = hand.button("Start again", restart);
  const [width, height, bottom] = [360, 170, 128];
  const drawing = hand.svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  const says = hand.status();
  let random, apart, drawn, total, last, means, running;

  // Numbers from 0 to 1 that are the same at every start (mulberry32).
  function generator(state) {
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  function restart() {
    const { first, second } = data.pairs[pair.value];
    apart = ndcg[first].map((value, i) => value - ndcg[second][i]);
    random = generator(1);
    [drawn, total, last, means, running] = [0, 0, undefined, [], false];
    show();
  }

  function draw() {
    if (drawn === n) [drawn, total] = [0, 0];
    last = Math.floor(random() * n);
    total += apart[last];
    drawn += 1;
    if (drawn === n) means.push(total / n);
  }

  function finish() {
    do draw();
    while (drawn < n);
  }

  // Some samples for each picture; all at once for a reader who wants no motion.
  function tick() {
    if (running) {
      const goal = hand.stillness() ? SAMPLES : Math.min(SAMPLES, means.length + 25);
      while (means.length < goal) finish();
      if (means.length >= SAMPLES) running = false;
      else requestAnimationFrame(tick);
    }
    show();
  }

  function interval() {
    const sorted = [...means].sort((a, b) => a - b);
    const at = (share) => {
      const place = share * (sorted.length - 1);
      const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
      return low + (high - low) * (place - Math.floor(place));
    };
    return [at(0.025), at(0.975)];
  }

  function show() {
    const mean = hand.sum(apart) / n;
    const deviation = Math.sqrt(hand.sum(apart.map((d) => (d - mean) ** 2))) / n;
    const reach = 4.1 * deviation;
    const x = (value) => width / 2 + ((width / 2 - 8) * (value - mean)) / reach;
    const counts = Array(BINS).fill(0);
    for (const value of means) {
      const bin = Math.floor(((value - mean + reach) / (2 * reach)) * BINS);
      counts[Math.min(BINS - 1, Math.max(0, bin))] += 1;
    }
    const unit = (bottom - 14) / Math.max(8, ...counts);
    const step = (width - 16) / BINS;
    const ends = means.length >= 100 ? interval() : [];
    const line = (value, kind) =>
      hand.svg("line", { x1: x(value), x2: x(value), y1: 8, y2: bottom, class: kind });
    const text = (value, y, words) =>
      hand.svg("text", { x: x(value), y, "text-anchor": "middle" }, words);
    const marks = [0, mean].filter((value) => Math.abs(value - mean) <= reach);
    drawing.replaceChildren(
      ...counts.map((count, i) =>
        hand.svg("rect", {
          x: 8 + i * step,
          y: bottom - count * unit,
          width: step - 1,
          height: count * unit,
        }),
      ),
      hand.svg("line", { x1: 8, x2: width - 8, y1: bottom, y2: bottom, class: "hand-axis" }),
      ...marks.map((value) => line(value, value ? "hand-axis" : "hand-zero")),
      ...marks.map((value) => text(value, bottom + 15, value ? hand.number(value, 3) : "0")),
      ...ends.map((value) => line(value, "hand-end")),
      hand.svg(
        "text",
        { x: width / 2, y: height - 6, "text-anchor": "middle" },
        "mean difference of a sample",
      ),
    );
    const label = `Histogram of ${means.length} sample means`;
    drawing.setAttribute("aria-label", label);
    run.textContent = running ? "Stop" : "Draw 2,000 samples";
    const done = !running && means.length >= SAMPLES;
    if (done && document.activeElement === run) again.focus(); // a disabled button would lose it
    run.disabled = done;
    tell(mean, ends);
  }

  function tell(mean, ends) {
    const { first, second, interval: library } = data.pairs[pair.value];
    const part = drawn < n && last !== undefined;
    if (last === undefined) {
      says.textContent = `The ${n} people: mean difference ${hand.number(mean, 4)}.`;
    } else if (part) {
      const values = [first, second].map((name) => `${name} ${hand.number(ndcg[name][last], 3)}`);
      says.textContent =
        `Drawn ${drawn} of ${n}: person ${last + 1}, ${values.join(", ")}. ` +
        `Mean difference of this sample so far ${hand.number(total / drawn, 4)}.`;
    } else {
      says.textContent = `${means.length} samples; the mean of the last is ${hand.number(means.at(-1), 4)}.`;
    }
    if (!ends.length) return;
    const [low, high] = ends.map((end) => hand.number(end, 4));
    const theirs = library.slice(1).map((end) => hand.number(end, 4));
    says.textContent += ` The middle 95 % of the means: ${low} to ${high}.`;
    if (means.length >= SAMPLES) {
      says.textContent += ` The library, with draws of its own: ${theirs.join(" to ")}.`;
    }
  }

  const buttons = hand.element("div", { class: "hand-row" }, one, rest, run, again);
  board.append(
    hand.element("div", { class: "hand-controls" }, pair.row, buttons),
    drawing,
    says,
  );
  drawing.classList.add("hand-histogram");
  restart();
});
