// A GPT's order of one person's candidates, with a part of each title's own score subtracted.
hand.figure("fame-weight", (board, { people, shown }) => {
  const weight = hand.slider({
    label: "weight of the correction w",
    min: 0,
    max: 30,
    step: 1,
    value: 0,
    say: (place) => hand.number(place / 20),
    change: show,
  });
  const who = hand.choice({
    legend: "Person",
    names: people.map(({ person }) => String(person)),
    change: show,
  });
  const liked = hand.element("p");
  const list = hand.element("ol");
  const says = hand.status();

  function show() {
    const w = weight.value / 20;
    const { last, films, after, alone, ratings } = people[who.value];
    const scores = after.map((value, film) => value - w * alone[film]);
    const order = scores
      .map((_, film) => film)
      .sort((a, b) => scores[b] - scores[a] || a - b)
      .slice(0, shown);
    liked.textContent = `The prompt ends with: ${last.join(", ")}.`;
    list.replaceChildren(
      ...order.map((film) =>
        hand.element("li", {}, `${films[film]}: ${hand.number(scores[film])} nats, ${ratings[film]} ratings`),
      ),
    );
    const mean = order.reduce((sum, film) => sum + ratings[film], 0) / order.length;
    says.textContent =
      `w = ${hand.number(w)}: ${films[order[0]]} leads. ` +
      `The first ${shown} films have ${hand.number(mean, 0)} ratings on average.`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, weight.row, who.row),
    says,
    liked,
    hand.element("div", { class: "hand-label" }, "The GPT's order"),
    list,
  );
  show();
});
