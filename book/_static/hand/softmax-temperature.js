// Three scores, a temperature, and the probabilities that the softmax makes of them.
hand.figure("softmax-temperature", (board, { names, logits }) => {
  const temperature = hand.slider({
    label: "temperature τ",
    min: -1,
    max: 1,
    step: 0.05,
    value: 0,
    say: (power) => hand.number(10 ** power),
    change: show,
  });
  const scores = names.map((name, k) =>
    hand.slider({
      label: `score of ${name}`,
      min: -3,
      max: 3,
      step: 0.1,
      value: logits[k],
      say: (score) => hand.number(score, 1),
      change: show,
    }),
  );
  const right = hand.choice({ legend: "The film is a", names, change: show });
  const table = hand.bars("softmax of the scores divided by τ", ["genre", "probability"]);
  const says = hand.status();

  function show() {
    const tau = 10 ** temperature.value;
    const p = hand.softmax(scores.map((score) => score.value), tau);
    table.show(names.map((name, k) => ({ name, share: p[k], text: hand.percent(p[k], 1) })));
    const entropy = -hand.sum(p.map((share) => (share > 0 ? share * Math.log(share) : 0)));
    // From the scores, not from p: a probability that rounds to 0 still has a finite loss.
    const scaled = scores.map((score) => score.value / tau);
    const top = Math.max(...scaled);
    const normaliser = top + Math.log(hand.sum(scaled.map((score) => Math.exp(score - top))));
    const loss = normaliser - scaled[right.value];
    says.textContent =
      `Entropy ${hand.number(entropy, 3)} nats (at most ${hand.number(Math.log(names.length), 3)}). ` +
      `Negative log-likelihood of ${names[right.value]}: ${hand.number(loss, 3)} nats.`;
  }

  const controls = hand.element("div", { class: "hand-controls" });
  controls.append(temperature.row, ...scores.map((score) => score.row), right.row);
  board.append(controls, table.table, says);
  show();
});
