"""Start a page: copy the template, give it its name, and list it in _toc.yml.

python tools/new_page.py ideas/recommenders
"""

import argparse
import re
import sys

import nbformat
from book_files import ROOT, bring_in_source

TEMPLATE = ROOT / "tools" / "page_template.ipynb"
CAPTIONS = {
    "start": "Start",
    "ideas": "Ideas",
    "math": "Mathematics",
    "bert": "BERT",
    "plmrec": "PLM recommenders",
    "practice": "Practice",
    "frontier": "Frontier",
    "challenges": "Challenges",
    "teach": "Teaching",
    "back": "Back",
}


def new_page(name, root=ROOT):
    """Write a page ``part/page`` from the template, list it, and return its path."""
    if not re.fullmatch(r"[a-z]+/[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(f"page {name!r}: give part/page in lower case, such as ideas/recommenders")
    part, slug = name.split("/")
    if part not in CAPTIONS:
        raise ValueError(f"part {part!r}: the book's parts are {', '.join(CAPTIONS)}")
    path = root / "book" / part / f"{slug}.ipynb"
    if path.exists():
        raise FileExistsError(f"book/{name}.ipynb is there already: edit it in `make lab`")
    page = nbformat.read(TEMPLATE, as_version=4)
    for cell in page.cells:
        title = slug.replace("-", " ").capitalize()
        cell.source = cell.source.replace("TITLE", title).replace("SLUG", slug)
        cell.source = cell.source.replace("template-", f"{slug}-")
        if figure := cell.metadata.get("mystnb", {}).get("figure"):
            figure["name"] = figure["name"].replace("SLUG", slug)
        if "bring-in" in cell.metadata.get("tags", []):
            cell.source = bring_in_source(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(page, path)
    toc = root / "_toc.yml"
    toc.write_text(listed(toc.read_text(encoding="utf-8"), name), encoding="utf-8")
    return path


def listed(toc, name):
    """Add a page to the text of ``_toc.yml``, last in its part; comments stay."""
    part = name.split("/")[0]
    line = f"      - file: book/{name}\n"
    same = list(re.finditer(rf"^ *- file: book/{part}/.*\n", toc, re.MULTILINE))
    if same:
        return toc[: same[-1].end()] + line + toc[same[-1].end() :]
    order = list(CAPTIONS)
    block = f"  - caption: {CAPTIONS[part]}\n    chapters:\n{line}"
    for caption in re.finditer(r"^  - caption: (.+)\n", toc, re.MULTILINE):
        there = next((key for key, text in CAPTIONS.items() if text == caption.group(1)), None)
        if there and order.index(there) > order.index(part):
            return toc[: caption.start()] + block + toc[caption.start() :]
    return toc.rstrip("\n") + "\n" + block


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Start a page from the template.")
    parser.add_argument("page", help="part/page, such as ideas/recommenders")
    try:
        made = new_page(parser.parse_args().page)
    except (ValueError, FileExistsError) as error:
        sys.exit(str(error))
    print(f"wrote {made.relative_to(ROOT)} and listed it in _toc.yml; now `make lab`")
