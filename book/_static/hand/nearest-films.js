// The films nearest to one film, by vectors of several kinds.
hand.figure("nearest-films", (board, { films, texts, seeds, spaces }) => {
  const id = "hand-nearest-film";
  const film = hand.element("select", { id, class: "hand-select", change: show });
  film.append(...seeds.map((seed, i) => hand.element("option", { value: i }, films[seed])));
  const space = hand.choice({
    legend: "Vectors",
    names: spaces.map(({ name }) => name),
    start: 1,
    change: show,
  });
  const text = hand.element("p");
  const table = hand.bars("Nearest films", ["film", "cosine"]);
  const says = hand.status();

  function show() {
    const { name, mean, nearest, cosines } = spaces[space.value];
    const place = Number(film.value);
    text.textContent = `Its text: ${texts[place]}`;
    table.show(
      nearest[place].map((other, i) => ({
        name: films[other],
        share: Math.max(0, cosines[place][i]),
        text: hand.number(cosines[place][i], 3),
      })),
    );
    says.textContent =
      `${name}: the mean cosine of two films of the catalogue is ${hand.number(mean, 3)}; ` +
      `the nearest to ${films[seeds[place]]} has ${hand.number(cosines[place][0], 3)}.`;
  }

  board.append(
    hand.element(
      "div",
      { class: "hand-controls" },
      hand.element("label", { for: id, class: "hand-label" }, "Film"),
      film,
      space.row,
    ),
    text,
    table.table,
    says,
  );
  show();
});
