"""Chinese is shown by the font that the site brings, on machines that have none."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from cjk_font import CJK, characters
from screens import PAGES

UNPACK = "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(0)))"


def brotli_by_node(packed):
    """Unpack what fontTools would unpack with brotli; Node comes with the tests anyway."""
    node = Path(sys.executable).parent / "node"
    return subprocess.run(
        [node, "-e", UNPACK], input=packed, capture_output=True, check=True
    ).stdout


@pytest.fixture
def drawn(site, monkeypatch):
    """The characters that the site's Chinese font can draw."""
    from fontTools.ttLib import TTFont

    monkeypatch.setitem(sys.modules, "brotli", SimpleNamespace(decompress=brotli_by_node))
    monkeypatch.delitem(sys.modules, "fontTools.ttLib.woff2", raising=False)
    return {chr(code) for code in TTFont(site / "_static/fonts/cjk.woff2").getBestCmap()}


def test_every_chinese_character_of_the_pages_has_its_glyph(site, drawn):
    used = set(characters())
    for name in PAGES:
        soup = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
        used |= set(CJK.findall(soup.get_text()))
    assert len(used) > 200
    assert sorted(used - drawn) == [], "run tools/cjk_font.py"
    assert "龘" not in drawn


def test_the_browser_draws_chinese_with_that_font(reader):
    page = reader().open("book/back/errata.html")
    page.evaluate("document.fonts.ready")
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    root = devtools.send("DOM.getDocument")["root"]["nodeId"]
    found = {"nodeId": root, "selector": "article q[lang=zh-Hans]"}
    node = devtools.send("DOM.querySelector", found)["nodeId"]
    fonts = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    ours = [f for f in fonts if f["isCustomFont"] and f["familyName"].startswith("Noto Sans SC")]
    assert [f["glyphCount"] for f in ours] == [
        len(CJK.findall(page.locator("article q[lang=zh-Hans]").first.inner_text()))
    ]


def test_the_font_is_not_loaded_where_nothing_is_chinese(reader):
    page = reader().open("book/start/setup.html")
    loaded = "[...document.fonts].filter(f => f.unicodeRange.includes('2E80')).map(f => f.status)"
    assert set(page.evaluate(loaded)) == {"unloaded"}


def test_the_font_is_small_and_comes_with_its_licence(site):
    fonts = site / "_static" / "fonts"
    assert (fonts / "cjk.woff2").stat().st_size < 150_000
    assert "SIL Open Font License" in (fonts / "LICENSE-noto-sans-sc.txt").read_text()
