"""The kit of each page: its answers are the solution's, and its checks tell right from wrong."""

import ast
import builtins
import contextlib
import math
import re

import pytest
import yaml
from book_files import ROOT
from editions import read_book
from exercise_kit import WIDEST, KitError, entries_of, kit_file, read_entries
from page_rules import shown_text, tags_of
from retired_words import RETIRED, find
from small_kit import KIT, sample_page

from plmrec_lite.book.self_checks import judged


def name_of(path):
    """The name of a page's file, as `make test PAGE=` selects by it."""
    return path.relative_to(ROOT / "book").as_posix()


PAGES, ENTRIES = read_book(ROOT)
DONE = [
    pytest.param(path, entry, id=f"{name_of(path)}-{entry.exercise.number}")
    for path, entries in ENTRIES.items()
    for entry in entries
    if entry.answers
]
CODED = {"from", "call", "code", "solved", "check", "value", "page"}
NUMBER = re.compile(r"(?<![\w.])[-−+]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?")
SAME = """  answers:
    one: {ask: a word, value: 1, from: '1'}
    two: {ask: a word, value: 1, from: '1'}
  rubric:"""
SLACK = 0.0006  # what three digits of a printed number leave open


def judge(entry, answers):
    """The judgements of answers given as values, by the entry's own seals."""
    return judged({name: (lambda value=v: value) for name, v in answers.items()}, entry.sealed())


def numbers_in(text):
    """The numbers of a text, percentages also as shares."""
    found = set()
    for number in NUMBER.findall(text.replace("−", "-").replace("{,}", "")):
        value = float(number.replace(",", ""))
        found |= {value, value / 100}
    return found


def test_every_exercise_has_what_its_kind_needs():
    missing = {name_of(path): [e for e in es if not e.is_done] for path, es in ENTRIES.items()}
    labels = {name: [e.exercise.label for e in found] for name, found in missing.items() if found}
    assert labels == {}


def test_every_file_of_the_kit_belongs_to_a_page():
    files = set((ROOT / "book" / "kit").glob("*/*.yml"))
    assert files == {kit_file(ROOT, path) for path, found in ENTRIES.items() if found}


@pytest.mark.parametrize(("path", "entry"), DONE)
def test_right_answers_pass_and_known_wrong_ones_get_their_message(path, entry):
    right = {answer.ask: answer.value for answer in entry.answers}
    assert {judgement.verdict for judgement in judge(entry, right)} == {"right"}
    for place, answer in enumerate(entry.answers):
        for value, says in answer.wrong:
            judgement = judge(entry, {**right, answer.ask: value})[place]
            assert (judgement.verdict, judgement.says) == ("wrong", says)


@pytest.mark.parametrize(("path", "entry"), DONE)
def test_the_stub_does_not_pass(path, entry):
    names = {"math": math}
    for cell in PAGES[path].cells:
        if cell.cell_type == "code" and "solution" not in tags_of(cell):
            for statement in ast.parse(re.sub(r"^\s*%.*$", "", cell.source, flags=re.M)).body:
                if isinstance(statement, (ast.Import, ast.ImportFrom)):
                    exec(ast.unparse(statement), names)
    with contextlib.suppress(NameError):  # a stub may use what the page computes
        exec(entry.stub(), names)
    asked = {a.ask: (lambda e=a.asked_of: eval(e, names)) for a in entry.answers}
    verdicts = {judgement.verdict for judgement in judged(asked, entry.sealed())}
    assert "right" not in verdicts


@pytest.mark.parametrize(("path", "entry"), DONE)
def test_the_answer_is_what_the_solution_prints_or_follows_from_its_expression(path, entry):
    cells = [PAGES[path].cells[place] for place in entry.exercise.solution]
    shown = [shown_text(output) for cell in cells for output in cell.get("outputs", [])]
    said = "\n".join([cell.source for cell in cells] + shown)
    printed = numbers_in(said)
    for answer in entry.answers:
        if answer.is_call:
            continue
        with contextlib.suppress(NameError, AttributeError):
            assert answer.accepts(eval(answer.expression, {"math": math}))
            continue
        for part in flat(answer.value):
            if isinstance(part, str):
                assert part in said
            else:
                near = max(SLACK, answer.within if not answer.relative else 0, 1e-3 * abs(part))
                assert any(abs(part - number) <= near for number in printed), (answer.name, part)


def flat(value):
    """The parts of nested lists."""
    return [p for part in value for p in flat(part)] if isinstance(value, list) else [value]


@pytest.mark.parametrize(("path", "entry"), DONE)
def test_expressions_use_names_of_the_page_and_answers_take_none(path, entry):
    before = set(dir(builtins)) | {"math"}
    everywhere = set()
    for place, cell in enumerate(PAGES[path].cells):
        if cell.cell_type == "code":
            everywhere |= names_in(cell.source, ast.Store)
            if place <= entry.exercise.solution[-1]:
                before |= names_in(cell.source, ast.Store)
    code = "\n".join([entry.solved(), *(answer.asked_of for answer in entry.answers)])
    assert names_in(code, ast.Load) - names_in(code, ast.Store) <= before
    assert not {answer.name for answer in entry.answers if not answer.is_call} & everywhere


def names_in(code, kind):
    """The names that code reads, or those that it sets."""
    found = set()
    for node in ast.walk(ast.parse(re.sub(r"^(\s*)%.*$", r"\1pass", code, flags=re.M))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, kind):
            found.add(node.id)
        elif kind is ast.Store and isinstance(node, ast.arg):
            found.add(node.arg)
        elif kind is ast.Store and isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif kind is ast.Store and isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(name.asname or name.name).split(".")[0] for name in node.names}
    return found


@pytest.mark.parametrize(("path", "entry"), DONE)
def test_messages_help_and_do_not_tell_the_answer(path, entry):
    for answer in entry.answers:
        for _, says in answer.wrong:
            assert len(says.split()) >= 5
            assert says.endswith((".", "?"))
            if not answer.is_call and isinstance(answer.value, (int, float)):
                shown = f"{answer.value:g}"
                assert len(shown) < 4 or shown not in says


def test_the_proof_passes_with_the_solution_and_fails_without():
    page = sample_page()
    total, twice, _ = entries_of_sample(page)
    exec(total.proof(), {"seven": 7})
    exec(twice.proof(), {})
    with pytest.raises(AssertionError, match="the sum: wrong"):
        exec(total.proof(), {"seven": 8})


def entries_of_sample(page, text=KIT):
    """The entries of the sample page with some kit."""
    return read_entries("sample.yml", page, yaml.safe_load(text))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("sample-sum:", "sample-sun:", r"has no exercise \['sample-sun'\]"),
        ("ask: the sum", "asks: the sum", r"sample-sum, total: it has \['asks'\]"),
        ("      ask: the sum\n", "", r"it lacks \['ask'\]"),
        ("from: seven + 8", "value: 15", "give either `from`, out of the solution, or `call`"),
        ("from: seven + 8", "from: seven +", r"'seven \+' is no expression"),
        ("value: 56", "value: 15", "the wrong answer 15 would pass as right"),
        ("  rubric:", SAME, "two answers have the same `ask`"),
        ("none: None of it.", "bad: No.", "a rubric has the lines"),
        ("mistakes:", "mistake:", r"sample-words: it has \['mistake'\]"),
    ],
)
def test_a_wrong_kit_is_told_with_its_place(old, new, complaint):
    with pytest.raises(KitError, match=complaint):
        entries_of_sample(sample_page(), KIT.replace(old, new))


def test_the_tolerance_is_that_of_the_title():
    found = {e.exercise.checked: e.exercise.tolerance for _, es in ENTRIES.items() for e in es}
    assert found["a value within 0.01"] == (0.01, False)
    assert found["a value within 5 %"] == (0.05, True)
    assert found["an exact value"] == (1e-6, False)


def test_a_slip_of_sign_a_percentage_and_a_near_value_are_told():
    page = sample_page()
    page.cells[3].source = page.cells[3].source.replace("an exact value", "a value within 0.01")
    kit = KIT.replace("value: 15", "value: 0.15").replace("seven + 8", "0.15")
    entry = entries_of_sample(page, kit)[0]
    said = {v: judge(entry, {"the sum": v})[0].says for v in (-0.15, 15, 0.19, 0.21, 0.3)}
    assert "its sign is not" in said[-0.15]
    assert "give a share" in said[15]
    assert "compute with more digits" in said[0.19]
    assert said[0.21] == said[0.3] == "Compare each step with the page."


def test_entries_of_a_page_without_a_kit_are_there_and_not_done(small_root):
    path = small_root / "book" / "ideas" / "sample.ipynb"
    kit_file(small_root, path).unlink()
    assert [entry.is_done for entry in entries_of(small_root, path)] == [False] * 3


def texts_of(value):
    """The texts of a file of the kit that readers or teachers see."""
    if isinstance(value, dict):
        shown = [part for key, part in value.items() if key not in CODED]
        return [text for part in shown for text in texts_of(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts_of(part)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(
    "file", sorted((ROOT / "book" / "kit").rglob("*.yml")), ids=lambda f: f.stem
)
def test_the_words_of_the_kit_are_those_of_the_book(file):
    text = "\n".join(texts_of(yaml.safe_load(file.read_text(encoding="utf-8"))))
    assert [match.group() for word in RETIRED for match in find(text, word)] == []


def test_a_stub_fits_into_its_column():
    wide = [
        line
        for entries in ENTRIES.values()
        for entry in entries
        for line in entry.stub().splitlines()
        if len(line) > WIDEST
    ]
    assert wide == []
