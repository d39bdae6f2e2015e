// What the figures that answer to the reader's hand are made of: controls, bars, a curve.
//
// On the page stands a figure with its text alternative and its data. A script of its own calls
// hand.figure(name, draw), and draw(board, data) fills the board. Until that has worked, and on
// paper, the text alternative stands in its place.
const hand = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  let made = 0;

  // Attributes that are functions listen to the event of their name; false ones are left out.
  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") node.addEventListener(name, value);
      else if (value !== false && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }
  const element = (name, attributes = {}, ...children) =>
    fill(document.createElement(name), attributes, children);
  const svg = (name, attributes = {}, ...children) =>
    fill(document.createElementNS(SVG, name), attributes, children);
  const newName = () => `hand-${(made += 1)}`;

  // Numbers ------------------------------------------------------------------------------------

  // With the sign that the book prints, and no "−0.00".
  function number(value, digits = 2) {
    const text = Math.abs(value).toFixed(digits);
    return value < 0 && Number(text) !== 0 ? `−${text}` : text;
  }
  const percent = (share, digits = 0) => `${number(100 * share, digits)}\u00a0%`;
  const whole = (value) => value.toLocaleString("en");
  const sum = (values) => values.reduce((total, value) => total + value, 0);

  // e to each score over the temperature, divided by their sum; all 0 where all is forbidden.
  function softmax(scores, temperature = 1) {
    const top = Math.max(...scores);
    if (top === -Infinity) return scores.map(() => 0);
    const powers = scores.map((score) => Math.exp((score - top) / temperature));
    const total = sum(powers);
    return powers.map((power) => power / total);
  }

  // Numbers that the data holds as a text in base 64: bytes, or whole numbers of two bytes.
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const shorts = (text) => new Int16Array(bytes(text).buffer);

  // Controls -----------------------------------------------------------------------------------

  function slider({ label, min, max, step, value, say = String, change }) {
    const id = newName();
    const shown = element("span", { class: "hand-value", "aria-hidden": "true" });
    const input = element("input", { type: "range", id, min, max, step, value });
    const tell = () => {
      shown.textContent = say(Number(input.value));
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    input.addEventListener("input", () => {
      tell();
      change();
    });
    tell();
    const row = element(
      "div",
      { class: "hand-slider" },
      element("label", { for: id }, label),
      input,
      shown,
    );
    return {
      row,
      get value() {
        return Number(input.value);
      },
      set value(wanted) {
        input.value = wanted;
        tell();
      },
    };
  }

  function group(legend, kind, names, chosen, change) {
    const shared = newName();
    const inputs = names.map((_, i) =>
      element("input", { type: kind, name: shared, checked: chosen.includes(i) && "", change }),
    );
    const labels = inputs.map((input, i) => element("label", {}, input, names[i]));
    const row = element("fieldset", { class: "hand-choice" }, element("legend", {}, legend));
    row.append(...labels);
    return { row, inputs };
  }

  // One of several.
  function choice({ legend, names, start = 0, change }) {
    const { row, inputs } = group(legend, "radio", names, [start], change);
    return {
      row,
      get value() {
        return inputs.findIndex((input) => input.checked);
      },
    };
  }

  // Any of several: the places of those that are on.
  function toggles({ legend, names, on = [], change }) {
    const { row, inputs } = group(legend, "checkbox", names, on, change);
    return {
      row,
      get value() {
        return inputs.flatMap((input, i) => (input.checked ? [i] : []));
      },
    };
  }

  // A line of the reader's own words.
  function textField(board, { label, value, change, ...more }) {
    const id = `${board.parentNode.id}-text`;
    const input = element("input", {
      type: "text",
      id,
      value,
      autocomplete: "off",
      spellcheck: "false",
      class: "hand-text",
      input: change,
      ...more,
    });
    return { input, parts: [element("label", { for: id }, label), input] };
  }

  const button = (label, press) =>
    element("button", { type: "button", class: "hand-button", click: press }, label);

  // Buttons in rows of which one is chosen: one stop for Tab, inside it the arrow keys move.
  function board({ label, buttons, columns = buttons.length, start = 0, change, hover = false }) {
    let chosen = start;
    const choose = (i, focus) => {
      chosen = i;
      buttons.forEach((one, j) => {
        one.setAttribute("aria-checked", j === i);
        one.tabIndex = j === i ? 0 : -1;
      });
      if (focus) buttons[i].focus();
      change(i);
    };
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    buttons.forEach((one, i) => {
      one.setAttribute("role", "radio");
      one.setAttribute("type", "button");
      one.addEventListener("click", () => choose(i, true));
      if (hover) one.addEventListener("pointerenter", () => choose(i, false));
      one.addEventListener("keydown", (event) => {
        let to = { Home: 0, End: buttons.length - 1 }[event.key] ?? i + steps[event.key];
        if (Number.isNaN(to)) return;
        event.preventDefault();
        if (to >= 0 && to < buttons.length) choose(to, true);
      });
    });
    const row = element("div", { role: "radiogroup", "aria-label": label, class: "hand-board-of" });
    row.append(...buttons);
    return {
      row,
      choose,
      get value() {
        return chosen;
      },
    };
  }

  // What is shown ------------------------------------------------------------------------------

  const status = () => element("p", { role: "status", class: "hand-says" });

  // Named bars: show([{ name, share, text, marked }]) with shares from 0 to 1.
  function bars(caption, head) {
    const body = element("tbody");
    const titles = [head[0], "", head[1]].map((text) =>
      text ? element("th", { scope: "col" }, text) : element("td"),
    );
    const table = element(
      "table",
      { class: "hand-bars" },
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...titles)),
      body,
    );
    const newRow = () =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }),
        element("td", {}, element("span", { class: "hand-bar" })),
        element("td"),
      );
    return {
      table,
      show(rows) {
        while (body.rows.length < rows.length) body.append(newRow());
        while (body.rows.length > rows.length) body.lastChild.remove();
        rows.forEach(({ name, share, text, marked = false }, i) => {
          const [th, bar, value] = body.rows[i].cells;
          body.rows[i].classList.toggle("hand-marked", marked);
          th.textContent = name;
          bar.firstChild.style.width = `${100 * share}%`;
          value.textContent = text;
        });
      },
    };
  }

  // A curve over places 0, 1, 2 ... with its band; choose(i) marks one of them.
  function curve({ values, low, high, names, label, axis }) {
    const [width, height, left, top, bottom] = [360, 150, 46, 12, 112];
    const least = Math.min(...low);
    const most = Math.max(...high);
    const x = (i) => left + ((width - left - 14) * i) / (values.length - 1);
    const y = (value) => bottom - ((bottom - top) * (value - least)) / (most - least);
    const path = (list, from = 0) =>
      list.map((value, i) => `${x(Math.abs(from - i))},${y(value)}`).join(" ");
    const mark = svg("circle", { r: 6, class: "hand-mark" });
    const text = (at, content) => svg("text", at, content);
    const middle = (left + width - 14) / 2;
    const picture = svg(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "hand-curve" },
      svg("polygon", { points: `${path(high)} ${path([...low].reverse(), low.length - 1)}` }),
      svg("polyline", { points: path(values) }),
      ...[least, most].map((value) =>
        text({ x: left - 6, y: y(value) + 4, "text-anchor": "end" }, number(value, 3)),
      ),
      text({ x: x(0), y: 130, "text-anchor": "middle" }, names[0]),
      text({ x: x(values.length - 1) + 12, y: 130, "text-anchor": "end" }, names.at(-1)),
      text({ x: middle, y: 147, "text-anchor": "middle" }, axis),
      mark,
    );
    return {
      picture,
      choose(i) {
        mark.setAttribute("cx", x(i));
        mark.setAttribute("cy", y(values[i]));
      },
    };
  }

  // Figures ------------------------------------------------------------------------------------

  function foldWords(figure) {
    const words = figure.querySelector(".hand-words");
    words.id = newName();
    const fold = button("The figure in words", () => {
      const open = words.classList.toggle("hand-open");
      fold.setAttribute("aria-expanded", open);
    });
    fold.classList.add("hand-fold");
    fold.setAttribute("aria-expanded", "false");
    fold.setAttribute("aria-controls", words.id);
    words.before(fold);
    figure.classList.add("hand-ready");
  }

  // Draw every figure of a name on the page; only one that works hides its words.
  function figure(name, draw) {
    for (const one of document.querySelectorAll(`figure[data-hand="${name}"]`)) {
      const data = one.querySelector("script[type='application/json']");
      draw(one.querySelector(".hand-board"), data && JSON.parse(data.textContent));
      foldWords(one);
    }
  }

  const stillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  return {
    bars, board, button, bytes, choice, curve, element, figure, number, percent, shorts, slider,
    softmax, status, stillness, sum, svg, textField, toggles, whole,
  };
})();
