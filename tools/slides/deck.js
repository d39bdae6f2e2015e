// A deck: draw diagrams and formulas, make every slide fit its frame, then start reveal.js.
//
// The rules of fitting, in this order: what is too wide gets smaller; a figure takes the room that
// the text leaves, beside or below it; the letters get smaller, down to LEAST; then the slide is
// cut in two at a block, an item, a row or a line. Nothing is clipped.
(() => {
  const MOST = 1.32; // few words get larger letters
  const LEAST = 0.72;
  const STEP = 0.04;
  const query = new URLSearchParams(location.search);
  const printing = query.has("print-pdf");

  // Light and dark -----------------------------------------------------------------------------

  function wantedTheme() {
    if (query.get("theme")) return query.get("theme");
    if (printing) return "light";
    try {
      if (localStorage.getItem("deck-theme")) return localStorage.getItem("deck-theme");
    } catch {
      // A browser may refuse to remember; then the system's setting counts.
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  const root = document.documentElement;
  root.dataset.theme = wantedTheme();

  function changeTheme() {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("deck-theme", root.dataset.theme);
    } catch {
      // As above.
    }
    if (document.querySelector("pre.mermaid")) drawDiagrams();
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input, textarea, select");
    if (event.key.toLowerCase() === "t" && !typing && !event.ctrlKey && !event.metaKey) {
      changeTheme();
    }
  });
  if (!document.querySelector(".reveal")) return;

  // Diagrams -----------------------------------------------------------------------------------

  window.mermaid?.initialize({ startOnLoad: false });

  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  async function drawDiagrams() {
    const surface = colour("--pst-color-surface");
    const page = colour("--pst-color-on-background");
    const text = colour("--pst-color-text-base");
    const line = colour("--pst-color-text-muted");
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: "strict",
      theme: "base",
      flowchart: { nodeSpacing: 30, rankSpacing: 36, useMaxWidth: false },
      themeVariables: {
        darkMode: root.dataset.theme === "dark",
        fontFamily: colour("--book-sans"),
        fontSize: "18px",
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
    });
    for (const [i, box] of [...document.querySelectorAll("pre.mermaid")].entries()) {
      box.dataset.source ??= box.textContent;
      box.innerHTML = (await mermaid.render(`diagram-${i}`, box.dataset.source)).svg;
      const drawing = box.firstElementChild;
      const { width, height } = drawing.viewBox.baseVal;
      drawing.removeAttribute("width");
      drawing.removeAttribute("height");
      drawing.style.maxWidth = "";
      box.dataset.width = width;
      box.dataset.height = height;
    }
  }

  // Fitting ------------------------------------------------------------------------------------

  const contentOf = (section) => section.querySelector(".content");
  const tooTall = (section) => {
    const content = contentOf(section);
    return content.scrollHeight > content.clientHeight + 1;
  };

  function narrow(section) {
    const content = contentOf(section);
    for (const part of content.querySelectorAll("table, pre.highlight, mjx-container, .attention-view")) {
      part.style.zoom = "";
      const room = part.parentElement.getBoundingClientRect().width || content.clientWidth;
      const wide = Math.max(part.scrollWidth, part.getBoundingClientRect().width);
      const drawn = part.matches("mjx-container")
        ? part.firstElementChild.getBoundingClientRect().width
        : wide;
      if (drawn > room + 1) part.style.zoom = Math.floor((100 * room) / drawn) / 100;
    }
  }

  // What grows and shrinks with the room: a picture or a diagram, with the ratio of its sides.
  function picture(section) {
    const image = contentOf(section).querySelector(":is(figure, .output):not(.hand) img");
    if (image) return { node: image, width: image.naturalWidth, height: image.naturalHeight };
    const diagram = contentOf(section).querySelector("pre.mermaid");
    if (!diagram) return null;
    const { width, height } = diagram.dataset;
    return { node: diagram.firstElementChild, width: Number(width), height: Number(height) };
  }

  const GROWTH = 1.75; // of a picture, beyond its own pixels
  const LEAST_PICTURE = 250; // pixels of height
  function place(section, scale) {
    section.style.setProperty("--scale", scale);
    const drawn = picture(section);
    if (drawn) {
      const content = contentOf(section);
      const ratio = drawn.width / drawn.height;
      drawn.node.style.width = "10px";
      drawn.node.style.height = "10px";
      const box = drawn.node.closest("figure, .output, .diagram") ?? drawn.node;
      const room = content.clientHeight - (content.scrollHeight > content.clientHeight
        ? content.scrollHeight : heightOf(content)) + 10;
      const wide = Math.min(box.clientWidth, drawn.width * GROWTH);
      const height = Math.max(Math.min(LEAST_PICTURE, wide / ratio), Math.min(room - 4, wide / ratio));
      drawn.node.style.height = `${height}px`;
      drawn.node.style.width = `${height * ratio}px`;
    }
    const hand = contentOf(section).querySelector(".hand");
    if (hand) {
      hand.style.zoom = "";
      const content = contentOf(section);
      const { height } = hand.getBoundingClientRect();
      const others = heightOf(content) - height;
      hand.style.zoom = Math.floor(100 * Math.min(1.3, (content.clientHeight - others - 6) / height)) / 100;
    }
    narrow(section);
    return drawn ? drawn.node.getBoundingClientRect().height : 0;
  }

  const heightOf = (content) => {
    const boxes = [...content.children].map((child) => child.getBoundingClientRect());
    if (content.parentElement.classList.contains("beside")) {
      const side = content.querySelector(".side-figure");
      return Math.max(...[...side.children].map((c) => c.getBoundingClientRect().bottom))
        - side.getBoundingClientRect().top;
    }
    const last = Math.max(...boxes.map((box) => box.bottom));
    return last - content.getBoundingClientRect().top;
  };

  function shrink(section) {
    let shown = 0;
    for (let scale = picture(section) ? 1 : MOST; scale >= LEAST - 1e-9; scale -= STEP) {
      shown = place(section, scale);
      if (!tooTall(section)) return { fits: true, scale, shown };
    }
    return { fits: false, scale: LEAST, shown };
  }

  // A figure with words: once with the words above, once beside it; the larger figure stays.
  function arrange(section) {
    const frame = section.querySelector(".frame");
    const content = contentOf(section);
    const large = [...content.children].find((child) =>
      child.matches("figure, .output, .diagram, table") || child.querySelector("figure, table"));
    const words = [...content.children].filter((child) => child !== large);
    const first = shrink(section);
    if (!large || !words.length || large.matches(".hand")) return first;
    const text = document.createElement("div");
    const side = document.createElement("div");
    text.className = "side-text";
    side.className = "side-figure";
    const order = [...content.children];
    content.append(text, side);
    words.forEach((word) => text.append(word));
    side.append(large);
    frame.classList.add("beside");
    const second = shrink(section);
    const gain = large.querySelector("img, svg")
      ? second.shown > 1.05 * first.shown && second.scale >= first.scale - 0.1
      : second.scale > first.scale + 0.05 && !large.querySelector("[style*=zoom]")
        && !large.style.zoom;
    if (second.fits && (!first.fits || gain)) return second;
    frame.classList.remove("beside");
    content.replaceChildren(...order);
    return shrink(section);
  }

  // Take back the two columns of a slide that does not fit in them either.
  function flatten(section) {
    section.querySelector(".frame").classList.remove("beside");
    for (const side of section.querySelectorAll(".side-text, .side-figure")) {
      side.replaceWith(...side.children);
    }
  }

  // Cutting ------------------------------------------------------------------------------------

  const pieces = (block) => {
    if (block.matches(".hand")) return [];
    if (block.matches("ul, ol")) return [...block.children];
    if (block.matches("dl")) return [...block.querySelectorAll(":scope > dt")];
    if (block.matches("table")) return [...block.tBodies[0].rows];
    const table = block.querySelector(":scope > table, :scope > div > table");
    return table ? [...table.tBodies[0].rows] : [];
  };

  // The second half of a block: its later items or rows, below the same head; a list counts on.
  function halve(block, from) {
    const twin = block.cloneNode(true);
    const mine = pieces(block);
    const theirs = pieces(twin);
    if (block.matches("ol")) twin.start = (block.start || 1) + from;
    const drop = (list, keep) => list.forEach((piece, i) => {
      if (keep(i)) return;
      while (piece.nextElementSibling?.matches("dd")) piece.nextElementSibling.remove();
      piece.remove();
    });
    drop(mine, (i) => i < from);
    drop(theirs, (i) => i >= from);
    return twin;
  }

  function halveCode(block) {
    const lines = block.innerHTML.split("\n");
    const twin = block.cloneNode(false);
    const middle = Math.ceil(lines.length / 2);
    block.innerHTML = lines.slice(0, middle).join("\n");
    twin.innerHTML = lines.slice(middle).join("\n");
    return twin;
  }

  // Move the end of a slide to the next one: its last block, or half of its only block.
  function cut(section, next) {
    const content = contentOf(section);
    const rest = contentOf(next);
    const blocks = [...content.children];
    if (blocks.length > 1) {
      let at = blocks.length - 1;
      // What leads on without a full stop goes with what it leads to.
      if (at > 1 && !/[.?!”")]\s*$/.test(blocks[at - 1].textContent)) at -= 1;
      rest.prepend(...blocks.slice(at));
      return true;
    }
    const [block] = blocks;
    const parts = pieces(block);
    const merges = rest.firstElementChild?.hasAttribute("data-half");
    if (parts.length > 1) {
      const twin = halve(block, Math.ceil(parts.length / 2));
      if (merges) {
        const later = pieces(rest.firstElementChild);
        const last = pieces(twin).at(-1);
        (block.matches("dl") ? last.parentElement.lastElementChild : last).after(
          ...(block.matches("dl") ? rest.firstElementChild.children : later),
        );
        rest.firstElementChild.remove();
      }
      twin.dataset.half = "";
      rest.prepend(twin);
      return true;
    }
    if (block.matches("pre") && block.textContent.trim().includes("\n")) {
      const twin = halveCode(block);
      if (merges) {
        twin.innerHTML += `\n${rest.firstElementChild.innerHTML}`;
        rest.firstElementChild.remove();
      }
      twin.dataset.half = "";
      rest.prepend(twin);
      return true;
    }
    return false;
  }

  function fit(section) {
    let next = null;
    while (!arrange(section).fits) {
      flatten(section);
      if (!next) {
        next = section.cloneNode(true);
        next.querySelector(".notes")?.remove();
        next.removeAttribute("data-timing");
        next.dataset.goesOn = "";
        contentOf(next).replaceChildren();
      }
      if (!cut(section, next)) {
        squeeze(section);
        break;
      }
    }
    if (!next || !contentOf(next).children.length) return;
    for (const half of contentOf(next).querySelectorAll("[data-half]")) delete half.dataset.half;
    section.after(next);
    fit(next);
  }

  // The last resort: one block that cannot be cut gets as small as it must.
  function squeeze(section) {
    for (let scale = LEAST; scale > 0.4 && tooTall(section); scale -= STEP) place(section, scale);
  }

  // Starting -----------------------------------------------------------------------------------

  async function start() {
    await document.fonts.ready;
    if (document.querySelector("pre.mermaid")) await drawDiagrams();
    await MathJax.startup.promise;
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
    const answers = document.querySelectorAll(".fragment");
    answers.forEach((answer) => answer.classList.add("visible"));
    for (const section of [...document.querySelectorAll(".slides > section")]) fit(section);
    answers.forEach((answer) => answer.classList.remove("visible"));
    document.body.classList.remove("measuring");
    await Reveal.initialize({
      width: 1280,
      height: 720,
      margin: 0,
      center: false,
      hash: true,
      slideNumber: "c/t",
      transition: "none",
      backgroundTransition: "none",
      pdfSeparateFragments: false,
      pdfMaxPagesPerSlide: 1,
      plugins: [RevealNotes],
    });
    root.dataset.ready = "yes";
  }
  addEventListener("load", start);
})();
