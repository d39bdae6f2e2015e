// One word's vector on its way through one attention, a step at a time.
hand.figure("attention-steps", (board, { tokens, X, W_Q, W_K, W_V }) => {
  const dot = (a, b) => hand.sum(a.map((value, i) => value * b[i]));
  const column = (W, j) => W.map((row) => row[j]);
  const times = (x, W) => W[0].map((_, j) => dot(x, column(W, j)));
  const short = (value) => hand.number(value, 3).replace(/\.?0+$/, "") || "0";
  const written = (vector) => `(${vector.map(short).join(", ")})`;

  const word = hand.choice({ legend: "Follow", names: tokens, change: restart });
  const picture = hand.element("table", { class: "hand-trail" });
  const how = hand.element("table");
  const frame = (table) => hand.element("div", { class: "hand-scroll scrolls" }, table);
  const says = hand.status();
  const back = hand.button("Back", () => go(-1));
  const next = hand.button("Next step", () => go(1));
  let at = 0;

  // The steps for word t: each a name, its vector with the names of its places, a sentence, and
  // a table of how the vector came about.
  function steps(t) {
    const K = X.map((x) => times(x, W_K));
    const V = X.map((x) => times(x, W_V));
    const q = times(X[t], W_Q);
    const root = Math.sqrt(q.length);
    const scores = K.map((key) => dot(q, key));
    const scaled = scores.map((score) => score / root);
    const powers = scaled.map(Math.exp);
    const weights = hand.softmax(scaled);
    const parts = V.map((value, j) => value.map((v) => weights[j] * v));
    const output = q.map((_, i) => hand.sum(column(parts, i)));
    const product = (key) => key.map((k, i) => `${short(q[i])} · ${short(k)}`).join(" + ");
    const total = short(hand.sum(powers));
    return [
      ["x", X[t], `The vector of ${tokens[t]}, a row of X.`, ["", "vector x"], X.map(written)],
      ["q", q, `Its query q = x W_Q. Every word also has a key.`, ["", "key x W_K"], K.map(written)],
      ["q · k", scores, "The dot product of the query with each key.", ["", "sum of products"],
        K.map(product)],
      [`÷ √${q.length}`, scaled, "Each score divided by the root of the length of a key.",
        ["", "score"], scores.map(short)],
      ["weights", weights, `e to each score, divided by their sum ${total}: the softmax.`,
        ["", "e to the score"], powers.map(short)],
      ["output", output, `The values, each times its weight, added up: the new ${tokens[t]}.`,
        ["", "weight · value"],
        V.map((v, j) => `${short(weights[j])} · ${written(v)} = ${written(parts[j])}`)],
    ]; // prettier-ignore
  }

  function restart() {
    at = 0;
    show();
  }

  function go(step) {
    at += step;
    show();
    if (back.disabled) next.focus();
    if (next.disabled) back.focus();
  }

  function trail([name, vector], i) {
    const cells = vector.map((value) => {
      const cell = hand.element("td", {}, short(value));
      cell.style.setProperty("--share", Math.min(1, Math.abs(value)));
      return cell;
    });
    const row = hand.element("tr", {}, hand.element("th", { scope: "row" }, name), ...cells);
    row.classList.toggle("hand-chosen", i === at);
    return row;
  }

  function show() {
    const all = steps(word.value);
    const [name, vector, sentence, head, lines] = all[at];
    const body = all.slice(0, at + 1).map(trail);
    const title = hand.element("caption", {}, `${tokens[word.value]} so far`);
    picture.replaceChildren(title, hand.element("tbody", {}, ...body));
    how.replaceChildren(
      hand.element("caption", {}, "How this step is computed"),
      hand.element(
        "thead",
        {},
        hand.element("tr", {}, hand.element("td"), hand.element("th", { scope: "col" }, head[1])),
      ),
      hand.element(
        "tbody",
        {},
        ...lines.map((line, j) =>
          hand.element(
            "tr",
            {},
            hand.element("th", { scope: "row" }, tokens[j]),
            hand.element("td", {}, line),
          ),
        ),
      ),
    );
    says.textContent = `Step ${at + 1} of ${all.length}. ${sentence} ${name}: ${written(vector)}.`;
    back.disabled = at === 0;
    next.disabled = at === all.length - 1;
  }

  const buttons = hand.element("div", { class: "hand-row hand-controls" }, back, next);
  board.append(word.row, buttons, says, frame(picture), frame(how));
  word.row.classList.add("hand-controls");
  show();
});
