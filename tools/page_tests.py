"""Which tests belong to one page, and which are fast."""

import json
import re

from steps import StepError

RULES = ("tests/book/test_notebooks.py", "tests/book/test_book_pages.py")
KIT = "tests/kit/test_exercise_kit.py"
WORDS = "tests/book/test_words.py"
RECORDINGS = "tests/book/test_recordings.py"
# What `make test FAST=1` leaves out: the pages and what makes them, the built site, what needs a
# browser and axe (which it does not install), and two simulations of a minute.
SLOW = ("tests/book", "tests/site", "tests/kit", "tests/tools")
SLOW += ("tests/applications/serving/test_try_page.py",)
SLOW += ("tests/evaluation/test_coverage.py", "tests/evaluation/test_power.py")
CHEAP_S = 20


def fast_tests(root):
    """Say to pytest what to leave out."""
    return [f"--ignore={path}" for path in SLOW if (root / path).exists()]


def tests_of(root, pages):
    """Say to pytest which tests belong to some pages: cells, rules, and cheap recordings.

    They are files, and an expression for ``-k``.
    """
    wanted = []
    for name in pages:
        path = page_named(root, name)
        wanted.append(path.relative_to(root / "book").as_posix())
        if path.suffix == ".ipynb":
            used = re.findall(r"recorded\(\\?[\"']([\w-]+)", path.read_text(encoding="utf-8"))
            wanted += [f"[{name}]" for name in used if _seconds(root, name) <= CHEAP_S]
    return [*RULES, KIT, WORDS, RECORDINGS, "-k", " or ".join(dict.fromkeys(wanted))]


def page_named(root, name, suffixes=(".ipynb", ".md")):
    """Find a page by a name such as ``start/setup`` or ``book/start/setup.ipynb``."""
    short = re.sub(r"^book/|\.(ipynb|md)$", "", name.replace("\\", "/"))
    for suffix in suffixes:
        if (root / "book" / f"{short}{suffix}").is_file():
            return root / "book" / f"{short}{suffix}"
    known = sorted(
        p.relative_to(root / "book").with_suffix("").as_posix() for p in root.glob("book/*/*.ipynb")
    )
    raise StepError(f"no page {name!r}; the notebooks are: {', '.join(known)}")


def _seconds(root, name):
    """Return how long the small check of a recording takes."""
    path = root / "plmrec_lite" / "book" / "recordings" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))["check"][0]["seconds"]
