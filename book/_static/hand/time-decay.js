// A history of two kinds of films under time decay: the weights, and the film that comes first.
hand.figure("time-decay", (board) => {
  const KINDS = { E: [0, 1], A: [1, 0] }; // vectors of films like Emma, and like Alien
  const CANDIDATES = { Aliens: [0.8, 0.6], Clueless: [0.6, 0.8] };
  const HISTORIES = ["EA", "AE", "EEEEAA", "AEEEEA"]; // the oldest film first
  const TITLES = { E: "Emma", A: "Alien" };

  const decay = hand.slider({
    label: "decay δ",
    min: 0.1,
    max: 1,
    step: 0.05,
    value: 0.5,
    say: (value) => hand.number(value),
    change: show,
  });
  const which = hand.choice({
    legend: "History, the oldest film first",
    names: ["Emma, Alien", "Alien, Emma", "4 like Emma, then 2 like Alien",
      "1 like Alien, 4 like Emma, 1 like Alien"],
    change: show,
  });
  const weights = hand.bars("Share of each film in the profile, the last film first",
    ["film", "share"]);
  const ranked = hand.bars("Candidates by their cosine with the profile", ["film", "cosine"]);
  const says = hand.status();
  const length = (v) => Math.hypot(...v);
  const cosine = (a, b) => (a[0] * b[0] + a[1] * b[1]) / (length(a) * length(b));

  function show() {
    const films = [...HISTORIES[which.value]].reverse(); // the last film first
    const powers = films.map((_, back) => decay.value ** back);
    const total = hand.sum(powers);
    weights.show(films.map((kind, back) => {
      const title = films.length > 2 ? `like ${TITLES[kind]}` : TITLES[kind];
      const share = powers[back] / total;
      return { name: title, share, text: hand.percent(share) };
    }));
    const profile = [0, 1].map((k) =>
      hand.sum(films.map((kind, back) => powers[back] * KINDS[kind][k])),
    );
    const rows = Object.entries(CANDIDATES)
      .map(([name, vector]) => ({ name, share: cosine(profile, vector) }))
      .sort((a, b) => b.share - a.share)
      .map((row) => ({ ...row, text: hand.number(row.share, 3) }));
    ranked.show(rows);
    says.textContent =
      Math.abs(rows[0].share - rows[1].share) < 1e-9
        ? `Both candidates have the cosine ${rows[0].text}.`
        : `${rows[0].name} comes first, with a cosine of ${rows[0].text} against ${rows[1].text}.`;
  }

  const controls = hand.element("div", { class: "hand-controls" });
  controls.append(decay.row, which.row);
  board.append(controls, weights.table, ranked.table, says);
  show();
});
