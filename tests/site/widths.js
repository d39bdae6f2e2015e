// What is cut off on the page at its width of now, or scrolls without a sign that it does.
(() => {
  const KINDS = "mjx-container > svg, table, figure, img, .diagram svg, pre, code, .scrolls";
  const article = document.querySelector("article");
  const found = new Set();
  const name = (e) => {
    const words = e.closest("mjx-container")?.textContent || e.textContent || e.outerHTML;
    const kind = [e.localName, ...e.classList].join(".");
    return `${kind}: ${words.trim().replace(/\s+/g, " ").slice(0, 70)}`;
  };
  const shows = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const hinted = (box) =>
    box.dataset.more?.includes("after") && getComputedStyle(box).maskImage !== "none";

  // Whether a box holds all that lies between two edges, by showing or by scrolling it.
  function judge(what, box, left, right) {
    const { overflowX } = getComputedStyle(box);
    const edge = box.getBoundingClientRect();
    const room = { left: edge.left + box.clientLeft, right: 0 };
    room.right = room.left + box.clientWidth;
    if (right <= room.right + 1 && left >= room.left - 1) return "holds";
    if (overflowX === "visible") return "on";
    if (overflowX === "hidden" || overflowX === "clip") {
      found.add(`cut off by ${[box.localName, ...box.classList].join(".")}: ${name(what)}`);
    } else if (left < room.left - 1 && box.scrollLeft === 0) {
      found.add(`begins where nobody can scroll to: ${name(what)}`);
    } else if (!hinted(box)) {
      found.add(`scrolls without a sign: ${name(what)}`);
    }
    return "scrolls";
  }

  function check(what) {
    let { left, right } = what.getBoundingClientRect();
    const inner = what.matches("pre, .scrolls, img") || getComputedStyle(what).display === "block";
    if (inner && what.scrollWidth > what.clientWidth + 1) {
      judge(what, what, left, left + what.scrollWidth + 1);
    }
    if (what.scrollHeight > what.clientHeight + 3 && getComputedStyle(what).overflowY === "hidden") {
      if (what.matches("pre, .scrolls")) found.add(`cut off below: ${name(what)}`);
    }
    for (let box = what.parentElement; box && box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).display.startsWith("inline")) continue;
      if (judge(what, box, left, right) === "scrolls") {
        ({ left, right } = box.getBoundingClientRect());
      } else if (box === article) {
        const { paddingLeft, paddingRight } = getComputedStyle(article);
        const edges = article.getBoundingClientRect();
        if (
          right > edges.right - parseFloat(paddingRight) + 1 ||
          left < edges.left + parseFloat(paddingLeft) - 1
        ) {
          found.add(`wider than the column: ${name(what)}`);
        }
        break;
      }
    }
  }

  article.querySelectorAll(KINDS).forEach((e) => {
    if (shows(e) && e.getBoundingClientRect().width > 0) check(e);
  });
  return [...found];
})()
