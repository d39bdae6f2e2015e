"""Which pages the book has, and where: read from _toc.yml and _config.yml."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]

BRING_IN_FROM = """\
# On Colab or a bare kernel this brings the book's library in; where it is, it does nothing.
import importlib.util

if importlib.util.find_spec("plmrec_lite") is None:
    %pip install --quiet "plmrec-lite[pages] @ git+{address}@{branch}"
"""
BRING_IN_NOWHERE = """\
# On Colab or a bare kernel this brings the book's library in; where it is, it does nothing.
import importlib.util

if importlib.util.find_spec("plmrec_lite") is None:
    raise ModuleNotFoundError(
        "plmrec_lite is not installed, and this copy of the book has no repository address to "
        'bring it from: run `pip install -e ".[pages]"` in the folder of the book, or open the '
        "page by `make lab`"
    )
"""


def page_files(root=ROOT):
    """List the files of the pages in the order of the table of contents.

    Parameters
    ----------
    root : pathlib.Path
        The repository.

    Returns
    -------
    list of pathlib.Path
        ``.md`` and ``.ipynb`` files, the cover first.

    Raises
    ------
    FileNotFoundError
        If a listed page has no file.
    """
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


def notebook_named(name, root=ROOT):
    """Find a notebook page by a name such as ``start/setup`` or ``book/start/setup.ipynb``.

    Parameters
    ----------
    name : str
        The page, with or without ``book/`` and ``.ipynb``.
    root : pathlib.Path
        The repository.

    Returns
    -------
    pathlib.Path
        The notebook.

    Raises
    ------
    FileNotFoundError
        If there is no such notebook; the message lists those there are.
    """
    short = name.removeprefix("book/").removesuffix(".ipynb")
    path = root / "book" / f"{short}.ipynb"
    if not path.is_file():
        known = sorted(p.relative_to(root / "book") for p in root.glob("book/*/*.ipynb"))
        listed = ", ".join(p.with_suffix("").as_posix() for p in known) or "none yet"
        raise FileNotFoundError(f"no page {name!r}; the notebooks are: {listed}")
    return path


def bring_in_source(root=ROOT):
    """Write the code of the cell that brings the library in where it is missing.

    Parameters
    ----------
    root : pathlib.Path
        The repository, whose ``_config.yml`` holds the address.

    Returns
    -------
    str
        The source of the cell, the same on every page.
    """
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    repository = config["repository"]
    if repository["url"]:
        text = BRING_IN_FROM.format(address=repository["url"], branch=repository["branch"])
    else:
        text = BRING_IN_NOWHERE
    return text.rstrip("\n")
