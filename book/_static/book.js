// Small things that the pages need in the browser. No page waits for a network.
(() => {
  // Search summaries are fetched from other pages, which a browser refuses for files.
  if (location.protocol === "file:") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const isNarrow = () => matchMedia("(max-width: 40rem)").matches;

  function settings() {
    const text = colour("--pst-color-text-base");
    const line = colour("--pst-color-text-muted");
    const surface = colour("--pst-color-surface");
    const page = colour("--pst-color-on-background");
    return {
      startOnLoad: false,
      securityLevel: "strict",
      theme: "base",
      flowchart: isNarrow()
        ? { useMaxWidth: false, nodeSpacing: 8, rankSpacing: 26, padding: 7, diagramPadding: 2 }
        : { nodeSpacing: 30, rankSpacing: 40 },
      themeVariables: {
        darkMode: document.documentElement.dataset.theme === "dark",
        fontFamily: colour("--book-sans"),
        fontSize: isNarrow() ? "14px" : "16px",
        background: page,
        primaryColor: surface,
        primaryTextColor: text,
        primaryBorderColor: line,
        lineColor: line,
        textColor: text,
        clusterBkg: page,
        clusterBorder: colour("--pst-color-border"),
        titleColor: text,
        edgeLabelBackground: page,
      },
    };
  }

  // On a phone a diagram runs from top to bottom, and the words in its boxes break early.
  function breakAfter(letters, line) {
    const lines = [""];
    for (const word of line.split(" ")) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (longer.length <= letters || lines.at(-1) === "") lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines.join("<br>");
  }

  const turned = (source) =>
    source.replace(/^(\s*(?:flowchart|graph)\s+)(?:LR|RL)\b/m, "$1TB");

  function forPhones(source, letters) {
    const narrow = (_, label) =>
      `"${label.split("<br>").map((line) => breakAfter(letters, line)).join("<br>")}"`;
    return turned(source).replace(/"([^"\n]+)"/g, narrow);
  }

  // On a wide screen it turns only where its letters would be below 12 pixels.
  const LEGIBLE = 12 / 16;
  function isSmall(drawing) {
    const { width } = drawing.getBoundingClientRect();
    return width > 0 && width < LEGIBLE * drawing.viewBox.baseVal.width;
  }

  // There it shrinks to the width of its frame, but no letter below 10 pixels; then it scrolls.
  const LEAST = 10 / 14;
  function fit(drawing, room) {
    const { width, height } = drawing.viewBox.baseVal;
    const share = Math.max(LEAST, Math.min(1, room / width));
    drawing.setAttribute("width", width * share);
    drawing.setAttribute("height", height * share);
    return room >= width;
  }

  async function drawOne(box, name) {
    const { source } = box.dataset;
    const render = async (text) => {
      box.innerHTML = (await mermaid.render(name, text)).svg;
      return box.firstElementChild;
    };
    if (!isNarrow()) {
      if (isSmall(await render(source)) && turned(source) !== source) await render(turned(source));
      return;
    }
    for (const letters of [20, 12]) {
      const drawing = await render(forPhones(source, letters));
      if (fit(drawing, box.parentElement.clientWidth - 16)) return;
    }
  }

  // Draw every diagram in the colours of the moment.
  async function draw() {
    mermaid.initialize(settings());
    for (const [i, box] of [...document.querySelectorAll("pre.mermaid")].entries()) {
      box.dataset.source ??= box.textContent;
      await drawOne(box, `diagram-${i}`);
    }
  }

  // What may be wider than the column scrolls by itself. It is reachable by Tab, and its edge
  // fades where something lies beyond it, also when a fold has only now opened.
  const SCROLLS = [
    "article pre",
    ".cell_output > .output",
    ".pst-scrollable-table-container",
    "div.math > mjx-container",
    ".attention-scroll",
    ".heat-scroll",
    ".scrolls",
  ].join(", ");

  function showWhatIsHidden(box) {
    const hidden = box.scrollWidth - box.clientWidth;
    const before = hidden > 1 && box.scrollLeft > 1;
    const after = hidden > 1 && box.scrollLeft < hidden - 1;
    const more = `${before ? "before " : ""}${after ? "after" : ""}`.trim();
    if (box.dataset.more !== more) box.dataset.more = more;
    box.tabIndex = hidden > 1 ? 0 : -1;
  }

  const resized = new ResizeObserver((entries) => {
    const boxes = entries.map(({ target }) => target.closest("[data-more]"));
    new Set(boxes).forEach((box) => box && showWhatIsHidden(box));
  });

  function watch(box) {
    if (box.dataset.more !== undefined) return;
    box.dataset.more = "";
    box.addEventListener("scroll", () => showWhatIsHidden(box), { passive: true });
    resized.observe(box);
    for (const child of box.children) resized.observe(child);
  }
  const watchAll = () => document.querySelectorAll(SCROLLS).forEach(watch);

  // A formula in a line that is wider than the line gets a line of its own, where it scrolls.
  const LINES = "p, li, dd, dt, figcaption, h1, h2, h3, h4, summary, div";

  function placeFormulas() {
    const found = [...document.querySelectorAll("article span.math")].filter(
      (formula) => !formula.closest("td, th"),
    );
    const widths = found.map((formula) => {
      const line = formula.parentElement.closest(LINES);
      const { paddingLeft, paddingRight } = getComputedStyle(line);
      const room = line.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
      return formula.firstElementChild.getBoundingClientRect().width > room && room > 0;
    });
    found.forEach((formula, i) => {
      formula.classList.toggle("own-line", widths[i]);
      if (widths[i]) watch(formula);
    });
  }

  // In a narrow cell a line breaks before an interval or a deviation, not inside it, and a word
  // or two not at all; the heads of columns may break between words.
  function keepTogether(cell) {
    const { length } = cell.textContent.trim();
    cell.classList.toggle("one-line", length <= (cell.closest("thead") ? 9 : 18));
    cell.classList.toggle("sentence", length > 40);
    cell.classList.toggle("row-name", length > 18 && length <= 40 && cell.matches("tbody th"));
    if (cell.children.length) return;
    const keep = (part) => part.replaceAll(" ", "\u00a0");
    cell.textContent = cell.textContent.replace(/\[[^\]]*\]|± \S+/g, keep);
  }

  // A long name in a cell may break before a word of it, so that it is not pushed out of sight.
  function breakCode(part) {
    if (part.textContent.length <= 10) return;
    const pieces = part.textContent.split(/(?<=[._(=])(?=\p{L})/u);
    part.replaceChildren(
      ...pieces.flatMap((piece, i) => (i ? [document.createElement("wbr"), piece] : [piece])),
    );
  }

  // A table that scrolls keeps the names of its rows in sight, unless they are sentences.
  function keepNames(table) {
    const names = table.querySelectorAll("tr > :first-child");
    table.classList.toggle("keeps-names", ![...names].some((e) => e.matches(".sentence")));
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("article :is(td, th)").forEach(keepTogether);
    document.querySelectorAll("article :is(td, th) code .pre").forEach(breakCode);
    document.querySelectorAll("article table").forEach(keepNames);
    watchAll();
    window.MathJax?.startup?.promise.then(() => {
      watchAll();
      new ResizeObserver(placeFormulas).observe(document.querySelector("article"));
    });
    if (!document.querySelector("pre.mermaid")) return;
    let drawn = draw();
    const redraw = () => {
      drawn = drawn.then(draw);
    };
    new MutationObserver(redraw).observe(document.documentElement, {
      attributes: true,
      attributeFilter: ["data-theme"],
    });
    matchMedia("(max-width: 40rem)").addEventListener("change", redraw);
  });
})();
