// A search in eight short descriptions: the reader's own words, k1 and b of BM25.
hand.figure("bm25", (board, { documents, start }) => {
  const strengths = [0, 0.4, 0.8, 1.2, 2, 4, 8, 16];
  const { input, parts } = hand.textField(board, {
    label: "Your query",
    value: start,
    maxlength: 80,
    change: show,
  });
  const k1 = hand.slider({
    label: "k₁",
    min: 0,
    max: strengths.length - 1,
    step: 1,
    value: strengths.indexOf(1.2),
    say: (i) => String(strengths[i]),
    change: show,
  });
  const b = hand.slider({
    label: "b",
    min: 0,
    max: 1,
    step: 0.25,
    value: 0.75,
    say: (value) => hand.number(value),
    change: show,
  });
  const table = hand.bars("The descriptions, best first", ["description", "score"]);
  const says = hand.status();

  // Lower case, letters and digits; a Chinese, Japanese or Korean character is a word of its own.
  const unspaced = "\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af";
  const letters = `(?:(?![${unspaced}])[\\p{L}\\p{N}])+`;
  const word = new RegExp(`[${unspaced}]|${letters}(?:['’]${letters})*`, "gu");
  const words = (text) =>
    (text.toLowerCase().match(word) ?? []).map((found) => found.replaceAll("’", "'"));

  const held = documents.map(words);
  const mean = hand.sum(held.map((found) => found.length)) / held.length;
  const count = (found, wanted) => found.filter((one) => one === wanted).length;
  const holding = (wanted) => held.filter((found) => found.includes(wanted)).length;
  const idf = (wanted) => {
    const n = holding(wanted);
    return Math.log(1 + (held.length - n + 0.5) / (n + 0.5));
  };

  function show() {
    const query = words(input.value);
    const strength = strengths[k1.value];
    const scores = held.map((found) => {
      const against = strength * (1 - b.value + (b.value * found.length) / mean);
      return hand.sum(
        query.map((wanted) => {
          const f = count(found, wanted);
          return f ? (idf(wanted) * f) / (f + against) : 0;
        }),
      );
    });
    const order = scores.map((_, i) => i).sort((one, two) => scores[two] - scores[one] || one - two);
    const most = Math.max(...scores);
    table.show(
      order.map((i) => ({
        name: documents[i],
        share: most ? scores[i] / most : 0,
        text: hand.number(scores[i], 3),
      })),
    );
    const told = [...new Set(query)].map((wanted) => {
      const n = holding(wanted);
      const where = n ? `in ${n} of ${held.length}, idf ${hand.number(idf(wanted))}` : "in none";
      return `${wanted}: ${where}`;
    });
    says.textContent = told.length ? `${told.join("; ")}.` : "Write a word.";
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, ...parts, k1.row, b.row),
    table.table,
    says,
  );
  show();
});
