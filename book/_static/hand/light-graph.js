// Light graph convolution on three people and four threads: how far one person's vector travels.
hand.figure("light-graph", (board) => {
  const people = ["A", "B", "C"];
  const threads = ["1", "2", "3", "4"];
  const nodes = [...people.map((name) => `person ${name}`), ...threads.map((name) => `thread ${name}`)];
  const events = [["A", "1"], ["A", "2"], ["B", "2"], ["B", "3"], ["C", "3"], ["C", "4"]];
  const layers = hand.slider({
    label: "layers L",
    min: 0,
    max: 4,
    step: 1,
    value: 1,
    change: show,
  });
  const who = hand.choice({
    legend: "Follow the vector of",
    names: people,
    change: show,
  });
  const met = hand.toggles({
    legend: "Events: who wrote in which thread",
    names: events.map((event) => event.join("–")),
    on: events.map((_, i) => i),
    change: show,
  });
  const table = hand.bars("share of the vector that each node holds", ["node", "share"]);
  const says = hand.status();

  // People above, threads below; the stronger a node, the more of the vector it holds.
  const x = (i) => (i < people.length ? 80 + 100 * i : 30 + 100 * (i - people.length));
  const y = (i) => (i < people.length ? 34 : 126);
  const ends = events.map(([a, b]) => [people.indexOf(a), people.length + threads.indexOf(b)]);
  const lines = ends.map(([a, b]) => hand.svg("line", { x1: x(a), y1: y(a), x2: x(b), y2: y(b) }));
  const drawn = nodes.map((name, i) => {
    const shape = (kind) =>
      i < people.length
        ? hand.svg("circle", { cx: x(i), cy: y(i), r: 20, class: kind })
        : hand.svg("rect", { x: x(i) - 22, y: y(i) - 17, width: 44, height: 34, rx: 4, class: kind });
    const share = shape("hand-share");
    const letter = { x: x(i), y: y(i) + 5, "text-anchor": "middle" };
    const text = hand.svg("text", letter, name.split(" ")[1]);
    return { share, parts: [shape("hand-paper"), share, text] };
  });
  const picture = hand.svg(
    "svg",
    { viewBox: "0 0 360 150", role: "img", class: "hand-graph" },
    ...lines,
    ...drawn.flatMap(({ parts }) => parts),
  );

  function paint(shares, person, best) {
    drawn.forEach(({ share }, i) => {
      // The letter on it stays legible.
      share.setAttribute("fill-opacity", 0.6 * Math.sqrt(Math.max(0, shares[i])));
      share.classList.toggle("hand-chosen", i === person);
      share.classList.toggle("hand-best", i === best);
    });
    lines.forEach((line, i) => line.classList.toggle("hand-off", !met.value.includes(i)));
    const held = nodes.filter((_, i) => shares[i] > 0);
    picture.setAttribute("aria-label", `Three people and four threads; reached: ${held.join(", ")}`);
  }

  // The mean over 0 to L steps of each node's row, one start vector a node.
  function propagated(n, edges) {
    const degree = nodes.map((_, i) => edges.filter((edge) => edge.includes(i)).length);
    const step = (rows) => {
      const next = rows.map((row) => row.map(() => 0));
      for (const [a, b] of edges) {
        const weight = 1 / Math.sqrt(degree[a] * degree[b]);
        rows[b].forEach((value, k) => (next[a][k] += weight * value));
        rows[a].forEach((value, k) => (next[b][k] += weight * value));
      }
      return next;
    };
    let rows = nodes.map((_, i) => nodes.map((_, j) => Number(i === j)));
    const total = rows.map((row) => [...row]);
    for (let layer = 0; layer < n; layer += 1) {
      rows = step(rows);
      rows.forEach((row, i) => row.forEach((value, k) => (total[i][k] += value)));
    }
    return total.map((row) => row.map((value) => value / (n + 1)));
  }

  function show() {
    const edges = met.value.map((i) => ends[i]);
    const E = propagated(layers.value, edges);
    const person = who.value;
    table.show(
      nodes.map((name, i) => ({ name, share: E[i][person], text: hand.number(E[i][person], 3) })),
    );
    const own = edges.filter(([a]) => a === person).map(([, b]) => b);
    const unmet = threads.map((_, i) => people.length + i).filter((i) => !own.includes(i));
    const score = (i) => hand.sum(E[person].map((value, k) => value * E[i][k]));
    const [best] = [...unmet].sort((a, b) => score(b) - score(a) || a - b);
    const reached = nodes.filter((_, i) => E[i][person] > 0).length;
    const found = best !== undefined && score(best) > 0;
    paint(
      E.map((row) => row[person]),
      person,
      found ? best : undefined,
    );
    const next =
      best === undefined
        ? "There is no thread left."
        : found
          ? `The new thread with the highest score is ${threads[best - people.length]}, ` +
            `${hand.number(score(best), 3)}.`
          : "No new thread has a score above 0.";
    says.textContent =
      `L = ${layers.value}, ${edges.length} of ${events.length} events: the vector of ` +
      `${people[person]} has reached ${reached} of ${nodes.length} nodes. ${next}`;
  }

  const controls = hand.element("div", { class: "hand-controls" });
  controls.append(layers.row, who.row, met.row);
  board.append(controls, picture, table.table, says);
  show();
});
