"""The exam has thirty questions from all parts, and its key is right."""

import math
import re
from collections import Counter

import pytest
from book_files import ROOT, page_files
from exam import POINTS, key_of, paper_of, read_exam, shuffled
from minutes import read_page
from page_rules import quizzes_of

QUESTIONS = read_exam(ROOT)
PAGES = {
    path.relative_to(ROOT / "book").with_suffix("").as_posix(): path for path in page_files(ROOT)
}


def test_there_are_thirty_questions_of_each_level_and_part():
    assert len(QUESTIONS) == 30
    assert {question["page"] for question in QUESTIONS} <= set(PAGES)
    levels = Counter(question["level"] for question in QUESTIONS)
    assert set(levels) == set(POINTS)
    assert min(levels.values()) >= 6
    parts = {question["page"].split("/")[0] for question in QUESTIONS}
    assert parts == {"ideas", "math", "bert", "plmrec", "practice", "challenges"}
    assert max(Counter(question["page"] for question in QUESTIONS).values()) <= 2


@pytest.mark.parametrize("number", range(30))
def test_a_question_is_whole(number):
    question = QUESTIONS[number]
    assert set(question) <= {"page", "level", "ask", "options", "answer", "check", "why"}
    assert ("options" in question) != ("answer" in question)
    assert question["ask"].endswith(("?", ".", "decimals?"))
    assert len(question["why"].split()) >= 4
    if "options" in question:
        assert len({str(option) for option in question["options"]}) == 4
    if "check" in question:
        answer = question["answer"]
        digits = len(str(answer).partition(".")[2])
        assert round(eval(question["check"], {"math": math}), digits) == answer


def test_no_question_is_one_of_a_quiz():
    asked = {
        question.strip() for path in PAGES.values() for question, _ in quizzes_of(read_page(path))
    }
    assert asked
    assert not asked & {question["ask"] for question in QUESTIONS}


def test_the_paper_has_no_key_and_the_key_finds_its_letter():
    paper, key = paper_of(QUESTIONS), key_of(QUESTIONS)
    for number, question in enumerate(QUESTIONS, start=1):
        assert question["why"] not in paper
        if "options" in question:
            letter, option = re.search(rf"\*\*{number}\*\* (\w)\) (.*) \(\w+, `", key).groups()
            assert option == question["options"][0]
            assert f"- {letter}) {option}\n" in paper
        else:
            assert f"**{number}** {question['answer']} (" in key
    assert f"{sum(POINTS[q['level']] for q in QUESTIONS)} points" in paper


def test_right_answers_stand_at_every_letter():
    places = Counter(
        shuffled(question).index(question["options"][0])
        for question in QUESTIONS
        if "options" in question
    )
    assert set(places) == {0, 1, 2, 3}
    assert max(places.values()) <= 8


def test_the_exam_is_in_the_instructor_edition_alone(student_book, instructor_book):
    assert (instructor_book / "exam" / "key.md").is_file()
    assert (instructor_book / "exam" / "paper.md").is_file()
    assert not list(student_book.rglob("*exam*"))
