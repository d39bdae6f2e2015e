"""What must hold for a page. Each rule takes a page and returns a list of complaints.

A page is a notebook as ``nbformat`` reads it; a page without code comes as a notebook with one
cell of text. ``test_page_rules`` breaks a good page in every way that a rule should see.
"""

import re

import nbformat
from book_files import bring_in_source
from compare_outputs import tolerance_of

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
    "Self-check",
    "Further reading",
]
PLACES = re.compile(r"(?:/home/|/root/|/tmp/|/Users/|/opt/|/var/|[A-Z]:\\)[\w.\\/-]*|site-packages")
SHADES = re.compile(r"\b(?:white|black|gr[ae]y|(?:dark|light|bright|pale)\w*)\b", re.IGNORECASE)
COMPLAINTS = re.compile(r"\b[A-Z][a-z]\w*Warning\b|\bWARNING\b|Traceback \(most recent")


def read_page(path):
    """Read a page, with or without code."""
    if path.suffix == ".ipynb":
        return nbformat.read(path, as_version=4)
    cell = nbformat.v4.new_markdown_cell(path.read_text(encoding="utf-8"))
    return nbformat.v4.new_notebook(cells=[cell])


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
    """No error, warning, stderr, address or path of a machine stands in an output."""
    wrong = []
    for name, output in outputs_of(page):
        text = shown_text(output)
        if output.output_type == "error":
            wrong.append(f"cell {name} failed: {output.ename}")
        if output.get("name") == "stderr":
            wrong.append(f"cell {name} wrote to stderr: {text[:200]}")
        for pattern in (PLACES, COMPLAINTS, re.compile(r"\bat 0x[0-9a-f]{6,}")):
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
    if not re.search(r"\*\*Reading\*\* \d+ min · \*\*Exercises\*\* \d+ min", card):
        wrong.append("the card has no line **Reading** N min · **Exercises** N min")
    if code_cells(page) and not re.search(r"\*\*Measured cost\*\* \d+ s", card):
        wrong.append("the card has no measured cost: run the page with `make notebook`")
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
    found = [t for t in re.findall(r"^## (.+?) *$", text_of(page), re.MULTILINE) if t in wanted]
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


def has_self_check(page):
    """The self-check has three to five questions, each with a folded answer."""
    folds = re.findall(
        r"^:{3,}\{dropdown\} (.+)\n(?:^:.+\n)*\s*\S", section(page, "Self-check"), re.MULTILINE
    )
    wrong = [] if 3 <= len(folds) <= 5 else [f"the self-check has {len(folds)} questions, not 3-5"]
    return wrong + [f"no question: {q!r}" for q in folds if not q.rstrip().endswith("?")]


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
        if not figure and not any(kind.startswith("image/") for kinds in shown for kind in kinds):
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
    has_self_check,
    has_solved_exercises,
    names_no_place,
]
