"""The instructor edition: open solutions, minutes, notes, mistakes and rubrics."""

import pytest
from book_files import ROOT
from editions import make_edition
from instructor_edition import box_of, instructor_notebook, instructor_text
from minutes import read_page


@pytest.fixture
def sample(small_root):
    folder = make_edition(small_root, "instructor")
    return read_page(folder / "book" / "ideas" / "sample.ipynb")


def text_of(page):
    return "\n".join(cell.source for cell in page.cells)


def test_solutions_are_open_and_all_there(sample, small_root):
    whole = read_page(small_root / "book" / "ideas" / "sample.ipynb")
    assert ":class: dropdown" in text_of(whole)
    assert ":class: dropdown" not in text_of(sample)
    added = [cell for cell in sample.cells if cell.id.startswith("instructor-")]
    assert len(sample.cells) == len(whole.cells) + len(added)
    assert [cell.id for cell in added] == [
        "instructor-minutes",
        *(f"instructor-{n}" for n in "123"),
    ]


def test_each_exercise_has_its_box_after_its_solution(sample):
    names = [cell.id for cell in sample.cells]
    for number in (1, 2, 3):
        before = sample.cells[names.index(f"instructor-{number}") - 1].source
        assert "{solution-end}" in before
    one, two, three = (sample.cells[names.index(f"instructor-{n}")].source for n in (1, 2, 3))
    assert "For the instructor: exercise 1 (Recall, 2 minutes)" in one
    assert "accepts `15` for *the sum*, within 1e-06" in one
    assert "`56`: You have multiplied." in one
    assert "`[9, 16]`: You have squared." in two
    assert "exercise 3 (Open, 6 minutes)" in three
    for line in ("To say nothing.", "**Full** All of it.", "**Half** Half", "**None** None"):
        assert line in three


def test_minutes_stand_behind_the_card_and_notes_in_a_box(sample):
    assert "{admonition} For the instructor: minutes" in sample.cells[1].source
    assert "| Section | Minutes | Short path |" in sample.cells[1].source
    note = next(cell for cell in sample.cells if "for the speaker" in cell.source.lower())
    assert note.source.startswith("::::::{admonition} For the instructor: a note for the speaker")
    assert "A word for the speaker." in note.source


def test_a_page_without_code_has_an_open_solution_and_a_box(small_root):
    folder = make_edition(small_root, "instructor")
    text = (folder / "book" / "ideas" / "words.md").read_text()
    assert ":::{solution} words-share\n\nThe hidden share" in text
    assert "exercise 1 (Compute, 4 minutes)" in text
    assert text.index("hidden share") < text.index("exercise 1 (") < text.index("## Quiz")
    assert (folder / "book" / "index.md").read_text() == "# Cover\n"


def test_the_pages_themselves_stay_as_they_are(book_pages):
    pages, entries = book_pages
    for path, page in pages.items():
        before = text_of(page)
        if path.suffix == ".ipynb":
            instructor_notebook(page, entries[path])
        else:
            instructor_text(path.read_text(encoding="utf-8"), page, entries[path])
        assert text_of(page) == before


def test_every_box_of_the_book_is_whole(book_pages):
    for path, found in book_pages[1].items():
        for entry in found:
            box = box_of(entry)
            assert box.count("::::::") == 2, (path.relative_to(ROOT), entry.exercise.label)
            assert ("Nothing is noted" in box) == (not (entry.answers or entry.rubric))
