// What a day of requests costs with each way to run the encoder, and the cheapest good enough.
hand.figure("cheapest-encoder", (board, { measures, busy, ways }) => {
  const DAY = 86400;
  const requests = hand.slider({
    label: "requests a day",
    min: 0,
    max: 21,
    step: 1,
    value: 6,
    say: (step) => hand.whole(count(step)),
    change: show,
  });
  const price = hand.slider({
    label: "price of a machine with two cores, an hour",
    min: 1,
    max: 50,
    step: 1,
    value: 5,
    say: (cents) => hand.number(cents / 50),
    change: show,
  });
  const loss = hand.slider({
    label: "quality that may be lost",
    min: 0,
    max: 40,
    step: 1,
    value: 3,
    say: (percent) => `${percent}\u00a0%`,
    change: show,
  });
  const which = hand.choice({ legend: "Measured by", names: measures, change: show });
  const costs = hand.bars("Cost of a day", ["way", "cost, machines, quality kept"]);
  const says = hand.status();

  // 1,000, 2,000, 5,000, 10,000 ... 10,000,000,000.
  function count(step) {
    return [1, 2, 5][step % 3] * 10 ** (3 + Math.floor(step / 3));
  }

  const money = (value) =>
    value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

  function show() {
    const n = count(requests.value);
    const hourly = price.value / 50;
    const least = 1 - loss.value / 100;
    const rows = ways.map(({ name, seconds, shares }) => {
      const machines = Math.max(1, Math.ceil((n * seconds) / (DAY * busy)));
      const share = shares[which.value];
      return { name, machines, cost: machines * 24 * hourly, share, good: share >= least };
    });
    const most = Math.max(...rows.map(({ cost }) => cost));
    const good = rows.filter((row) => row.good);
    const lowest = Math.min(...good.map(({ machines }) => machines));
    // Of those that cost the same, the best.
    const best = good
      .filter(({ machines }) => machines === lowest)
      .reduce((one, other) => (other.share > one.share ? other : one));
    costs.show(
      rows.map((row) => ({
        name: row.name,
        share: row.cost / most,
        text:
          `${money(row.cost)}, ${hand.whole(row.machines)}, ${hand.percent(row.share)}` +
          (row.good ? "" : " (too low)"),
        marked: row === best,
      })),
    );
    const alike = good.filter(({ machines }) => machines === lowest).length;
    says.textContent =
      `${hand.whole(n)} requests a day: the cheapest way that keeps ${hand.percent(least)} is ` +
      `${best.name}, at ${money(best.cost)} a day, ${money((best.cost / n) * 1e6)} a million` +
      (alike > 1 ? `; ${alike} ways cost the same, and it is the best of them.` : ".");
  }

  board.append(
    hand.element("div", { class: "hand-controls" }, requests.row, price.row, loss.row, which.row),
    costs.table,
    says,
  );
  show();
});
