// The weights of one attention head, with masks to put on and take off.
hand.figure("masks", (board, { tokens, real, heads, scores }) => {
  const head = hand.choice({
    legend: "Head of MiniLM's first layer",
    names: heads.map(String),
    change: show,
  });
  const masks = hand.toggles({ legend: "Masks", names: ["padding", "causal"], change: show });
  const way = hand.choice({
    legend: "A mask",
    names: ["adds −∞ before the softmax", "sets weights to 0 after it (wrong)"],
    change: show,
  });
  const body = hand.element("tbody");
  const columns = [...tokens, "sum"].map((token) =>
    hand.element("th", { scope: "col" }, hand.element("span", {}, token)),
  );
  const table = hand.element(
    "table",
    { class: "hand-grid" },
    hand.element("caption", {}, "Weights in percent; × is forbidden"),
    hand.element("thead", {}, hand.element("tr", {}, hand.element("td"), ...columns)),
    body,
  );
  const rows = tokens.map((token, i) => {
    const cells = [...tokens, "sum"].map(() => hand.element("td"));
    const title = hand.element("th", { scope: "row" }, token);
    body.append(hand.element("tr", { pointerenter: () => queries.choose(i) }, title, ...cells));
    return cells;
  });
  const says = hand.status();
  const queries = hand.board({
    label: "query",
    buttons: tokens.map((token) => hand.element("button", {}, token)),
    start: 3,
    change: tell,
    hover: true,
  });

  const forbidden = (i, j) => {
    const [padding, causal] = [0, 1].map((mask) => masks.value.includes(mask));
    return (padding && !real[j]) || (causal && j > i);
  };

  function weights(i) {
    const row = scores[head.value][i];
    const before = way.value === 0;
    const p = hand.softmax(row.map((s, j) => (before && forbidden(i, j) ? -Infinity : s)));
    return p.map((weight, j) => (forbidden(i, j) ? 0 : weight));
  }

  function show() {
    rows.forEach((cells, i) => {
      const row = weights(i);
      row.forEach((weight, j) => {
        cells[j].textContent = forbidden(i, j) ? "×" : hand.number(100 * weight, 0);
        cells[j].style.setProperty("--share", weight);
      });
      cells.at(-1).textContent = hand.number(100 * hand.sum(row), 0);
    });
    tell(queries.value);
  }

  function tell(i) {
    [...body.rows].forEach((row, j) => row.classList.toggle("hand-chosen", j === i));
    const row = weights(i);
    const padding = hand.sum(row.filter((_, j) => !real[j]));
    const later = hand.sum(row.filter((_, j) => j > i));
    says.textContent =
      `${tokens[i]} gives ${hand.percent(padding)} of its weight to padding and ` +
      `${hand.percent(later)} to later tokens. Its weights sum to ${hand.percent(hand.sum(row))}.`;
  }

  const controls = hand.element("div", { class: "hand-controls" });
  const label = hand.element("div", { class: "hand-label" }, "Query");
  controls.append(head.row, masks.row, way.row, hand.element("div", {}, label, queries.row));
  board.append(controls, hand.element("div", { class: "hand-scroll scrolls" }, table), says);
  queries.choose(3);
  show();
});
