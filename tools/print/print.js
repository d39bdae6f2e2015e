// The book on paper: draw the diagrams, typeset the formulas, and make chapters for an EPUB.
(() => {
  const root = document.documentElement;

  // What a formula is written in is kept, for the EPUB.
  window.MathJax = {
    options: { enableMenu: false, processHtmlClass: "math", ignoreHtmlClass: "bd-article" },
    svg: { fontCache: "local" },
    startup: {
      pageReady() {
        for (const formula of document.querySelectorAll(".math")) {
          formula.dataset.tex = formula.textContent.trim().replace(/^\\[([]|\\[)\]]$/g, "");
        }
        return MathJax.startup.defaultPageReady();
      },
    },
  };

  async function drawDiagrams() {
    const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: "strict",
      theme: "base",
      flowchart: { nodeSpacing: 30, rankSpacing: 36, useMaxWidth: true },
      themeVariables: {
        fontFamily: colour("--book-sans"),
        fontSize: "15px",
        background: "#ffffff",
        primaryColor: colour("--pst-color-surface"),
        primaryTextColor: colour("--pst-color-text-base"),
        primaryBorderColor: colour("--pst-color-text-muted"),
        lineColor: colour("--pst-color-text-muted"),
        textColor: colour("--pst-color-text-base"),
        clusterBkg: "#ffffff",
        clusterBorder: colour("--pst-color-border"),
        edgeLabelBackground: "#ffffff",
      },
    });
    for (const [i, box] of [...document.querySelectorAll("pre.mermaid")].entries()) {
      box.dataset.source ??= box.textContent;
      box.innerHTML = (await mermaid.render(`diagram-${i}`, box.dataset.source)).svg;
    }
  }

  // What is wider than the page gets smaller.
  function narrow() {
    const parts = "table, mjx-container[display], .attention-view, .heat-text";
    for (const part of document.querySelectorAll(parts)) {
      const room = part.parentElement.clientWidth;
      const inner = part.matches("mjx-container") ? part.firstElementChild : part;
      const wide = Math.max(inner.scrollWidth, inner.getBoundingClientRect().width);
      if (room && wide > room + 1) part.style.zoom = Math.max(0.45, Math.floor((100 * room) / wide) / 100);
    }
  }

  // On paper a link is followed by the number of its page, which the first printing finds.
  function numberPages(pages) {
    for (const link of document.querySelectorAll(":is(.contents, .see, .answer-to) a")) {
      link.dataset.page = pages[decodeURIComponent(link.hash.slice(1))] ?? "000";
    }
  }

  // The words of every heading, for the bookmarks: where a heading breaks, Chromium's lose a space.
  function headings() {
    return [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => {
      const copy = heading.cloneNode(true);
      for (const formula of copy.querySelectorAll(".math")) {
        formula.textContent = formula.dataset.tex.replace(/\\[a-z]+|[{}]/g, "");
      }
      return copy.textContent.replace(/\s+/g, " ").trim();
    });
  }

  // What is still wider than the paper: its chapter and its first words.
  function tooWide() {
    const edge = document.querySelector("article").getBoundingClientRect().right + 2;
    const parts = [...document.querySelectorAll("article *:not(mjx-container *, svg *)")];
    const wide = parts.filter((part) => part.getBoundingClientRect().right > edge);
    return wide.filter((part) => !wide.includes(part.parentElement)).map((part) =>
      `${part.closest(".chapter")?.id}: ${part.textContent.trim().slice(0, 40)}`);
  }

  // For an EPUB: one chapter as XHTML, its formulas as MathML, its diagrams as pictures.
  function asXhtml(id) {
    const chapter = document.getElementById(id).cloneNode(true);
    for (const [i, box] of [...chapter.querySelectorAll("pre.mermaid")].entries()) {
      const image = document.createElement("img");
      image.src = `_images/diagram-${id}-${i}.png`;
      const figure = box.closest("figure");
      image.alt = box.dataset.words || figure?.querySelector("figcaption")?.textContent || "Diagram";
      (box.closest(".diagram") ?? box).replaceWith(image);
    }
    for (const formula of chapter.querySelectorAll(".math")) {
      const display = formula.matches("div");
      const { tex } = formula.dataset;
      const holder = document.createElement("template");
      holder.innerHTML = MathJax.tex2mml(tex, { display });
      const math = holder.content.querySelector("math");
      for (const part of [math, ...math.querySelectorAll("*")]) {
        for (const { name } of [...part.attributes]) {
          const foreign = name.startsWith("data-") || /^(class|halign|valign)$/.test(name);
          if (foreign) part.removeAttribute(name);
        }
      }
      math.setAttribute("alttext", tex);
      formula.replaceChildren(math);
      delete formula.dataset.tex;
    }
    for (const part of chapter.querySelectorAll("[style]")) part.removeAttribute("style");
    const writer = new XMLSerializer();
    return writer.serializeToString(chapter).replace(/ xmlns="http:\/\/www.w3.org\/1999\/xhtml"/g, "");
  }

  window.book = { asXhtml, headings, numberPages, tooWide };
  addEventListener("load", async () => {
    await document.fonts.ready;
    await MathJax.startup.promise;
    await drawDiagrams();
    numberPages({});
    narrow();
    root.dataset.ready = "yes";
  });
  window.mermaid?.initialize({ startOnLoad: false });
})();
