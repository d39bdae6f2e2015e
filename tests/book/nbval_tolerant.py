"""A plugin for the pytest that runs nbval: numbers may differ as far as a cell's tag says.

After the last cell of a solution its answers are given to the exercise's own self-check.
"""

from book_files import ROOT
from compare_outputs import differences, tolerance_of
from exercise_kit import entries_of
from minutes import read_page

PROOF_SECONDS = 60


def pytest_collection_modifyitems(items):
    """Compare each cell's outputs by `compare_outputs`; prove self-checks after solutions."""
    for item in items:
        item.compare_outputs = _comparer(item)
    if items and (path := items[0].path).is_relative_to(ROOT / "book"):
        _prove_solutions(items, read_page(path), path)


def _prove_solutions(items, page, path):
    """Let the last code cell of each solution also run the proof of the exercise."""
    by_name = {item.cell.get("id"): item for item in items}
    for entry in entries_of(ROOT, path, page):
        if entry.answers:
            names = [page.cells[place].id for place in entry.exercise.solution]
            item = by_name[[name for name in names if name in by_name][-1]]
            item.runtest = _with_proof(item, item.runtest, entry.proof())


def _with_proof(item, runtest, code):
    def run():
        runtest()
        kernel = item.parent.kernel
        message = kernel.kc.execute(code, silent=True, store_history=False)
        reply = {"parent_header": {}}
        while reply["parent_header"].get("msg_id") != message:
            reply = kernel.get_message("shell", timeout=PROOF_SECONDS)
        kernel.await_idle(message, PROOF_SECONDS)
        if (said := reply["content"])["status"] != "ok":
            raise AssertionError(f"the solution fails its self-check: {said.get('evalue')}")

    return run


def _comparer(item):
    def compare(new, stored, skip_compare=None):
        tolerance = tolerance_of(item.cell.metadata.get("tags", []))
        found = differences(stored, new, tolerance)
        name = item.cell.get("id", item.cell_num)
        item.comparison_traceback = [f"cell {name}: {line}" for line in found]
        return not found

    return compare
