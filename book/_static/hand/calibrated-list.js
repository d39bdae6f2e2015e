// Calibration: one person's list and its genres at each trade-off, and the means of everybody.
hand.figure("calibrated-list", (board, { gammas, means, films, film_genres, people }) => {
  const trade = hand.slider({
    label: "trade-off γ",
    min: 0,
    max: gammas.length - 1,
    step: 1,
    value: 0,
    say: (place) => hand.number(gammas[place]),
    change: show,
  });
  const who = hand.choice({
    legend: "Person",
    names: people.map(({ person }) => String(person)),
    change: show,
  });
  const shares = hand.bars("Genres, the list beside the person's films", ["genre", "share"]);
  const list = hand.element("ol");
  const says = hand.status();

  function show() {
    const place = trade.value;
    const { person, genres, profile, listed, divergence, new: replaced, lists } = people[who.value];
    shares.show(
      genres.flatMap((genre, i) => [
        { name: `${genre}, films`, share: profile[i], text: hand.percent(profile[i]) },
        { name: `${genre}, list`, share: listed[place][i], text: hand.percent(listed[place][i]) },
      ]),
    );
    const first = new Set(lists[0]);
    list.replaceChildren(
      ...lists[place].map((film) => {
        const text = `${films[film]} (${film_genres[film]})`;
        return first.has(film)
          ? hand.element("li", {}, text)
          : hand.element("li", {}, hand.element("strong", {}, `${text}, new`));
      }),
    );
    const [ndcg, kl] = means[place];
    says.textContent =
      `γ = ${hand.number(gammas[place])}: person ${person} has a divergence of ` +
      `${hand.number(divergence[place])}, with ${replaced[place]} of 10 films replaced. ` +
      `Everybody on validation: NDCG@10 ${hand.number(ndcg, 3)}, divergence ${hand.number(kl)}.`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, trade.row, who.row),
    says,
    shares.table,
    hand.element("div", { class: "hand-label" }, "The list"),
    list,
  );
  show();
});
