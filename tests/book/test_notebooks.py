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

PLUGIN = (str(ROOT / "tests" / "book"), str(ROOT / "tools"))
NOTEBOOKS = [path for path in page_files() if path.suffix == ".ipynb"]
CELL_SECONDS = 300


def validate(path):
    """Run nbval on a notebook; return its exit code, its words, and how many cells passed."""
    options = [
        *("-p", "nbval.plugin", "--nbval"),  # no other plugin is loaded
        "--nbval-current-env",
        f"--nbval-cell-timeout={CELL_SECONDS}",
        *("-p", "nbval_tolerant", "-p", "no:cacheprovider"),
        *("--rootdir", str(path.parent), "-c", os.devnull, "-q", "--color=no"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
            "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), *PLUGIN])),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
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


def compute_cell(page, stored, tags=()):
    cell = next(c for c in page.cells if c.id == "compute")
    cell.outputs[0]["data"]["text/plain"] = f"[1.0, {stored}, 0.0, 0.25, 1.0]"
    cell.metadata["tags"] = list(tags)


def test_a_changed_output_is_noticed(good_page, tmp_path):
    compute_cell(good_page, "0.30", ["tolerance-0.02"])  # more than twice as far off
    cell = next(c for c in good_page.cells if c.id == "claim")
    cell.outputs[0]["data"]["application/vnd.plmrec.claim+json"]["measured"] = "7"
    nbformat.write(good_page, tmp_path / "page.ipynb")
    code, words, passed = validate(tmp_path / "page.ipynb")
    assert code == 1
    assert "cell compute: text/plain: stored '0.30', now '0.25': tolerance-0.04 would" in words
    assert "cell claim: application/vnd.plmrec.claim+json: stored '7', now '1'" in words
    assert passed == len(code_cells(good_page)) - 2


def test_a_figure_stderr_and_a_number_within_its_tolerance_may_differ(good_page, tmp_path):
    cell = next(c for c in good_page.cells if c.id == "figure")
    cell.outputs[0]["data"]["image/png"] = "aGVsbG8="
    cell.source += "\nimport sys\nprint('10%|#', file=sys.stderr)"
    compute_cell(good_page, "0.27", ["tolerance-0.02"])
    nbformat.write(good_page, tmp_path / "page.ipynb")
    code, words, _ = validate(tmp_path / "page.ipynb")
    assert code == 0, words
