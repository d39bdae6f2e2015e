// All heads of a model on one sentence: small pictures to choose from, then one word's weights.
hand.figure("heads", (board, { layers, heads, sentences, weights }) => {
  const read = weights.map(hand.bytes); // of each sentence: layers, heads, queries, keys
  const id = "hand-heads-sentence";
  const sentence = hand.element("select", { id, class: "hand-select", change: newSentence });
  sentence.append(...sentences.map(({ text }, i) => hand.element("option", { value: i }, text)));
  const small = Array.from({ length: layers * heads }, (_, i) =>
    hand.element(
      "button",
      { "aria-label": `layer ${Math.floor(i / heads) + 1}, head ${(i % heads) + 1}` },
      hand.element("canvas"),
    ),
  );
  const head = hand.board({
    label: "head: a row for each layer",
    buttons: small,
    columns: heads,
    start: 2,
    change: show,
  });
  head.row.classList.add("hand-heads");
  head.row.style.setProperty("--columns", heads);
  const words = hand.element("div");
  const table = hand.bars("", ["attends to", "weight"]);
  const says = hand.status();
  let query;

  const tokens = () => sentences[sentence.value].tokens;

  // Row i of the weights of a head, from 0 to 1.
  function row(which, i) {
    const T = tokens().length;
    const from = (which * T + i) * T;
    return [...read[sentence.value].subarray(from, from + T)].map((byte) => byte / 255);
  }

  // A picture of a head: a row for each query, a column for each key, dark where much goes.
  function paint(canvas, which) {
    const T = tokens().length;
    canvas.width = canvas.height = T;
    const pen = canvas.getContext("2d");
    for (let i = 0; i < T; i += 1) {
      row(which, i).forEach((weight, j) => {
        pen.fillStyle = `rgba(0, 0, 0, ${weight})`;
        pen.fillRect(j, i, 1, 1);
      });
    }
  }

  function newSentence() {
    small.forEach((one, which) => paint(one.firstChild, which));
    query = hand.board({
      label: "word that attends",
      buttons: tokens().map((token) => hand.element("button", {}, token)),
      change: show,
      hover: true,
    });
    words.replaceChildren(query.row);
    query.choose(Math.max(1, tokens().indexOf("star")));
  }

  // The share that a habit gets of the weights of a head, averaged over the words that have it.
  function habit(which, target) {
    const shares = tokens().flatMap((_, i) => {
      const weight = row(which, i)[target(i)];
      return weight === undefined ? [] : [weight];
    });
    return hand.percent(hand.sum(shares) / shares.length);
  }

  function show() {
    if (!query) return;
    const [which, i] = [head.value, query.value];
    const shares = row(which, i);
    const most = Math.max(...shares);
    table.show(
      tokens().map((name, j) => ({ name, share: shares[j], text: hand.percent(shares[j]) })),
    );
    const name = small[which].getAttribute("aria-label");
    table.table.caption.textContent = `${name}: what ${tokens()[i]} attends to`;
    says.textContent =
      `On this sentence ${name} gives on average ${habit(which, (q) => q - 1)} of a word's weight ` +
      `to the token before, ${habit(which, (q) => q + 1)} to the token after, ` +
      `${habit(which, () => 0)} to [CLS]. The word ${tokens()[i]} gives most to ` +
      `${tokens()[shares.indexOf(most)]} (${hand.percent(most)}).`;
  }

  const title = (text, attributes = {}) =>
    hand.element("div", { class: "hand-label", ...attributes }, text);
  board.append(
    hand.element(
      "div",
      { class: "hand-controls" },
      hand.element("label", { for: id, class: "hand-label" }, "Sentence"),
      sentence,
      title(`Head: layers 1 to ${layers} from top to bottom, heads 1 to ${heads} across`),
      head.row,
      title("Word that attends"),
      words,
    ),
    table.table,
    says,
  );
  newSentence();
  head.choose(2);
});
