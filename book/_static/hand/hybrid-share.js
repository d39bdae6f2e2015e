// The share of text in a hybrid: what it is worth on validation, and what one person is offered.
hand.figure("hybrid-share", (board, { shares, ndcg, films, people }) => {
  const share = hand.slider({
    label: "share of text β",
    min: 0,
    max: shares.length - 1,
    step: 1,
    value: 0,
    say: (place) => hand.number(shares[place]),
    change: show,
  });
  const who = hand.choice({
    legend: "Person",
    names: people.map(({ person }) => String(person)),
    change: show,
  });
  const splits = Object.entries(ndcg).map(([name, values]) => ({
    name,
    values: values.map(([value]) => value),
    curve: hand.curve({
      values: values.map(([value]) => value),
      low: values.map(([, low]) => low),
      high: values.map(([, , high]) => high),
      names: [`β = ${shares[0]}`, `β = ${shares.at(-1)}`],
      axis: `NDCG@10 on validation, ${name}`,
      label: `NDCG@10 on the validation part of the ${name} split for each share`,
    }),
  }));
  const met = hand.element("p");
  const list = hand.element("ol");
  const says = hand.status();

  function show() {
    const place = share.value;
    const { person, last, next, lists } = people[who.value];
    const name = (film) => films[film];
    met.textContent =
      `Person ${person} rated, most recently: ${last.map(name).join(", ")}. ` +
      `The next film, held out: ${name(next)}.`;
    list.replaceChildren(
      ...lists[place].map((film) =>
        film === next
          ? hand.element("li", {}, hand.element("strong", {}, `${name(film)} (the next film)`))
          : hand.element("li", {}, name(film)),
      ),
    );
    for (const { curve } of splits) curve.choose(place);
    const found = lists[place].indexOf(next) + 1;
    const values = splits.map(({ name: split, values }) => {
      const difference = values[place] - values[0];
      const sign = difference >= 0 ? "+" : "";
      return `${split} ${hand.number(values[place], 4)} (${sign}${hand.number(difference, 4)})`;
    });
    says.textContent =
      `β = ${hand.number(shares[place])}: NDCG@10 on validation, and its difference to EASE ` +
      `alone: ${values.join(", ")}. The next film is ${found ? `at place ${found}` : "not on the list"}.`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, share.row, who.row),
    ...splits.map(({ curve }) => curve.picture),
    says,
    met,
    hand.element("div", { class: "hand-label" }, "The blend recommends"),
    list,
  );
  show();
});
