// Tokens of one sentence, hidden as BERT hides them, or shifted as GPT predicts them.
hand.figure("token-masking", (board, { tokens, others }) => {
  const special = (token) => token.startsWith("[");
  const objective = hand.choice({
    legend: "Objective",
    names: ["hidden tokens (BERT)", "next tokens (GPT)"],
    change: show,
  });
  const rate = hand.slider({
    label: "share of tokens to choose",
    min: 5,
    max: 60,
    step: 5,
    value: 15,
    say: (share) => `${share} %`,
    change: show,
  });
  let draw = 1;
  const again = hand.button("Draw again", () => {
    draw += 1;
    show();
  });
  const body = hand.element("tbody");
  const table = hand.element(
    "table",
    { class: "hand-list" },
    hand.element("caption", {}, "One training example; – means no label"),
    hand.element(
      "thead",
      {},
      hand.element(
        "tr",
        {},
        ...["text", "model input", "label"].map((name) =>
          hand.element("th", { scope: "col" }, name),
        ),
      ),
    ),
    body,
  );
  const rows = tokens.map((token) => {
    const cells = [0, 1].map(() => hand.element("td"));
    body.append(hand.element("tr", {}, hand.element("th", { scope: "row" }, token), ...cells));
    return cells;
  });
  const says = hand.status();

  // The same numbers for the same draw, so that a higher share adds to what is chosen already.
  function* numbers(seed) {
    let state = (seed * 2654435761) >>> 0;
    for (;;) {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      yield ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    }
  }

  function hidden() {
    const stream = numbers(draw);
    const next = () => stream.next().value;
    return tokens.map((token) => {
      const [chosen, fate, other] = [next(), next(), next()];
      if (special(token) || chosen >= rate.value / 100) return { input: token, fate: "" };
      if (fate < 0.8) return { input: "[MASK]", fate: "[MASK]" };
      if (fate < 0.9) return { input: others[Math.floor(other * others.length)], fate: "random" };
      return { input: token, fate: "unchanged" };
    });
  }

  function show() {
    const masked = objective.value === 0;
    rate.row.hidden = again.hidden = !masked;
    const shown = masked ? hidden() : tokens.map((token) => ({ input: token, fate: "" }));
    const labels = shown.map(({ fate }, t) => (masked ? fate && tokens[t] : tokens[t + 1]));
    rows.forEach(([input, label], t) => {
      input.textContent = shown[t].input;
      label.textContent = labels[t] || "–";
      input.parentNode.classList.toggle("hand-chosen", Boolean(labels[t]));
    });
    const count = (fate) => shown.filter((one) => one.fate === fate).length;
    const n = labels.filter(Boolean).length;
    const predictions = n === 1 ? "1 prediction" : `${n} predictions`;
    says.textContent = masked
      ? `${predictions}: ${count("[MASK]")} [MASK], ${count("random")} random, ` +
        `${count("unchanged")} unchanged.`
      : `${predictions}: every token but the first is predicted from those before it.`;
  }

  const controls = hand.element("div", { class: "hand-controls" });
  controls.append(objective.row, rate.row, again);
  board.append(controls, hand.element("div", { class: "hand-scroll" }, table), says);
  show();
});
