"""Each objective of each page is exercised and asked for; the table says by what."""

import pytest
from book_files import ROOT, page_files
from exercises import exercises_of
from minutes import read_page
from page_rules import quizzes_of
from plmrec_book.objectives import Objective, objectives_of, rows_of, text_of_page

CARD = """# A page

:::{card}
**You will be able to**

- add (exercise 1, question 2)
- *multiply* {term}`vectors <vector>` (exercises 1, 2 and 3, questions 1 and 2)
- divide | round (exercise 9, question 7)
- subtract

**Needs** nothing
:::

:::{exercise} Recall: in words
:::

:::{exercise} Code: a function
:::

:::{exercise} Open
:::

:::{quiz} What?
:::

:::{quiz} Why?
:::
"""
PAGES = [path for path in page_files() if exercises_of(read_page(path))]


def test_a_card_is_read_with_what_serves_each_line():
    assert objectives_of(CARD) == [
        Objective("add", [(1, "Recall")], [2]),
        Objective(
            "*multiply* {term}`vectors <vector>`",
            [(1, "Recall"), (2, "Code"), (3, "Open")],
            [1, 2],
        ),
        Objective("divide | round", [], []),
        Objective("subtract", [], []),
    ]
    assert objectives_of("# No card\n") == []


def test_the_rows_name_the_page_once_and_what_is_missing():
    graded = {("a/page", 1): ["A1 q2", "A3 q1"]}
    assert rows_of("book/a/page", objectives_of(CARD), graded) == [
        "| {doc}`/book/a/page` | add | 1 Recall | 2 | A1 q2, A3 q1 |",
        "|  | *multiply* {term}`vectors <vector>` | 1 Recall, 2 Code, 3 Open | 1, 2 | – |",
        "|  | divide \\| round | – | – | – |",
        "|  | subtract | – | – | – |",
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_each_objective_is_exercised_and_asked_for(path):
    found = objectives_of(text_of_page(path))
    assert len(found) >= 3
    for objective in found:
        assert objective.exercises, objective.aim
        assert objective.questions, objective.aim


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_each_exercise_serves_an_objective_with_its_kind(path):
    page = read_page(path)
    kinds = {exercise.number: exercise.kind for exercise in exercises_of(page)}
    served = {pair for one in objectives_of(text_of_page(path)) for pair in one.exercises}
    assert dict(served) == kinds
    asked = {number for one in objectives_of(text_of_page(path)) for number in one.questions}
    assert asked <= set(range(1, len(quizzes_of(page)) + 1))


def test_the_table_stands_on_a_page_of_the_book():
    pages = {path for path in page_files() if "```{objectives}" in path.read_text(encoding="utf-8")}
    assert pages == {ROOT / "book" / "teach" / "objectives.md"}
