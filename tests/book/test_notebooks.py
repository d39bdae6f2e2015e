"""Every notebook runs anew from an empty start, and says again what it said.

nbval runs each notebook in a pytest of its own, so that workers can share the pages.
"""

import os
import re
import subprocess
import sys

import nbformat
import pytest
from book_files import ROOT, page_files
from page_rules import code_cells, read_page

HERE = ROOT / "tests" / "book"
NOTEBOOKS = [path for path in page_files() if path.suffix == ".ipynb"]
CELL_SECONDS = 300


def validate(path):
    """Run nbval on a notebook; return its exit code, its words, and how many cells passed."""
    options = [
        "--nbval",
        "--nbval-current-env",
        f"--nbval-cell-timeout={CELL_SECONDS}",
        f"--nbval-sanitize-with={HERE / 'nbval.cfg'}",
        *("-p", "nbval_without_stderr", "-p", "no:cacheprovider", "-p", "no:xdist"),
        *("--rootdir", str(path.parent), "-c", os.devnull, "-q", "--color=no"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
            "PYTHONPATH": str(HERE),
            "PLMREC_PROFILE": "cpu",
            "PLMREC_PROGRESS": "0",
        },
    )
    passed = re.search(r"(\d+) passed", done.stdout)
    return done.returncode, done.stdout + done.stderr, int(passed.group(1)) if passed else 0


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.relative_to(ROOT / "book").as_posix())
def test_notebook_says_again_what_it_said(path):
    code, words, passed = validate(path)
    assert code == 0, words[-6000:]
    assert passed == len(code_cells(read_page(path)))


def test_a_changed_output_is_noticed(good_page, tmp_path):
    cell = next(c for c in good_page.cells if c.id == "compute")
    cell.outputs[0]["data"]["text/plain"] = "[1.0, 0.26, 0.0, 0.25, 1.0]"
    cell = next(c for c in good_page.cells if c.id == "claim")
    cell.outputs[0]["data"]["application/vnd.plmrec.claim+json"]["measured"] = "7"
    nbformat.write(good_page, tmp_path / "page.ipynb")
    code, words, passed = validate(tmp_path / "page.ipynb")
    assert code == 1
    assert "0.26" in words
    assert "vnd.plmrec.claim+json" in words
    assert passed == len(code_cells(good_page)) - 2


def test_a_figure_and_stderr_may_differ(good_page, tmp_path):
    cell = next(c for c in good_page.cells if c.id == "figure")
    cell.outputs[0]["data"]["image/png"] = "aGVsbG8="
    cell.source += "\nimport sys\nprint('10%|#', file=sys.stderr)"
    nbformat.write(good_page, tmp_path / "page.ipynb")
    code, words, _ = validate(tmp_path / "page.ipynb")
    assert code == 0, words
