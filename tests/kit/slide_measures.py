"""How a slide lies in its frame, measured in the browser."""

MEASURE = """() => [...document.querySelectorAll(".slides > section")].map((section) => {
  const before = section.style.cssText;
  section.style.display = "block";
  section.style.visibility = "hidden";
  section.querySelectorAll(".fragment").forEach((one) => one.classList.add("visible"));
  const frame = section.querySelector(".frame").getBoundingClientRect();
  const content = section.querySelector(".content");
  let [right, bottom, letters] = [0, 0, 1000];
  for (const part of section.querySelectorAll(".frame *")) {
    if (part.closest("mjx-assistive-mml, script")) continue;
    const box = part.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    right = Math.max(right, box.right - frame.left);
    bottom = Math.max(bottom, box.bottom - frame.top);
    const own = [...part.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (own && !part.closest("svg, .hand, .sources")) {
      const zoom = part.currentCSSZoom ?? 1;
      letters = Math.min(letters, parseFloat(getComputedStyle(part).fontSize) * zoom);
    }
  }
  const clipped = [...section.querySelectorAll(".frame *")].some((part) =>
    ["hidden", "auto", "scroll", "clip"].includes(getComputedStyle(part).overflowY)
    && part.scrollHeight > part.clientHeight + 2 && !part.closest("mjx-container, .hand, svg"));
  const found = {
    title: section.querySelector("h2").textContent,
    wide: frame.width, high: frame.height, right, bottom, letters, clipped,
    more: content.scrollHeight - content.clientHeight,
    blocks: content.children.length,
    words: content.textContent.trim().length,
    formulas: content.querySelectorAll(".math:not(:has(mjx-container))").length,
    diagrams: content.querySelectorAll("pre.mermaid:not(:has(svg))").length,
    pictures: [...content.querySelectorAll("img")].map((image) => [
      image.naturalWidth, image.alt.length, image.getBoundingClientRect().height]),
  };
  section.style.cssText = before;
  section.querySelectorAll(".fragment").forEach((one) => one.classList.remove("visible"));
  return found;
})"""


def open_deck(window, path, **query):
    """Open a deck, and return its page and what its scripts complained of."""
    page, errors = window.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("requestfailed", lambda request: errors.append(request.url))
    asked = "&".join(f"{key}={value}" if value else key for key, value in query.items())
    page.goto(f"{path.as_uri()}?{asked.replace('_', '-')}")
    page.wait_for_function("document.documentElement.dataset.ready === 'yes'")
    return page, errors


def faults_of(measured):
    """List what is wrong with the slides of a deck: words for people."""
    faults = []
    for i, one in enumerate(measured, start=1):
        where = f"slide {i} ({one['title']})"
        if one["bottom"] > 720 or one["more"] > 1:
            faults.append(f"{where} is {one['bottom']:.0f} pixels high")
        if one["right"] > 1280:
            faults.append(f"{where} is {one['right']:.0f} pixels wide")
        if one["clipped"]:
            faults.append(f"{where} hides a part")
        if one["letters"] < 11:
            faults.append(f"{where} has letters of {one['letters']:.1f} pixels")
        if i > 1 and not (one["blocks"] and (one["words"] or one["pictures"])):
            faults.append(f"{where} is empty")
        if one["formulas"] or one["diagrams"]:
            faults.append(f"{where} has a formula or a diagram that is not drawn")
        for pixels, alt, height in one["pictures"]:
            if not pixels or not alt or height < 120:
                faults.append(f"{where} has a picture {height:.0f} high, {alt} letters of words")
    return faults
