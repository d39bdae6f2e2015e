"""Which pages the book has, and where: read from _toc.yml and _config.yml."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]

BRING_IN = """\
# On Colab or a bare kernel this brings the book's library in; where it is, it does nothing.
import importlib.util

if importlib.util.find_spec("plmrec_lite") is None:
"""
FROM = """\
    %pip install --quiet "plmrec-lite[pages] @ git+{address}@{branch}"
"""
NOWHERE = """\
    raise ModuleNotFoundError(
        "plmrec_lite is not installed, and this copy of the book has no repository address to "
        'bring it from: run `pip install -e ".[pages]"` in the folder of the book, or open the '
        "page by `make lab`"
    )
"""


def page_files(root=ROOT):
    """List the files of the pages in the order of the table of contents, the cover first."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    names = [toc["root"]] + [
        chapter["file"] for part in toc.get("parts", []) for chapter in part["chapters"]
    ]
    return [_file_of(root, name) for name in names]


def _file_of(root, name):
    """Find the file of a page named as in _toc.yml."""
    for suffix in (".ipynb", ".md"):
        if (path := root / f"{name}{suffix}").is_file():
            return path
    raise FileNotFoundError(
        f"_toc.yml lists {name!r}, but there is no {name}.ipynb or {name}.md: "
        "write the page, or take it off the list"
    )


def bring_in_source(root=ROOT):
    """Write the code of the cell that brings the library in where it is missing."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    address, branch = config["repository"]["url"], config["repository"]["branch"]
    text = FROM.format(address=address, branch=branch) if address else NOWHERE
    return (BRING_IN + text).rstrip("\n")
