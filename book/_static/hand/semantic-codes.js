// The films whose codes begin as one film's code does, in three kinds of code.
hand.figure("semantic-codes", (board, { films, kinds }) => {
  const id = "hand-coded-film";
  const film = hand.element("select", { id, class: "hand-select", change: show });
  film.append(...films.map((name, i) => hand.element("option", { value: i }, name)));
  const kind = hand.choice({
    legend: "Codes",
    names: kinds.map(({ name }) => name),
    change: show,
  });
  const digits = hand.choice({
    legend: "Digits that are equal",
    names: ["1", "2", "3"],
    change: show,
  });
  const list = hand.element("ul");
  const says = hand.status();

  function show() {
    const { name, codes, counts, others } = kinds[kind.value];
    const place = Number(film.value);
    const shared = others[place][digits.value];
    const count = counts[place][digits.value];
    list.replaceChildren(...shared.map((title) => hand.element("li", {}, title)));
    says.textContent =
      `${name}: ${films[place]} has the code ${codes[place].join(", ")}. ` +
      `${count} other ${count === 1 ? "film shares" : "films share"} ` +
      `its first ${digits.value + 1} of 3 digits.`;
  }

  board.append(
    hand.element(
      "div",
      { class: "hand-controls" },
      hand.element("label", { for: id, class: "hand-label" }, "Film"),
      film,
      kind.row,
      digits.row,
    ),
    says,
    hand.element("div", { class: "hand-label" }, "The most rated of them"),
    list,
  );
  show();
});
