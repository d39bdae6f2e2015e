"""Nothing is cut off on a phone, a tablet or a desk; what scrolls sideways shows that it does."""

from pathlib import Path

import pytest

WIDTHS = (1280, 768, 390)
LOOK = (Path(__file__).parent / "widths.js").read_text(encoding="utf-8")
OPEN_ALL = """() => {
    document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
    document.querySelectorAll(".toggle-hidden .toggle-button").forEach((b) => b.click());
}"""
# The page's own observers work in the first frame, and what they set is drawn in the second.
SETTLED = """() => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60)));
})"""
FAULTS = {
    "cut off by": "<div style='overflow: hidden'>{wide}</div>",
    "scrolls without a sign": "<div style='overflow-x: auto'>{wide}</div>",
    "wider than the column": "<div>{wide}</div>",
    "begins where nobody": "<div style='overflow-x: auto; direction: ltr'>{early}</div>",
}
PLANT = "(html) => document.querySelector('article').insertAdjacentHTML('afterbegin', html)"
WIDE = "<table><tr><td><div style='width: 1500px'>wide</div></td></tr></table>"
EARLY = "<table style='margin-left: -60px'><tr><td>early</td></tr></table>"


def looked_at(page, width):
    """What is wrong with an open page at a width."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(SETTLED)
    return page.evaluate(LOOK)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_measure_finds_what_is_wrong(reader, fault):
    page = reader().open("book/back/faq.html")
    planted = FAULTS[fault].format(wide=WIDE, early=EARLY)
    page.evaluate(
        "html => document.querySelector('article').insertAdjacentHTML('afterbegin', html)", planted
    )
    assert any(found.startswith(fault) for found in looked_at(page, 768))
