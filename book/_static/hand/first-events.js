// The first events of a new user: what each model is worth, and what the policy weighs.
hand.figure("first-events", (board, { events, models, policies }) => {
  const ASKED = {
    words: "genres they like",
    groups: "age, sex, occupation",
    both: "both",
    nothing: "nothing",
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
    const { patience, ndcg, gains } = policies[asked.value];
    values.show(
      [...Object.entries(models), ["the policy", ndcg]].map(([name, row]) => ({
        name,
        share: row[place][0] / most,
        text: said(row[place]),
      })),
    );
    says.textContent =
      `${n} ${n === 1 ? "event" : "events"}: the policy less popularity is ` +
      `${said(gains[place], "+")} of NDCG@10. ` +
      `Its events weigh ${hand.number(n / (n + patience))} (patience ${patience}).`;
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, shown.row, asked.row),
    values.table,
    says,
  );
  show();
});
