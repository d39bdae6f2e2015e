"""The slides that ask and answer: predictions, findings and the quiz."""

import copy

from slide import Slide
from slide_blocks import element

MOST_FINDINGS = 6


def predictions_of(cell):
    """Make the slide that asks for a prediction."""
    found = [b for b in cell.blocks if "predict" in b.get("class", [])]
    made = []
    for box in found:
        blocks = [copy.copy(b) for b in box.find_all(True, recursive=False)]
        title = blocks.pop(0).get_text() if "admonition-title" in blocks[0].get("class", []) else ""
        made.append(Slide("predict", title, blocks, short="short" in cell.tags))
    return made


def findings_of(page):
    """Make the slide of the page's findings: the first six, those that do not hold among them."""
    table = next(
        (t for t in page.article.select("table.claims") if "Finding" in t.thead.get_text()), None
    )
    rows = table.tbody.find_all("tr") if table else []
    if not rows:
        return []
    others = [row for row in rows if not row.find(class_="verdict-holds")]
    chosen = others[: MOST_FINDINGS // 2]
    chosen += [row for row in rows if row not in chosen][: MOST_FINDINGS - len(chosen)]
    kept = copy.copy(table)
    kept.tbody.clear()
    for row in rows:
        if row in chosen:
            kept.tbody.append(copy.copy(row))
    title = "What the page found" + ("" if len(chosen) == len(rows) else ", a selection")
    return [Slide("findings", title, [kept], [copy.copy(table)])]


def questions_of(cell):
    """Make a slide of each question: the options, then the right one with its reason."""
    made = []
    for box in [b for b in cell.blocks if "quiz" in b.get("class", [])]:
        question = copy.copy(box.legend)
        number = question.find(class_="quiz-number").extract().get_text()
        question.name, question["class"] = "p", ["asked"]
        options = element("<ol class='options'></ol>")
        answers = box.select(".quiz-answer")
        for option, answer in zip(box.select(".quiz-option"), answers, strict=True):
            item = element("<li></li>")
            item.append(copy.copy(option.find(class_="quiz-text")))
            if answer["data-right"] == "1":
                reason = copy.copy(answer.find(class_="quiz-reason"))
                reason["class"] = ["fragment", "reason"]
                item["class"] = ["right"]
                item.append(reason)
            options.append(item)
        notes = [copy.copy(answer) for answer in answers]
        made.append(Slide("quiz", number, [question, options], notes))
    return made
