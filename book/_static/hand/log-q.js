// Three films of a batch, the share of log q that training subtracts, and what is then learned.
hand.figure("log-q", (board, { names, watched }) => {
  const subtracted = hand.slider({
    label: "share of log q subtracted",
    min: 0,
    max: 1,
    step: 0.05,
    value: 0,
    say: (share) => hand.percent(share),
    change: show,
  });
  const people = names.map((name, i) =>
    hand.slider({
      label: `people who watched ${name}`,
      min: 1,
      max: 10,
      step: 1,
      value: watched[i],
      change: show,
    }),
  );
  const table = hand.bars("softmax of the scores at the optimum", ["film", "learned (true)"]);
  const says = hand.status();

  // Training rests where score − share · log q is the same for all films of the batch.
  function show() {
    const counts = people.map((one) => one.value);
    const q = counts.map((count) => count / hand.sum(counts));
    const scores = q.map((share) => subtracted.value * Math.log(share));
    const learned = hand.softmax(scores);
    const text = (i) => `${hand.percent(learned[i])} (${hand.percent(q[i])})`;
    table.show(names.map((name, i) => ({ name, share: learned[i], text: text(i) })));
    const [top] = scores.map((_, i) => i).sort((a, b) => q[b] - q[a]);
    const listed = names.map((name, i) => `${name} ${hand.number(scores[i] - scores[top])}`);
    says.textContent = `Scores at the optimum, from the most popular film: ${listed.join(", ")}.`;
  }

  const controls = hand.element("div", { class: "hand-controls" });
  controls.append(subtracted.row, ...people.map((one) => one.row));
  board.append(controls, table.table, says);
  show();
});
