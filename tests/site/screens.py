"""The screens that the site is read on, and the pages that are looked at."""

from book_files import ROOT, page_files

WIDE = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}
PAGES = [p.relative_to(ROOT).with_suffix(".html").as_posix() for p in page_files()]
GENERATED = ["search.html", "genindex.html"]
