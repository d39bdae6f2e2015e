"""Cut the Chinese font of the site down to the characters that the pages use.

Run it when a page uses a new one (a test of the site says so)::

    npm pack @fontsource/noto-sans-sc && tar xzf fontsource-noto-sans-sc-*.tgz
    pip install brotli
    python tools/cjk_font.py package

The outcome is committed: building and reading the book needs neither the package nor brotli.
"""

import re
import shutil
import sys
from pathlib import Path

from book_files import ROOT

# Punctuation of full width, kana, ideographs, and the forms of full and half width.
CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
SOURCE = "files/noto-sans-sc-chinese-simplified-400-normal.woff2"
FONTS = ROOT / "book" / "_static" / "fonts"


def characters(root=ROOT):
    """Collect the Chinese characters of all pages, the glossary and the bibliography."""
    files = [p for suffix in ("md", "ipynb", "bib") for p in (root / "book").rglob(f"*.{suffix}")]
    return sorted({c for path in files for c in CJK.findall(path.read_text(encoding="utf-8"))})


def cut(package, target=FONTS):
    """Write the cut font and its licence.

    Parameters
    ----------
    package : pathlib.Path
        The unpacked npm package @fontsource/noto-sans-sc.
    target : pathlib.Path
        The folder to write to.

    Returns
    -------
    list of str
        The characters of the pages that the font lacks.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    wanted = characters()
    font = TTFont(package / SOURCE)
    lacks = [c for c in wanted if ord(c) not in font.getBestCmap()]
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False, desubroutinize=True)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(wanted))
    cutter.subset(font)
    target.mkdir(exist_ok=True)
    subset.save_font(font, target / "cjk.woff2", options)
    shutil.copyfile(package / "LICENSE", target / "LICENSE-noto-sans-sc.txt")
    return lacks


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    lacking = cut(Path(sys.argv[1]))
    if lacking:
        sys.exit(f"the font has no {' '.join(lacking)}")
