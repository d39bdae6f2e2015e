// One sentence against the others: by the cosine of MiniLM's vectors, or by counting words.
hand.figure("sentence-cosine", (board, { sentences, cosines }) => {
  const id = "hand-sentence";
  const chosen = hand.element("select", { id, class: "hand-select", change: show });
  chosen.append(...sentences.map((one, i) => hand.element("option", { value: i }, one)));
  const measure = hand.choice({
    legend: "Compare by",
    names: ["MiniLM", "words in common"],
    change: show,
  });
  const table = hand.bars("The other sentences", ["sentence", "similarity"]);
  const says = hand.status();

  const words = sentences.map((one) => new Set(one.split(" ")));
  const common = (i, j) => [...words[i]].filter((word) => words[j].has(word)).length;
  const inCommon = (n) => ["no word", "one word"][n] ?? `${n} words`;

  function show() {
    const i = Number(chosen.value);
    const byWords = measure.value === 1;
    const value = (j) => (byWords ? common(i, j) : cosines[i][j]);
    const others = sentences.map((_, j) => j).filter((j) => j !== i);
    others.sort((j, k) => value(k) - value(j));
    table.show(
      others.map((j) => ({
        name: sentences[j],
        share: Math.max(0, byWords ? value(j) / words[i].size : value(j)),
        text: hand.number(value(j), byWords ? 0 : 2),
      })),
    );
    const [first] = others;
    says.textContent =
      `First comes “${sentences[first]}”: cosine ${hand.number(cosines[i][first])}, ` +
      `${inCommon(common(i, first))} in common.`;
  }

  board.append(
    hand.element(
      "div",
      { class: "hand-controls" },
      hand.element("label", { for: id, class: "hand-label" }, "Sentence"),
      chosen,
      measure.row,
    ),
    table.table,
    says,
  );
  show();
});
