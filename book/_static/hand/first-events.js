// The first events of a new user: what each model is worth, and what the policy weighs.
hand.figure("first-events", (board, { events, patience, models, policies }) => {
  const ASKED = {
    words: "genres they like",
    groups: "age, sex, occupation",
    both: "both",
  };
  const shown = hand.slider({
    label: "events of the new user",
    min: 0,
    max: events.length - 1,
    step: 1,
    value: 0,
    say: (place) => String(events[place]),
    change: show,
  });
  const asked = hand.choice({
    legend: "The policy asks for",
    names: policies.map(({ asks }) => ASKED[asks]),
    change: show,
  });
  const values = hand.bars("NDCG@10 of new users", ["model", "mean [95 %]"]);
  const says = hand.status();
  const rows = [...Object.values(models), ...policies.map(({ ndcg }) => ndcg)];
  const most = Math.max(...rows.flat(2));

  const said = ([mean, low, high], sign = "") =>
    `${mean >= 0 ? sign : ""}${hand.number(mean, 3)} ` +
    `[${hand.number(low, 3)}, ${hand.number(high, 3)}]`;

  function show() {
    const place = shown.value;
    const n = events[place];
    const { asks, ndcg, gains } = policies[asked.value];
    values.show(
      [...Object.entries(models), ["the policy", ndcg]].map(([name, row]) => ({
        name,
        share: row[place][0] / most,
        text: said(row[place]),
      })),
    );
    const weights = patience.map((kappa) => hand.number(n / (n + kappa)));
    const weighs =
      asks === "both"
        ? ` In the three draws its events weigh ${weights.join(", ")} (patience ${patience.join(", ")}).`
        : "";
    says.textContent =
      `${n} ${n === 1 ? "event" : "events"}: the policy less popularity is ` +
      `${said(gains[place], "+")} of NDCG@10.${weighs}`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, shown.row, asked.row),
    values.table,
    says,
  );
  show();
});
