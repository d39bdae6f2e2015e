"""The quiz: its mark-up, what it becomes in HTML, in plain text and in LaTeX, and every page's."""

import re

import page_rules as rules
import pytest
from book_files import ROOT, page_files
from bs4 import BeautifulSoup
from plmrec_book.quiz import FEWEST, MOST, options_of
from quiz_page import GOOD, PAGE, build_page


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Build a page with this extension alone: ``small("html", text)`` returns what it wrote."""
    return lambda builder, text: build_page(tmp_path_factory.mktemp("quiz"), builder, text)


def test_a_browser_gets_choices_and_a_fold_of_reasons(small):
    html, warnings = small("html", PAGE)
    assert warnings == ""
    soup = BeautifulSoup(html, "html.parser")
    assert [box["id"] for box in soup.select("fieldset.quiz")] == ["quiz-1", "quiz-2"]
    first = soup.fieldset
    assert first.legend.get_text() == r"Question 1 What is the best \(H(p, q)\)?"
    inputs = first.select("label input[type=radio]")
    assert [(i["name"], i["value"]) for i in inputs] == [("quiz-1", v) for v in "abc"]
    assert first.select_one("label code").get_text() == "data"
    assert first.select_one("[role=status]").get_text() == ""
    rights = {a["data-letter"]: a["data-right"] for a in first.select("details .quiz-answer")}
    assert rights == {"a": "0", "b": "1", "c": "0"}
    assert "print" in first.select_one("[data-letter=a] .quiz-reason pre").get_text()
    assert "is right" in first.select_one("[data-letter=b]").get_text()
    assert len(soup.select("script[src*='quiz.js']")) == 1


def test_a_page_without_a_quiz_loads_no_script(small):
    assert "quiz." not in small("html", "# A page\n\nWithout.\n")[0]


@pytest.mark.parametrize("builder", ["text", "latex"])
def test_paper_gets_a_plain_list_with_the_answer(small, builder):
    text, warnings = small(builder, PAGE)
    assert "unknown node" not in warnings
    plain = " ".join(re.sub(r"\\sphinxAtStartPar|\\sphinxstrong|[{}*]", "", text).split())
    order = ["Question 1.", "a: Zero", "b: The entropy", "c: One", "a is not right."]
    order += ["Only if", "b is right.", "No model does better", "c is not right.", "Question 2."]
    places = [plain.find(words) for words in order]
    assert -1 not in places, plain
    assert places == sorted(places)


BROKEN = [
    (GOOD.replace("[x]", "[ ]"), "has 0 right options"),
    (GOOD.replace("- [ ] One", "- [x] One"), "has 2 right options"),
    (GOOD.replace("  It is no special value.\n", ""), "option 'One.' has no reason"),
    (GOOD.replace("  It is", "It is"), "no option and no reason: 'It is no special value.'"),
    (GOOD.replace(" One.", ""), "an option without words"),
    (GOOD.replace("- [ ] One.\n", ""), "has 2 options, not 3 to 5"),
    (GOOD + "- [ ] Four.\n  No.\n" * 3, "has 6 options, not 3 to 5"),
    ("", "has 0 options"),
]


@pytest.mark.parametrize(("text", "complaint"), BROKEN)
def test_broken_mark_up_is_told_what_is_wrong(text, complaint):
    assert complaint in "\n".join(options_of(text.splitlines())[1])


def test_broken_mark_up_is_a_warning_of_the_build_with_its_line(small):
    _, warnings = small("html", PAGE.replace("[x]", "[ ]"))
    assert re.findall(r"index.md:(\d+): WARNING: a quiz has 0 right options", warnings) == [
        "3",
        "16",
    ]


def test_the_good_example_is_good():
    options, complaints = options_of(GOOD.splitlines())
    assert complaints == []
    assert [option.right for option in options] == [False, True, False]
    assert FEWEST <= len(options) <= MOST


@pytest.mark.parametrize("path", page_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_quiz_of_a_page_is_well_made(path):
    assert rules.quiz_complaints(rules.read_page(path)) == []
