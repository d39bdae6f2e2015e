// The reader's own words, cut by MiniLM's vocabulary.
hand.figure("wordpiece", (board, { pieces, start }) => {
  const vocabulary = new Set(pieces.split(" "));
  const { input, parts } = hand.textField(board, { label: "Your text", value: start, change: show });
  const body = hand.element("tbody");
  const head = ["word", "tokens"].map((name) => hand.element("th", { scope: "col" }, name));
  const table = hand.element(
    "table",
    { class: "hand-list" },
    hand.element("caption", {}, "Each word with its tokens"),
    hand.element("thead", {}, hand.element("tr", {}, ...head)),
    body,
  );
  const says = hand.status();

  // Lower case without accents; punctuation and Chinese characters are words of their own.
  function words(text) {
    const plain = text.toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, "");
    return plain.replace(/([\p{P}$+<=>^`|~]|\p{Script=Han})/gu, " $1 ").split(/\s+/u).filter(Boolean);
  }

  // The longest piece first; a word that cannot be cut is [UNK].
  function cut(word) {
    const signs = [...word];
    const found = [];
    if (signs.length > 100) return ["[UNK]"];
    for (let from = 0; from < signs.length; ) {
      let to = signs.length;
      const piece = () => (from ? "##" : "") + signs.slice(from, to).join("");
      while (to > from && !vocabulary.has(piece())) to -= 1;
      if (to === from) return ["[UNK]"];
      found.push(piece());
      from = to;
    }
    return found;
  }

  function show() {
    const rows = words(input.value).map((word) => [word, cut(word)]);
    body.replaceChildren(
      ...rows.map(([word, tokens]) =>
        hand.element(
          "tr",
          {},
          hand.element("th", { scope: "row" }, word),
          hand.element("td", {}, tokens.join(" ")),
        ),
      ),
    );
    const tokens = rows.flatMap(([, cuts]) => cuts);
    const unknown = tokens.filter((token) => token === "[UNK]").length;
    says.textContent =
      `${rows.length} word${rows.length === 1 ? "" : "s"}, ` +
      `${tokens.length} token${tokens.length === 1 ? "" : "s"}, ${unknown} unknown.`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, ...parts),
    hand.element("div", { class: "hand-scroll" }, table),
    says,
  );
  show();
});
