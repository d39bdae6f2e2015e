"""Each rule for pages passes on a good page and complains of a broken one."""

import re

import nbformat
import page_rules as rules
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def cell(page, name):
    return next(c for c in page.cells if c.get("id") == name)


def edit(name, old, new):
    """A way to break a page: replace text in one cell."""

    def change(page):
        one = cell(page, name)
        assert old in one.source
        one.source = one.source.replace(old, new)

    return change


def show(text):
    """A way to break a page: print a text."""

    def change(page):
        cell(page, "compute").outputs.append(new_output("stream", name="stdout", text=text))

    return change


def show_value(text):
    """A way to break a page: let a cell end in a value."""

    def change(page):
        value = new_output("execute_result", {"text/plain": text}, execution_count=1)
        cell(page, "compute").outputs.append(value)

    return change


def drop(name):
    """A way to break a page: take a cell out."""
    return lambda page: page.cells.remove(cell(page, name))


def tag(*tags):
    """A way to break a page: tag the cell that computes."""
    return lambda page: cell(page, "compute").metadata.update(tags=list(tags))


def no_short_path(page):
    for one in page.cells:
        one.metadata["tags"] = [t for t in one.metadata.get("tags", []) if t != "short"]


def tag_cell(name, *tags):
    """A way to break a page: give a cell these tags, and no other."""
    return lambda page: cell(page, name).metadata.update(tags=list(tags))


def more_than_a_solution(page):
    cell(page, "solution-1-end").source += "\n\n" + cell(page, "exercise-2").source


def cost(**values):
    return lambda page: page.metadata["plmrec"]["cost"].update(values)


def forget_cost(page):
    page.metadata.pop("plmrec")


def strip_outputs(page):
    for one in rules.code_cells(page):
        one.outputs, one.execution_count = [], None


def run_twice(page):
    cell(page, "figure").execution_count = 99


def write_to_stderr(page):
    out = new_output("stream", name="stderr", text="model was loaded in float64")
    cell(page, "compute").outputs.append(out)


def fail_a_cell(page):
    cell(page, "compute").outputs.append(new_output("error", ename="KeyError", evalue="'x'"))


def break_claim(page):
    out = cell(page, "claim").outputs[0]
    out["data"][rules.CLAIM_MIME]["holds"] = False


def ask_twice(page):
    one = cell(page, "question")
    one.source = re.sub(r"(:class: predict\n)", r"\1\n1. How many?\n2. Why?\n", one.source)


def forget_prediction(page):
    for one in page.cells:
        one.source = one.source.replace("prediction", "guess")


def hide_words(page):
    cell(page, "figure").metadata.pop("mystnb")


def untag(page):
    cell(page, "bring-in").metadata["tags"] = []


def caption(text):
    """A way to break a page: caption its figure otherwise."""
    return lambda page: cell(page, "figure").metadata["mystnb"]["figure"].update(caption=text)


def name_figure(name):
    """A way to break a page: name its figure otherwise."""
    return lambda page: cell(page, "figure").metadata["mystnb"]["figure"].update(name=name)


def show_a_second_figure(page):
    one = cell(page, "figure")
    one.outputs = one.outputs * 2


def show_another_figure(page):
    """A way to break a page: show a figure of HTML, without a caption."""
    html = "<figure class='attention-view'></figure>"
    cell(page, "compute").outputs.append(new_output("display_data", {"text/html": html}))


def draw(options):
    """A way to break a page: add a diagram with these options."""

    def change(page):
        diagram = f"```{{mermaid}}\n{options}\nflowchart TB\n  accTitle: A map\n  a --> b\n```"
        cell(page, "idea").source += f"\n\n{diagram}"

    return change


NAME = ":name: fig-sample-map"
CAPTION = ":caption: A map of two boxes. An arrow leads from one to the other."
PALE = "Dark points stand for the squares of five numbers between minus one and one."
BROKEN = [
    (rules.says_how_it_is_compared, tag("tolerance-much"), "write tolerance-0.03"),
    (rules.says_how_it_is_compared, tag("nbval-skip"), "has the tag nbval-skip"),
    (rules.says_how_it_is_compared, tag("tolerance-0.1", rules.EXEMPT), "yet is not compared"),
    (rules.ran_in_order, strip_outputs, "run it anew"),
    (rules.ran_in_order, run_twice, "run it anew"),
    (rules.has_clean_outputs, show("{'a': np.float64(0.5)}"), "np.float64("),
    (rules.has_clean_outputs, show("[np.int64(3)]"), "np.int64("),
    (rules.has_clean_outputs, show("taste: -0.25000000000000006"), "0.25000000000000006"),
    (rules.has_clean_outputs, show_value("0.8772153153380493"), "0.8772153153380493"),
    (rules.has_clean_outputs, fail_a_cell, "KeyError"),
    (rules.has_clean_outputs, write_to_stderr, "stderr"),
    (rules.has_clean_outputs, show("x.py:3: FutureWarning: no"), "FutureWarning"),
    (rules.has_clean_outputs, show("read /home/me/data.csv"), "/home/me/data.csv"),
    (rules.has_clean_outputs, show("<Model at 0x7f2bff12>"), "0x7f2bff12"),
    (rules.names_no_place, edit("compute", "x**2", "x**2  # /tmp/x"), "/tmp/x"),
    (rules.has_card, edit("title", "# Sample", "Sample"), "no title"),
    (rules.has_card, edit("title", "- judge", "judge"), "lists 2"),
    (rules.has_card, edit("title", "**Needs**", "Needs"), "needs"),
    (rules.has_card, edit("title", "**Minutes**", "Minutes"), "no line **Minutes**"),
    (rules.has_card, edit("title", "**Measured cost**", "Cost"), "cost"),
    (rules.says_its_minutes, edit("idea", "In words", "In many more words " * 40), "--write"),
    (rules.says_its_minutes, edit("idea", "In words", "word " * 7000), "a page may take 45"),
    (rules.says_its_minutes, edit("question", "What", "word " * 4000), "and may take 25"),
    (rules.says_its_minutes, no_short_path, "short path takes 0 minutes"),
    (rules.is_affordable, cost(cpu_s=241.0), "cpu_s is 241"),
    (rules.is_affordable, cost(wall_s=500.0), "wall_s is 500"),
    (rules.is_affordable, cost(peak_gb=3.2), "peak_gb is 3.2"),
    (rules.is_affordable, forget_cost, "no cost"),
    (rules.has_sections, drop("wrong"), "its sections are"),
    (rules.has_sections, edit("question", ":class: predict", ":class: note"), "no prediction"),
    (rules.comes_back_to_predictions, ask_twice, "back to the first prediction"),
    (rules.comes_back_to_predictions, forget_prediction, "back to the only prediction"),
    (rules.has_summary, edit("summary", "- The fifth.", ""), "4 lines"),
    (rules.has_quiz, edit("quiz", ":::{quiz} Which", ":::{note} Which"), "has 2 questions"),
    (rules.has_quiz, tag_cell("quiz"), "has the tag quiz"),
    (rules.has_quiz, edit("quiz", "[x]", "[ ]"), "0 right options"),
    (rules.has_quiz, edit("quiz", "not hold?", "not hold"), "no question"),
    (rules.names_what_exercises_check, edit("exercise-1", ": an exact value", ""), "exercise 1"),
    (rules.names_what_exercises_check, edit("exercise-2", "Compute", "Guess"), "exercise 2"),
    (rules.names_what_exercises_check, edit("exercise-3", "Open", "Open: now"), "exercise 3"),
    (rules.serves_its_objectives, edit("title", " (exercise 1, question 1)", ""), "does not end"),
    (rules.serves_its_objectives, edit("title", "exercise 1", "exercise 4"), "no exercise 4"),
    (rules.serves_its_objectives, edit("title", "question 2", "questions 2 and 9"), "question 9"),
    (rules.knows_its_tags, tag("slides"), "has the tag slides"),
    (rules.marks_its_roles, tag_cell("question", "short"), "cell question asks for a prediction"),
    (rules.marks_its_roles, tag_cell("summary", "slide"), "cell summary is the summary"),
    (rules.marks_its_roles, tag_cell("idea", "short"), "3 of its cells"),
    (rules.marks_its_solutions, tag_cell("solution-2"), "cell solution-2"),
    (rules.marks_its_solutions, tag_cell("solution-2-code"), "cell solution-2-code"),
    (rules.marks_its_solutions, tag_cell("exercise-2", "solution"), "cell exercise-2"),
    (rules.marks_its_solutions, more_than_a_solution, "cell solution-1-end holds more"),
    (rules.shows_code_that_teaches, tag_cell("figure", "short"), "cell figure shows"),
    (rules.shows_code_that_teaches, tag_cell("imports"), "shows many imports"),
    (rules.shows_code_that_teaches, edit("compute", "y = x", "glue('y', 1)\ny = x"), "glue("),
    (rules.has_solved_exercises, drop("exercise-1"), "2 exercises"),
    (rules.has_solved_exercises, drop("solution-2"), "no folded solution"),
    (rules.has_solved_exercises, edit("solution-2", ":class: dropdown\n", ""), "no folded"),
    (rules.has_solved_exercises, drop("solution-3-code"), "no code"),
    (rules.makes_claims, break_claim, "check sample-square-is-even failed"),
    (rules.makes_claims, drop("claim"), "no claim"),
    (rules.makes_claims, drop("claims-table"), "page-claims"),
    (rules.has_words_for_figures, hide_words, "figure"),
    (rules.captions_its_figures, hide_words, "mystnb.figure.caption"),
    (rules.captions_its_figures, caption("Squares of x."), "no sentence"),
    (rules.captions_its_figures, caption(PALE), "'Dark' is another shade"),
    (rules.captions_its_figures, name_figure("squares"), "not fig-something"),
    (rules.captions_its_figures, show_a_second_figure, "2 outputs under one caption"),
    (rules.captions_its_figures, show_another_figure, "cell compute has no sentence"),
    (rules.captions_its_diagrams, draw(NAME), "'A map' has no sentence"),
    (rules.captions_its_diagrams, draw(f"{NAME}\n:caption: A map."), "'A map' has no sentence"),
    (rules.captions_its_diagrams, draw(CAPTION), "'A map' has no :name:"),
    (rules.brings_library_in, untag, "tags"),
    (rules.brings_library_in, edit("bring-in", "plmrec_lite", "plmrec"), "make tidy"),
]


@pytest.mark.parametrize("rule", rules.CODE_RULES + rules.CHAPTER_RULES + rules.FORM_RULES)
def test_a_page_from_the_template_is_good(good_page, rule):
    assert rule(good_page) == []


@pytest.mark.parametrize(("rule", "break_it", "complaint"), BROKEN)
def test_a_broken_page_is_told_what_is_wrong(good_page, rule, break_it, complaint):
    break_it(good_page)
    assert complaint in "\n".join(rule(good_page))


def test_every_rule_is_tried_on_a_broken_page():
    assert {rule for rule, _, _ in BROKEN} == {
        *rules.CODE_RULES,
        *rules.CHAPTER_RULES,
        *rules.FORM_RULES,
    }


def test_a_page_without_code_needs_no_code_in_its_solutions(tmp_path):
    exercise = ":::{{exercise}} Title\n:label: {0}\n\nWhy?\n:::\n\n"
    solution = ":::{{solution}} {0}\n:class: dropdown\n\nSo.\n:::\n\n"
    path = tmp_path / "page.md"
    path.write_text("# T\n" + "".join((exercise + solution).format(n) for n in "abc"))
    assert rules.has_solved_exercises(rules.read_page(path)) == []
    path.write_text("# T\n" + "".join(exercise.format(n) for n in "abc") + solution.format("a"))
    assert len(rules.has_solved_exercises(rules.read_page(path))) == 2


def test_a_chapter_is_known_by_its_card():
    page = new_notebook(cells=[new_markdown_cell("# Glossary"), new_code_cell("1")])
    assert not rules.is_chapter(page)
    page.cells[0].source += "\n\n:::{card}\n:class-card: page-card\n:::"
    assert rules.is_chapter(nbformat.from_dict(page))


def test_a_diagram_with_a_name_and_a_caption_is_good(good_page):
    draw(f"{NAME}\n{CAPTION}\n")(good_page)
    assert rules.captions_its_diagrams(good_page) == []


def test_a_figure_that_keeps_its_colours_may_name_its_shades(good_page):
    caption(PALE)(good_page)
    cell(good_page, "figure").metadata["mystnb"]["image"]["classes"] = "keep-colours"
    assert rules.captions_its_figures(good_page) == []
