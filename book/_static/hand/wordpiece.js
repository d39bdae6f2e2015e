// WordPiece: a word to write, pieces to put into the vocabulary, and the cuts one by one.
hand.figure("wordpiece", (board, { pieces, on, word }) => {
  const id = "hand-wordpiece-word";
  const input = hand.element("input", {
    type: "text",
    id,
    value: word,
    class: "hand-select",
    maxlength: 24,
    autocapitalize: "none",
    autocomplete: "off",
    spellcheck: "false",
    input: show,
  });
  const known = hand.toggles({
    legend: "The vocabulary holds",
    names: pieces,
    on: pieces.map((_, i) => i).slice(0, on),
    change: show,
  });
  const body = hand.element("tbody");
  const head = ["at", "longest piece that is known", "left"].map((text) =>
    hand.element("th", { scope: "col" }, text),
  );
  const table = hand.element(
    "table",
    {},
    hand.element("caption", {}, "Cut by cut"),
    hand.element("thead", {}, hand.element("tr", {}, ...head)),
    body,
  );
  const says = hand.status();

  // The cuts of a text: each with its piece, or none where no piece fits.
  function cuts(text, vocabulary) {
    const made = [];
    let start = 0;
    while (start < text.length) {
      const rest = text.slice(start);
      let end = rest.length;
      const piece = () => (start ? "##" : "") + rest.slice(0, end);
      while (end > 0 && !vocabulary.has(piece())) end -= 1;
      made.push({ rest, piece: end ? piece() : undefined, left: rest.slice(end) });
      if (!end) break;
      start += end;
    }
    return made;
  }

  function show() {
    const text = input.value.trim().toLowerCase();
    const made = cuts(text, new Set(known.value.map((place) => pieces[place])));
    body.replaceChildren(
      ...made.map(({ rest, piece, left }) =>
        hand.element(
          "tr",
          {},
          hand.element("td", {}, rest),
          hand.element("td", {}, piece ?? "none: the whole word is [UNK]"),
          hand.element("td", {}, piece ? left || "nothing" : ""),
        ),
      ),
    );
    const whole = made.every(({ piece }) => piece);
    const tokens = whole ? made.map(({ piece }) => piece) : ["[UNK]"];
    says.textContent = made.length
      ? `${text} becomes ${tokens.length} ${tokens.length === 1 ? "token" : "tokens"}: ${tokens.join(", ")}`
      : "Write a word.";
  }

  board.append(
    hand.element(
      "div",
      { class: "hand-controls" },
      hand.element("label", { for: id, class: "hand-label" }, "Word"),
      input,
      known.row,
    ),
    table,
    says,
  );
  show();
});
