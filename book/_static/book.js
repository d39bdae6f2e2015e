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
      // On a phone a diagram keeps its size and scrolls in its frame.
      flowchart: { useMaxWidth: !isNarrow(), nodeSpacing: 30, rankSpacing: 40 },
      themeVariables: {
        darkMode: document.documentElement.dataset.theme === "dark",
        fontFamily: colour("--book-sans"),
        fontSize: "16px",
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

  // Draw every diagram in the colours of the moment; on a phone from top to bottom.
  async function draw() {
    mermaid.initialize(settings());
    for (const [i, box] of [...document.querySelectorAll("pre.mermaid")].entries()) {
      box.dataset.source ??= box.textContent;
      const source = isNarrow()
        ? box.dataset.source.replace(/^(\s*(?:flowchart|graph)\s+)(?:LR|RL)\b/m, "$1TB")
        : box.dataset.source;
      const { svg } = await mermaid.render(`diagram-${i}`, source);
      box.innerHTML = svg;
    }
  }

  // What may be wider than the column scrolls by itself. It is reachable by Tab, and its edge
  // fades where something lies beyond it, also when a fold has only now opened.
  const SCROLLS = [
    "article pre",
    ".cell_output > .output",
    ".pst-scrollable-table-container",
    "div.math > mjx-container",
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
    for (const { target } of entries) showWhatIsHidden(target);
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
  // or two not at all.
  function keepTogether(cell) {
    if (cell.textContent.trim().length <= 18) cell.classList.add("one-line");
    if (cell.children.length) return;
    const keep = (part) => part.replaceAll(" ", "\u00a0");
    cell.textContent = cell.textContent.replace(/\[[^\]]*\]|± \S+/g, keep);
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("article :is(td, th)").forEach(keepTogether);
    watchAll();
    window.MathJax?.startup?.promise.then(() => {
      watchAll();
      new ResizeObserver(placeFormulas).observe(document.querySelector("article"));
    });
    if (!document.querySelector("pre.mermaid")) return;
    let drawn = draw();
    new MutationObserver(() => {
      drawn = drawn.then(draw);
    }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  });
})();
