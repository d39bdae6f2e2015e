// Which emoji are alike: by their names, by their drawings, or by both.
hand.figure("words-and-pictures", (board, { shares, conditions, value, asked }) => {
  const id = "hand-emoji";
  const chosen = hand.element("select", { id, class: "hand-select", change: show });
  chosen.append(...asked.map(({ name }, i) => hand.element("option", { value: i }, name)));
  const share = hand.slider({
    label: "share of the picture β",
    min: 0,
    max: shares.length - 1,
    step: 1,
    value: 0,
    say: (place) => hand.number(shares[place], 1),
    change: show,
  });
  const condition = hand.choice({ legend: "Its words are", names: conditions, change: show });
  const curves = conditions.map((name, i) =>
    hand.curve({
      values: value[i].map(([mean]) => mean),
      low: value[i].map(([, low]) => low),
      high: value[i].map(([, , high]) => high),
      names: ["words alone", "picture alone"],
      axis: `same shelf among the ten nearest, words ${name}`,
      label: `Share of the same shelf among the ten nearest, words ${name}`,
    }),
  );
  const table = hand.bars("The nearest, best first", ["emoji", "similarity"]);
  const says = hand.status();

  function show() {
    const beta = shares[share.value];
    const which = condition.value;
    const { near } = asked[chosen.value];
    const scored = Object.entries(near).map(([name, [same, picture, ...words]]) => {
      const byWords = which < 2 ? words[which] : 0;
      return { name, same, score: (1 - beta) * byWords + beta * picture };
    });
    scored.sort((one, other) => other.score - one.score);
    const shown = scored.slice(0, 8);
    table.show(
      shown.map(({ name, same, score }) => ({
        name: same ? `${name} (same shelf)` : name,
        share: Math.max(0, score),
        text: hand.number(score, 2),
      })),
    );
    curves.forEach((curve, i) => {
      curve.picture.style.display = i === which ? "" : "none";
      curve.choose(share.value);
    });
    const right = shown.filter(({ same }) => same).length;
    says.textContent =
      `β = ${hand.number(beta, 1)}, words ${conditions[which]}: ${right} of the eight nearest ` +
      `stand on the same shelf as “${asked[chosen.value].name}”. Over all emoji, the share among ` +
      `ten is ${hand.number(value[which][share.value][0], 3)}.`;
  }

  board.append(
    hand.element(
      "div",
      { class: "hand-controls" },
      hand.element("label", { for: id, class: "hand-label" }, "Emoji"),
      chosen,
      share.row,
      condition.row,
    ),
    table.table,
    ...curves.map(({ picture }) => picture),
    says,
  );
  show();
});
