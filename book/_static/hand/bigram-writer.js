// A model that has counted pairs of words writes on: temperature, and the likeliest words alone.
hand.figure("bigram-writer", (board, { vocabulary, after, start }) => {
  const names = vocabulary.split(" ");
  const kept = [1, 2, 5, 10, 40];
  let text;
  let seed;
  const temperature = hand.slider({
    label: "temperature τ",
    min: 0,
    max: 2,
    step: 0.1,
    value: 1,
    say: (value) => hand.number(value, 1),
    change: show,
  });
  const most = hand.slider({
    label: "likeliest words kept",
    min: 0,
    max: kept.length - 1,
    step: 1,
    value: kept.indexOf(10),
    say: (i) => String(kept[i]),
    change: show,
  });
  const buttons = [
    hand.button("Write one word", () => write(1)),
    hand.button("Write twenty words", () => write(20)),
    hand.button("Start again", begin),
  ];
  const page = hand.element("p", { class: "hand-written" });
  const table = hand.bars("The next word", ["word", "probability"]);
  const says = hand.status();

  // A number in [0, 1) from the seed, the same in every browser (mulberry32).
  function drawn() {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  // The words that may follow the last one, and their probabilities.
  function next() {
    const row = after[text.at(-1)];
    const n = Math.min(kept[most.value], row.length / 2);
    const words = Array.from({ length: n }, (_, i) => row[2 * i]);
    const logits = words.map((_, i) => Math.log(row[2 * i + 1]));
    const p = temperature.value
      ? hand.softmax(logits, temperature.value)
      : logits.map((_, i) => Number(i === 0));
    return { words, p };
  }

  function write(n) {
    for (let i = 0; i < n; i += 1) {
      const { words, p } = next();
      let left = drawn();
      const chosen = p.findIndex((share) => (left -= share) < 0);
      text.push(words[chosen < 0 ? 0 : chosen]);
    }
    show();
  }

  function begin() {
    text = [names.indexOf(start)];
    seed = 1;
    show();
  }

  function show() {
    page.textContent = text
      .map((i) => names[i])
      .join(" ")
      .replace(/ ([.,])/gu, "$1");
    const { words, p } = next();
    table.show(
      words.slice(0, 8).map((i, place) => ({
        name: names[i],
        share: p[place],
        text: hand.percent(p[place], 1),
      })),
    );
    const pairs = text.slice(1).map((i, place) => `${text[place]} ${i}`);
    const again = pairs.length - new Set(pairs).size;
    const entropy = hand.sum(p.map((share) => (share ? -share * Math.log2(share) : 0)));
    says.textContent =
      `${text.length} word${text.length === 1 ? "" : "s"}; ${again} of ${pairs.length} pairs ` +
      `repeat an earlier one. Entropy of the next word: ${hand.number(entropy)} bits.`;
  }

  const controls = hand.element("div", { class: "hand-controls" });
  controls.append(
    temperature.row,
    most.row,
    hand.element("div", { class: "hand-row" }, ...buttons),
  );
  board.append(controls, page, table.table, says);
  begin();
});
