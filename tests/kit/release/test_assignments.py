"""The four assignments, graded to the end: right, half right, empty, and a guess."""

import assignments
import grade
import nbformat
import pytest
from book_files import ROOT

# An answer that passes every visible test of its question, and not the hidden ones.
GUESSES = {
    "embeddings-and-attention": ("q1", "def embed(ids, table):\n    return table[[2, 0]]", 1),
    "fine-tuning": ("q2", "def macro(labels, predicted, n_classes):\n    return 1", 1),
    "cold-items": (
        "q3",
        "def ndcg(recommended, wanted, k):\n    return recommended[0] in wanted",
        1,
    ),
    "own-data": ("q4", 'def decide(a, b, c):\n    return "use it" if a > 0 else "leave it"', 1),
}
HALF = ["q1", "q2"]


@pytest.mark.parametrize("path", assignments.masters(ROOT), ids=lambda path: path.stem)
def test_points_are_those_that_an_answer_earns(path, tmp_path):
    made, tests = assignments.assign(path), assignments.tests_of(assignments.read(path))
    points = {name: sum(test.points for test in found) for name, found in tests.items()}
    _, code, earned = GUESSES[path.stem]
    guess = assignments.answered(made, [])
    start = code.partition("(")[0] + "("
    for cell in guess.cells:
        if cell.cell_type == "code" and f"\n{start}" in f"\n{cell.source}":
            cell.source = code
    (tmp_path / "in").mkdir()
    (tmp_path / "it.zip").write_bytes(made.archive)
    for title, page in {
        "empty": made.student,
        "guess": guess,
        "half": assignments.answered(made, HALF),
        "right": assignments.answered(made, list(points)),
    }.items():
        nbformat.write(page, tmp_path / "in" / f"{title}.ipynb")
    rows = grade.grade_all(tmp_path / "it.zip", tmp_path / "in", tmp_path / "out")
    found = {row["submission"]: row.get("points", row.get("error")) for row in rows}
    assert found == {
        "empty": 0,
        "guess": earned,
        "half": sum(points[name] for name in HALF),
        "right": sum(points.values()),
    }
