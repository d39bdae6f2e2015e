"""What must hold for a page. Each rule takes a page and returns a list of complaints.

A page is a notebook as ``nbformat`` reads it; a page without code comes as a notebook with one
cell of text. ``test_page_rules`` breaks a good page in every way that a rule should see.
"""

import re

from book_files import bring_in_source
from compare_outputs import tolerance_of
from minutes import MOST_MINUTES, MOST_SHORT_MINUTES, line_for_card, minutes_of
from minutes import read_page as read_page
from plmrec_book.quiz import options_of

EXEMPT = "nbval-ignore-output"  # the tag of a cell whose outputs are not compared, such as timings
CLAIM_MIME = "application/vnd.plmrec.claim+json"
MOST_SECONDS, MOST_CORES, MOST_GB = 120, 2, 3
ORDINALS = ("first", "second", "third", "fourth", "fifth")
SECTIONS = [
    "The question",
    "What can go wrong",
    "Claims",
    "Summary",
    "Exercises",
    "Quiz",
    "Further reading",
]
ROLES = {"short", "slide", "notes", "solution", "self-check", "quiz"}  # CONTRIBUTING explains them
FOLDS = {"hide-input", "hide-output", "hide-cell", "remove-input", "remove-output", "remove-cell"}
TAGS = ROLES | FOLDS | {"bring-in", EXEMPT}
FEWEST_SLIDES = 4
CHECKED = r"an exact value|a value within [\d.]+(?: %)?|a function|in words"
EXERCISE_TITLE = re.compile(rf"(?:Recall|Compute|Code): (?:{CHECKED})|Open")
SERVED = re.compile(r"\(exercises? (\d[\d, and]*), questions? (\d[\d, and]*)\)$")
FURNITURE = re.compile(r"\bglue\(|\bplt\.|\bax(?:es)?\.|\bsubplots\(")
MOST_IMPORTS = 2  # lines in a cell that is shown
PLACES = re.compile(r"(?:/home/|/root/|/tmp/|/Users/|/opt/|/var/|[A-Z]:\\)[\w.\\/-]*|site-packages")
SHADES = re.compile(r"\b(?:white|black|gr[ae]y|(?:dark|light|bright|pale)\w*)\b", re.IGNORECASE)
RAW_NUMBER = re.compile(  # a repr of NumPy's, or more digits than anybody reads
    r"\bnp\.(?:float|u?int|bool|str)\w*\(|(?<![\w.])\d*\.\d{9,}"
)
COMPLAINTS = re.compile(r"\b[A-Z][a-z]\w*Warning\b|\bWARNING\b|Traceback \(most recent")


def is_chapter(page):
    """Tell a chapter, which has a card, from front and back matter."""
    return "page-card" in page.cells[0].source


def code_cells(page):
    """The cells with code."""
    return [cell for cell in page.cells if cell.cell_type == "code"]


def text_of(page):
    """The text cells, one after the other."""
    return "\n\n".join(cell.source for cell in page.cells if cell.cell_type == "markdown")


def section(page, title):
    """The text of a section, up to the next of its rank."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text_of(page), re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def outputs_of(page):
    """Each output, with the id of its cell."""
    return [(cell.id, output) for cell in code_cells(page) for output in cell.outputs]


def shown_text(output):
    """All that an output says in words."""
    data = output.get("data", {})
    words = [output.get("text", ""), *(v for k, v in data.items() if k.startswith("text/"))]
    return "\n".join(word if isinstance(word, str) else "".join(word) for word in words)


def ran_in_order(page):
    """Every code cell was run once, from a fresh kernel, in order."""
    counts = [cell.execution_count for cell in code_cells(page)]
    if counts == list(range(1, len(counts) + 1)):
        return []
    return [f"run it anew with `make notebook`: its cells were run as {counts}"]


def has_clean_outputs(page):
    """No error, warning, stderr, address, path of a machine or raw number stands in an output."""
    wrong = []
    for name, output in outputs_of(page):
        text = shown_text(output)
        if output.output_type == "error":
            wrong.append(f"cell {name} failed: {output.ename}")
        if output.get("name") == "stderr":
            wrong.append(f"cell {name} wrote to stderr: {text[:200]}")
        for pattern in (PLACES, COMPLAINTS, RAW_NUMBER, re.compile(r"\bat 0x[0-9a-f]{6,}")):
            if found := pattern.search(text):
                wrong.append(f"cell {name} shows {found.group()!r}")
    return wrong


def names_no_place(page):
    """No path of the author's machine stands in code or text."""
    return [
        f"cell {cell.id} names {found.group()!r}"
        for cell in page.cells
        if (found := PLACES.search(cell.source))
    ]


def has_card(page):
    """The card names three to five things learned, needs, minutes, and with code the cost."""
    card = page.cells[0].source
    wrong = [] if card.startswith("# ") else ["the first cell has no title"]
    able = re.search(r"\*\*You will be able to\*\*\n\n(.*?)\n\n", card, re.DOTALL)
    aims = re.findall(r"^- [a-z]", able.group(1), re.MULTILINE) if able else []
    if not 3 <= len(aims) <= 5:
        wrong.append(f"the card lists {len(aims)} things that a reader will be able to do, not 3-5")
    if not re.search(r"\*\*Needs\*\* \S", card):
        wrong.append("the card does not say what the page needs")
    if not re.search(r"^\*\*(?:Minutes|Reading)\*\* \d+", card, re.MULTILINE):
        wrong.append("the card has no line **Minutes**: copy it from the template")
    if code_cells(page) and not re.search(r"\*\*Measured cost\*\* \d+ s", card):
        wrong.append("the card has no measured cost: run the page with `make notebook`")
    return wrong


def says_its_minutes(page):
    """The card says the minutes that are counted, at most 45, and at most 25 on a short path."""
    card, line = page.cells[0].source, line_for_card(page)
    wrong = [] if line in card else [f"its card has not {line!r}: run tools/minutes.py --write"]
    whole, short = minutes_of(page)
    if whole > MOST_MINUTES:
        wrong.append(f"it takes {whole} minutes, and a page may take {MOST_MINUTES}")
    if not 0 < short <= MOST_SHORT_MINUTES:
        wrong.append(f"its short path takes {short} minutes, and may take {MOST_SHORT_MINUTES}")
    return wrong


def is_affordable(page):
    """The last run took at most two minutes on two cores, and three gigabytes."""
    cost = page.metadata.get("plmrec", {}).get("cost")
    if cost is None:
        return ["no cost is noted: run the page with `make notebook`"]
    wrong = []
    most_cpu = MOST_SECONDS * MOST_CORES
    for key, most in (("cpu_s", most_cpu), ("wall_s", MOST_SECONDS), ("peak_gb", MOST_GB)):
        if cost[key] > most:
            wrong.append(f"{key} is {cost[key]}, and a page may cost {most}")
    return wrong


def has_sections(page):
    """The sections that every chapter has are there, in order, with a prediction first."""
    wanted = [title for title in SECTIONS if title != "Claims" or code_cells(page)]
    text = text_of(page).replace("\n## Self-check\n", "\n## Quiz\n")  # of pages not yet rewritten
    found = [t for t in re.findall(r"^## (.+?) *$", text, re.MULTILINE) if t in wanted]
    wrong = [] if found == wanted else [f"its sections are {found}, not {wanted}"]
    if ":class: predict" not in section(page, "The question"):
        wrong.append("the question asks for no prediction (an admonition of class predict)")
    return wrong


def comes_back_to_predictions(page):
    """The page takes up every prediction that it asked for: "(Your second prediction.)"."""
    box = re.search(r":class: predict\n(.*?)\n:::", section(page, "The question"), re.DOTALL)
    asked = len(re.findall(r"^\d\. ", box.group(1), re.MULTILINE)) if box else 0
    rest = text_of(page).replace(box.group(0), "") if box else text_of(page)
    forgotten = [
        which for which in ORDINALS[:asked] if not re.search(f"{which} .{{0,12}}predict", rest)
    ]
    if not asked and "prediction" not in rest:
        forgotten = ["only"]
    return [f"it never comes back to the {which} prediction" for which in forgotten]


def has_summary(page):
    """The summary is five lines."""
    lines = re.findall(r"^(?:[-*]|\d\.) ", section(page, "Summary"), re.MULTILINE)
    return [] if len(lines) == 5 else [f"the summary has {len(lines)} lines, not five"]


def quizzes_of(page):
    """The questions of the quiz, each with the lines of its options."""
    return re.findall(
        r"^:{3,}\{quiz\}([^\n]*)\n(.*?)^:{3,} *$", text_of(page), re.MULTILINE | re.DOTALL
    )


def quiz_complaints(page):
    """What is wrong with the mark-up of a page's questions."""
    wrong = []
    for question, body in quizzes_of(page):
        name = question.strip()
        wrong += [f"{name!r} {c}" for c in options_of(body.splitlines())[1]]
        if not name.endswith("?"):
            wrong.append(f"no question: {name!r}")
    return wrong


def has_quiz(page):
    """The quiz has three to five questions, all in one cell with the tag."""
    questions = quizzes_of(page)
    wrong = (
        [] if 3 <= len(questions) <= 5 else [f"its quiz has {len(questions)} questions, not 3-5"]
    )
    tagged = [cell for cell in page.cells if "quiz" in tags_of(cell)]
    holding = [cell for cell in page.cells if "{quiz}" in cell.source]
    if len(holding) != 1 or tagged != holding:
        wrong.append("its quiz does not stand in one cell that has the tag quiz")
    return wrong + quiz_complaints(page)


def exercises_of(page):
    """The titles of the exercises, in their order."""
    return re.findall(r"^:{3,}\{exercise\}(.*)$", text_of(page), re.MULTILINE)


def names_what_exercises_check(page):
    """The title of each exercise says its kind and what it checks: "Recall: an exact value"."""
    return [
        f"exercise {number} is titled {title.strip()!r}, not as KIND: CHECK (see CONTRIBUTING)"
        for number, title in enumerate(exercises_of(page), start=1)
        if not EXERCISE_TITLE.fullmatch(title.strip())
    ]


def serves_its_objectives(page):
    """Each thing that a reader will be able to do names an exercise and a question for it."""
    able = re.search(r"\*\*You will be able to\*\*\n\n(.*?)\n\n", page.cells[0].source, re.DOTALL)
    there = len(exercises_of(page)), len(quizzes_of(page))
    wrong = []
    for aim in re.findall(r"^- (.*)$", able.group(1), re.MULTILINE) if able else []:
        found = SERVED.search(aim.strip())
        if not found:
            wrong.append(f"{aim!r} does not end as (exercise 2, question 1)")
            continue
        for kind, numbers, most in zip(
            ("exercise", "question"), found.groups(), there, strict=True
        ):
            named = [int(number) for number in re.findall(r"\d+", numbers)]
            wrong += [f"{aim!r}: there is no {kind} {n}" for n in named if not 1 <= n <= most]
    return wrong


def tags_of(cell):
    """The tags of a cell."""
    return set(cell.metadata.get("tags", []))


def knows_its_tags(page):
    """Every tag is one of those that CONTRIBUTING explains."""
    return [
        f"cell {cell.get('id')} has the tag {tag}, which CONTRIBUTING does not know"
        for cell in page.cells
        for tag in sorted(tags_of(cell) - TAGS)
        if not tag.startswith("tolerance-")
    ]


def marks_its_roles(page):
    """The prediction is a self-check, the short path holds it and the summary; there are slides."""
    wrong = []
    for cell in page.cells:
        if ":class: predict" in cell.source and not {"self-check", "short"} <= tags_of(cell):
            wrong.append(
                f"cell {cell.get('id')} asks for a prediction: tag it self-check and short"
            )
        if "## Summary\n" in cell.source and "short" not in tags_of(cell):
            wrong.append(f"cell {cell.get('id')} is the summary: tag it short")
    slides = sum("slide" in tags_of(cell) for cell in page.cells)
    if slides < FEWEST_SLIDES:
        wrong.append(f"{slides} of its cells have the tag slide, not {FEWEST_SLIDES} or more")
    return wrong


def marks_its_solutions(page):
    """What belongs to a solution, and nothing else, stands in cells with the tag solution."""
    wrong, inside = [], False
    for cell in page.cells:
        starts, ends = ("{solution-start}" in cell.source, "{solution-end}" in cell.source)
        if cell.cell_type == "code":
            starts = ends = False
        tags = tags_of(cell)
        if (inside or starts or ends) != ("solution" in tags):
            wrong.append(f"cell {cell.get('id')}: the tag solution is for solutions, and for all")
        if "solution" in tags and ("{exercise}" in cell.source or tags & {"short", "slide"}):
            wrong.append(f"cell {cell.get('id')} holds more than a solution: split it")
        inside = (inside or starts) and not ends
    return wrong


def shows_code_that_teaches(page):
    """No cell with a plot, with glue or with many imports is shown unfolded."""
    return [
        f"cell {cell.id} shows {found.group() if found else 'many imports'}: tag it hide-input"
        for cell in code_cells(page)
        if not tags_of(cell)
        & {"solution", "hide-input", "hide-cell", "remove-input", "remove-cell"}
        and (
            (found := FURNITURE.search(cell.source))
            or len(re.findall(r"^(?:import|from) ", cell.source, re.MULTILINE)) > MOST_IMPORTS
        )
    ]


def has_solved_exercises(page):
    """Three to six exercises, each with a folded solution, on a page with code one that runs."""
    exercises = re.findall(
        r"^:{3,}\{exercise\}.*\n(?::class:.*\n)?:label: (\S+)", text_of(page), re.MULTILINE
    )
    wrong = [] if 3 <= len(exercises) <= 6 else [f"it has {len(exercises)} exercises, not 3-6"]
    solutions = solutions_of(page)
    for label in exercises:
        if label not in solutions:
            wrong.append(f"exercise {label} has no folded solution")
        elif code_cells(page) and not solutions[label]:
            wrong.append(f"the solution of {label} has no code that runs")
    return wrong


def solutions_of(page):
    """The labels of folded solutions, each with the number of code cells inside."""
    solutions, label = {}, None
    marks = r":{3,}\{solution(-start)?\} (\S+)\n:class: dropdown|:{3,}\{solution-end\}"
    for cell in page.cells:
        if cell.cell_type == "code":
            if label is not None:
                solutions[label] += bool(cell.source.strip())
            continue
        for gated, name in re.findall(marks, cell.source):
            if name:
                solutions[name] = 0
            label = name if gated else None
    return solutions


def makes_claims(page):
    """At least one claim stands in the outputs, all hold, and the page shows their table."""
    records = claims_of(page)
    wrong = [] if records else ["it makes no claim: call finding(...) or check(...) and run it"]
    wrong += [f"{r['kind']} {r['key']} failed" for r in records if not r["holds"]]
    if "{page-claims}" not in section(page, "Claims"):
        wrong.append("its section Claims does not show {page-claims}")
    return wrong


def claims_of(page):
    """The records that claims left in the outputs."""
    found = [output.get("data", {}).get(CLAIM_MIME) for _, output in outputs_of(page)]
    return [record for record in found if record]


def has_words_for_figures(page):
    """Every cell that shows a figure says in words what is to be seen."""
    wrong = []
    for cell in code_cells(page):
        shows = any(k.startswith("image/") for o in cell.outputs for k in o.get("data", {}))
        words = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if shows and len(words) < 20:
            wrong.append(f"cell {cell.id} shows a figure without metadata mystnb.image.alt")
    return wrong


def captions_its_figures(page):
    """Every figure has a name to be referred to, and a caption that holds in light and in dark."""
    wrong = []
    for cell in code_cells(page):
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        caption, name = figure.get("caption", ""), figure.get("name", "")
        shown = [kinds for o in cell.outputs if (kinds := _kinds_shown(o))]
        if not figure and not any(map(_is_figure, cell.outputs)):
            continue
        if len(caption.split()) < 8 or not caption.endswith("."):
            wrong.append(f"cell {cell.id} has no sentence in metadata mystnb.figure.caption")
        if not re.fullmatch(r"fig-[a-z0-9-]+", name):
            wrong.append(f"cell {cell.id}: mystnb.figure.name is {name!r}, not fig-something")
        if len(shown) > 1:
            wrong.append(f"cell {cell.id} shows {len(shown)} outputs under one caption")
        classes = cell.metadata.get("mystnb", {}).get("image", {}).get("classes", "")
        if (shade := SHADES.search(caption)) and "keep-colours" not in classes:
            wrong.append(f"cell {cell.id}: {shade.group()!r} is another shade on dark pages")
    return wrong


def _is_figure(output):
    """Whether an output is a picture, or a page that calls itself a figure."""
    data = output.get("data", {})
    return any(kind.startswith("image/") for kind in data) or "<figure" in data.get("text/html", "")


def captions_its_diagrams(page):
    """Every diagram has a name to be referred to, and a caption that says what to see."""
    wrong = []
    for diagram in re.findall(r"^`{3}\{mermaid\}\n.*?^`{3}$", text_of(page), re.M | re.S):
        title = (re.findall(r"accTitle: (.*)", diagram) or ["?"])[0]
        if not re.search(r"^:name: fig-[a-z0-9-]+$", diagram, re.M):
            wrong.append(f"the diagram {title!r} has no :name: fig-something")
        caption = re.search(r"^:caption: (.*)$", diagram, re.M)
        if not caption or len(caption[1].split()) < 8 or not caption[1].endswith("."):
            wrong.append(f"the diagram {title!r} has no sentence as its :caption:")
    return wrong


def _kinds_shown(output):
    """What kinds of picture or page an output offers the reader; none for a glued value."""
    return [kind for kind in output.get("data", {}) if kind.startswith(("image/", "text/html"))]


def brings_library_in(page):
    """The first code cell is the one that brings the library in, as _config.yml has it."""
    cells = code_cells(page)
    tags = cells[0].metadata.get("tags", []) if cells else []
    if not {"bring-in", "remove-cell"} <= set(tags):
        return ["its first code cell has not the tags bring-in and remove-cell"]
    if cells[0].source != bring_in_source():
        return ["its bring-in cell is not the one of _config.yml: run `make tidy`"]
    return []


def says_how_it_is_compared(page):
    """Tags of comparison are of the known forms, and none tries to be exempt and compared."""
    wrong = []
    for cell in code_cells(page):
        tags = cell.metadata.get("tags", [])
        if unknown := [tag for tag in tags if tag.startswith("nbval") and tag != EXEMPT]:
            wrong.append(f"cell {cell.id} has the tag {unknown[0]}: only {EXEMPT} is used here")
        try:
            compared = any(tolerance_of(tags))
        except ValueError as error:
            wrong.append(f"cell {cell.id}: {error}")
        else:
            if compared and EXEMPT in tags:
                wrong.append(f"cell {cell.id} has a tolerance, and yet is not compared")
    return wrong


CODE_RULES = [
    comes_back_to_predictions,
    knows_its_tags,
    says_how_it_is_compared,
    ran_in_order,
    has_clean_outputs,
    is_affordable,
    makes_claims,
    has_words_for_figures,
    captions_its_figures,
    brings_library_in,
]
CHAPTER_RULES = [
    has_card,
    has_sections,
    has_summary,
    has_solved_exercises,
    names_no_place,
    captions_its_diagrams,
]
FORM_RULES = [  # of pages that have been rewritten
    says_its_minutes,
    has_quiz,
    names_what_exercises_check,
    serves_its_objectives,
    marks_its_roles,
    marks_its_solutions,
    shows_code_that_teaches,
]
