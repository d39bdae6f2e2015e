// How many weights LoRA trains in MiniLM, by its rank.
hand.figure("lora-rank", (board) => {
  const [d, wide, layers, classes] = [384, 1536, 6, 3];
  const rank = hand.slider({
    label: "rank r",
    min: 0,
    max: 8,
    step: 1,
    value: 3,
    say: (power) => String(2 ** power),
    change: show,
  });
  const square = hand.bars("One square matrix of MiniLM", ["trained", "weights"]);
  const whole = hand.bars("The whole classifier", ["trained", "weights"]);
  const says = hand.status();

  const row = (name, weights, most) => ({
    name,
    share: Math.min(1, weights / most),
    text: hand.whole(weights),
  });

  function show() {
    const r = 2 ** rank.value;
    const head = classes * (d + 1);
    const matrices = 4 * d * d + 2 * d * wide; // of one layer
    const corrections = layers * (4 * r * (d + d) + 2 * r * (d + wide));
    const all = 22566531; // of all layers and the head, counted on the page
    square.show([row("all", d * d, d * d), row(`A and B, r = ${r}`, 2 * d * r, d * d)]);
    whole.show([row("all layers", all, all), row(`LoRA, r = ${r}`, corrections + head, all)]);
    const share = corrections / (layers * matrices);
    says.textContent =
      2 * r >= d
        ? `With r = ${r}, A and B together have as many weights as the matrix or more: ` +
          "nothing is saved."
        : `With r = ${r}, the corrections have ${hand.percent(share, 1)} of the weights of the ` +
          "matrices that they correct.";
  }

  const controls = hand.element("div", { class: "hand-controls" });
  controls.append(rank.row);
  board.append(controls, square.table, whole.table, says);
  show();
});
