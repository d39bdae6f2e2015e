"""A plugin for the pytest that runs nbval: numbers may differ as far as a cell's tag says."""

from compare_outputs import differences, tolerance_of


def pytest_collection_modifyitems(items):
    """Compare each cell's outputs by `compare_outputs`."""
    for item in items:
        item.compare_outputs = _comparer(item)


def _comparer(item):
    def compare(new, stored, skip_compare=None):
        tolerance = tolerance_of(item.cell.metadata.get("tags", []))
        found = differences(stored, new, tolerance)
        name = item.cell.get("id", item.cell_num)
        item.comparison_traceback = [f"cell {name}: {line}" for line in found]
        return not found

    return compare
