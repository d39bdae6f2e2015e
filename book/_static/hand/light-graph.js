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
    names: events.map((ends) => ends.join("–")),
    on: events.map((_, i) => i),
    change: show,
  });
  const table = hand.bars("share of the vector that each node holds", ["node", "share"]);
  const says = hand.status();

  // The mean over 0 to L steps of each node's row, one start vector a node.
  function propagated(n, edges) {
    const degree = nodes.map((_, i) => edges.filter((ends) => ends.includes(i)).length);
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
    const edges = met.value.map((i) => [
      people.indexOf(events[i][0]),
      people.length + threads.indexOf(events[i][1]),
    ]);
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
    const next =
      best === undefined
        ? "There is no thread left."
        : score(best) > 0
          ? `The new thread with the highest score is ${threads[best - people.length]}, ` +
            `${hand.number(score(best), 3)}.`
          : "No new thread has a score above 0.";
    says.textContent =
      `L = ${layers.value}, ${edges.length} of ${events.length} events: the vector of ` +
      `${people[person]} has reached ${reached} of ${nodes.length} nodes. ${next}`;
  }

  const controls = hand.element("div", { class: "hand-controls" });
  controls.append(layers.row, who.row, met.row);
  board.append(controls, table.table, says);
  show();
});
