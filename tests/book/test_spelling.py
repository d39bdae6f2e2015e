"""No misspelling that codespell knows stands in text, code, or notebooks."""

import subprocess
import sys

from book_files import ROOT
from page_rules import read_page

FOLDERS = ("plmrec_lite", "tests", "tools", "book", ".github")
TOP = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "_config.yml")
SUFFIXES = {".py", ".md", ".yml", ".css", ".js", ".html", ".ipynb"}


def misspelled(paths):
    """Run codespell, with the list of words that are meant, and return its findings."""
    command = [sys.executable, "-m", "codespell_lib", "--toml", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [*command, *map(str, paths)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 65), done.stderr
    return done.stdout


def sources(folder):
    """The files to read; of a notebook a copy of its cells, since its figures are no words."""
    found = [path for name in FOLDERS for path in sorted((ROOT / name).rglob("*"))]
    found = [p for p in (*found, *(ROOT / name for name in TOP)) if p.suffix in SUFFIXES]
    for path in found:
        if path.suffix == ".ipynb" and ".ipynb_checkpoints" not in path.parts:
            copy = folder / "_".join(path.relative_to(ROOT).parts).replace(".ipynb", ".md")
            copy.write_text("\n\n".join(cell.source for cell in read_page(path).cells))
            yield copy
        elif path.suffix != ".ipynb":
            yield path


def test_nothing_is_misspelled(tmp_path):
    assert misspelled(sources(tmp_path)) == ""


def test_a_misspelling_would_be_found(tmp_path):
    (tmp_path / "page.md").write_text("We re" + "cieve a rating.")
    assert "receive" in misspelled([tmp_path / "page.md"])
