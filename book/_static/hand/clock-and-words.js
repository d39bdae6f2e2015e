// Who joins which thread: a softmax over the candidates, with a weight for the words.
hand.figure("clock-and-words", (board, { weights, ndcg, joins }) => {
  const weight = hand.slider({
    label: "weight of the words",
    min: 0,
    max: weights.length - 1,
    step: 1,
    value: 0,
    say: (step) => String(weights[step]),
    change: show,
  });
  const which = hand.choice({
    legend: "Join",
    names: ["A: the clock finds it", "B: the words find it", "C: neither finds it"],
    change: show,
  });
  const curve = hand.curve({
    values: ndcg.map(([mean]) => mean),
    low: ndcg.map(([, low]) => low),
    high: ndcg.map(([, , high]) => high),
    names: ["clock alone", `weight ${weights.at(-1)}`],
    axis: "NDCG@10 of the joins for learning",
    label: "NDCG@10 of the joins for learning at each weight of the words",
  });
  const chances = hand.bars("The candidates, at most eight, best first", ["last message, similarity", "probability"]);
  const says = hand.status();

  // How long ago the last message was, from minus the log of 1 + hours.
  function ago(recency) {
    const hours = Math.expm1(-recency);
    return hours < 48 ? `${hand.number(hours, 1)} h ago` : `${hand.number(hours / 24, 1)} d ago`;
  }

  function show() {
    const w = weights[weight.value];
    const { recency, words, joined } = joins[which.value];
    const shares = hand.softmax(recency.map((value, i) => value + w * words[i]));
    const order = shares.map((_, i) => i).sort((i, j) => shares[j] - shares[i]);
    chances.show(
      order.slice(0, 8).map((i) => ({
        name: `${ago(recency[i])}, ${hand.number(words[i])}${i === joined ? " (joined)" : ""}`,
        marked: i === joined,
        share: shares[i],
        text: hand.number(shares[i], 3),
      })),
    );
    curve.choose(weight.value);
    const difference = ndcg[weight.value][0] - ndcg[0][0];
    says.textContent =
      `Weight ${w}: the thread that was joined is at place ${order.indexOf(joined) + 1} of ` +
      `${order.length}. Over all joins for learning, NDCG@10 is ` +
      `${hand.number(ndcg[weight.value][0], 3)}, ` +
      `${difference >= 0 ? "+" : ""}${hand.number(difference, 3)} against the clock alone.`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, weight.row, which.row),
    chances.table,
    curve.picture,
    says,
  );
  show();
});
