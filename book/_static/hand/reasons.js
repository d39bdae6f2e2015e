// A list of EASE: which watched films its first place rests on, and what happens without them.
hand.figure("reasons", (board, { unit, films, people, weights }) => {
  const B = hand.shorts(weights); // film by film, in units
  const K = 5;
  const term = (watched, film) => B[watched * films.length + film];
  const score = (on, film) => hand.sum(on.map((watched) => term(watched, film)));

  const who = hand.choice({
    legend: "Person",
    names: people.map(({ person }) => String(person)),
    change: meet,
  });
  const history = hand.element("div");
  const terms = hand.bars("What each watched film adds to the first film's score", ["film", "term"]);
  const list = hand.element("ol");
  const says = hand.status();
  let watched;
  let kept;

  // The films whose switching off is the shortest way to another first film.
  function fewest(on, first, others) {
    let best = null;
    for (const rival of others) {
      const leads = on.map((film) => [term(film, first) - term(film, rival), film]);
      leads.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
      let left = hand.sum(leads.map(([lead]) => lead));
      let n = 0;
      while (left >= 0 && n < leads.length) left -= leads[n++][0];
      if (left >= 0) continue;
      if (!best || n < best.n || (n === best.n && left < best.left)) {
        best = { n, left, rival, gone: leads.slice(0, n).map(([, film]) => film) };
      }
    }
    return best;
  }

  function meet() {
    watched = people[who.value].watched;
    kept = hand.toggles({
      legend: "Watched films",
      names: watched.map((film) => films[film]),
      on: watched.map((_, i) => i),
      change: show,
    });
    history.replaceChildren(kept.row);
    show();
  }

  function show() {
    const on = kept.value.map((i) => watched[i]);
    const free = films.map((_, film) => film).filter((film) => !watched.includes(film));
    const scores = new Map(free.map((film) => [film, score(on, film)]));
    const ranked = [...free].sort((a, b) => scores.get(b) - scores.get(a) || a - b);
    const [first, ...others] = ranked;
    list.replaceChildren(
      ...ranked.slice(0, K).map((film) =>
        hand.element("li", {}, `${films[film]} (${hand.number(unit * scores.get(film), 3)})`),
      ),
    );
    const rows = on.map((film) => [term(film, first), film]).sort((a, b) => b[0] - a[0]);
    const most = Math.max(...rows.map(([value]) => value), 1);
    terms.show(
      rows.map(([value, film]) => ({
        name: films[film],
        share: Math.max(value, 0) / most,
        text: hand.number(unit * value, 3),
      })),
    );
    if (!on.length) {
      says.textContent = "No film is on: all scores are 0, and the list says nothing.";
      return;
    }
    const found = fewest(on, first, others);
    const way = found
      ? `Switch off ${found.gone.map((film) => films[film]).join(", ")} ` +
        `(${found.n} of ${on.length}), and ${films[found.rival]} passes it.`
      : "No film passes it, whichever you switch off.";
    says.textContent = `First is ${films[first]}, ${hand.number(unit * scores.get(first), 3)}. ${way}`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, who.row, history),
    says,
    terms.table,
    hand.element("div", { class: "hand-label" }, "EASE recommends"),
    list,
  );
  meet();
});
