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

  // What scrolls sideways must be reachable by Tab, also when a fold has only now opened.
  const reachable = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
    }
  });

  // In a narrow cell a line breaks before an interval or a deviation, not inside it.
  function keepTogether(cell) {
    if (cell.children.length) return;
    const keep = (part) => part.replaceAll(" ", "\u00a0");
    cell.textContent = cell.textContent.replace(/\[[^\]]*\]|± \S+/g, keep);
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("table.dataframe td").forEach(keepTogether);
    document
      .querySelectorAll("article pre, .cell_output > .output, .pst-scrollable-table-container")
      .forEach((box) => reachable.observe(box));
    if (!document.querySelector("pre.mermaid")) return;
    let drawn = draw();
    new MutationObserver(() => {
      drawn = drawn.then(draw);
    }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  });
})();
