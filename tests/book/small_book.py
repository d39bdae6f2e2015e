"""A small book with this book's looks, built three times for all tests that need one.

First with an address, a page that claims something, and pages that are broken in one way each;
then after the claim was reworded; then without an address.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from book_files import ROOT
from new_page import new_page

OWNER, HUB = "https://github.com/owner/name", "https://hub.example.edu"
SAMPLE, CLAIMS = "book/ideas/sample", "book/all"
PREDICTED = "squares may be *negative*"
SENTENCE, REWORDED = "Opposite numbers have equal squares.", "Squares are not negative."
ALL_CLAIMS = f"""# Claims

```{{article-verdicts}}
```

```{{all-findings}}
```

```{{chance}}
```

```{{smallest-effects}}
```

```{{all-checks}}
```

```{{surprise}} sample-square-is-even
:date: 2026-11-24
We predicted that {PREDICTED}.
```

A square is larger by {{measured}}`sample-squares-are-positive`.
"""
BROKEN = {
    "a reference": "See {ref}`nowhere`.",
    "a page": "See {doc}`nowhere`.",
    "a term": "A {term}`flumpet`.",
    "a citation": "As {cite:t}`nobody1900` says.",
    "a figure": "![words](nowhere.png)",
    "a right option": ":::{quiz} Which?\n- [ ] A.\n  No.\n- [ ] B.\n  No.\n- [ ] C.\n  No.\n:::",
    "claims on a page without code": "```{page-claims}\n```",
    "a surprise without its check": "```{surprise} no-such-key\n:date: 2026-11-24\n```",
    "a surprise without its date": "```{surprise} sample-square-is-even\nIt was.\n```",
    "a headline that has another verdict": "```{headline} sample-squares-are-positive\n"
    ":verdict: not shown\n\nWords.\n```",
    "a headline without its finding": "```{headline} no-such-key\n:verdict: holds\n\nWords.\n```",
    "figures without their finding": "By {measured}`no-such-key`.",
    "figures of another name": "By {measured}`sample-squares-are-positive: cubes`.",
    "a plan's page": "```{session-plan}\n:minutes: 90\nteach no/such-page | A | B\n```",
    "time for its plan": "```{session-plan}\n:minutes: 9\n5 | A | B\n5 | C | D\n```",
    "a column of a plan": "```{course-plan}\n:class: 90\n:home: 90\nideas/sample\n```",
    "a diagram without words": "```{mermaid}\ngraph TD\n  a --> b\n```",
}


def build_book(source, target):
    """Build a book strictly, and return the finished process with its output."""
    command = shutil.which("jupyter-book", path=str(Path(sys.executable).parent))
    strict = ["--warningiserror", "--nitpick", "--keep-going"]
    return subprocess.run(
        [command, "build", str(source), "--path-output", str(target), *strict],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )


def empty_book(book):
    """Fill a folder with this book's settings and looks, and a cover; it has no page yet."""
    for name in ("book/_ext", "book/_static"):
        shutil.copytree(ROOT / name, book / name)
    for name in ("book/references.bib", "_config.yml"):
        shutil.copyfile(ROOT / name, book / name)
    (book / "node_modules").symlink_to(ROOT / "node_modules")
    (book / "book" / "index.md").write_text("# Cover\n")
    return book


def build_small_books(folder, page):
    """Build the three: their logs and the two pages of each that tests read, by name."""
    book = empty_book(folder / "source")
    (book / f"{CLAIMS}.md").write_text(ALL_CLAIMS)
    chapters = [CLAIMS]
    for number, (name, text) in enumerate(BROKEN.items()):
        (book / f"book/page{number}.md").write_text(f"# Without {name}\n\n{text}\n")
        chapters.append(f"book/page{number}")
    listed = "".join(f"      - file: {chapter}\n" for chapter in chapters)
    (book / "_toc.yml").write_text(
        f"format: jb-book\nroot: book/index\nparts:\n  - caption: A\n    chapters:\n{listed}"
    )
    _set_addresses(book, OWNER, HUB)
    path = new_page("ideas/sample", book)
    shutil.copyfile(path, folder / "new.ipynb")
    nbformat.write(page, path)
    _build(folder, "first")
    path.write_text(path.read_text().replace(SENTENCE, REWORDED))
    _build(folder, "reworded")
    _set_addresses(book, "", HUB)
    _build(folder, "without an address")


def _set_addresses(book, url, hub):
    path = book / "_config.yml"
    config = path.read_text(encoding="utf-8")
    config = re.sub(r'^  url: "[^"]*"', f'  url: "{url}"', config, flags=re.MULTILINE)
    path.write_text(re.sub(r'(?<=jupyterhub_url: )"[^"]*"', f'"{hub}"', config), encoding="utf-8")


def _build(folder, name):
    done = build_book(folder / "source", folder / "out")
    (folder / name).mkdir()
    log = f"{done.stdout}{done.stderr}\nended with {done.returncode}"
    (folder / name / "log.txt").write_text(log)
    for page in (SAMPLE, CLAIMS):
        html = folder / "out" / "_build" / "html" / f"{page}.html"
        shutil.copyfile(html, folder / name / html.name)
