"""The exam: a paper with shuffled options, and its key, from book/kit/exam.yml."""

import hashlib

import yaml

POINTS = {"recall": 1, "apply": 2, "judge": 3}
MINUTES = 90
LETTERS = "abcd"
HEAD = (
    "# Exam\n\n{minutes} minutes, {points} points. A question gives as many points as stand behind "
    "it.\nA pocket calculator is allowed.\n"
)


def read_exam(root):
    """Read the questions of the exam, in their order."""
    return yaml.safe_load((root / "book" / "kit" / "exam.yml").read_text(encoding="utf-8"))


def shuffled(question):
    """Return the options in an order that does not change from run to run; the first is right."""

    def place(option):
        return hashlib.sha256(f"{question['ask']}{option}".encode()).hexdigest()

    return sorted(question["options"], key=place)


def paper_of(questions):
    """Write the paper: questions, options, points, and nothing of the key."""
    points = sum(POINTS[question["level"]] for question in questions)
    parts = [HEAD.format(minutes=MINUTES, points=points)]
    for number, question in enumerate(questions, start=1):
        worth = POINTS[question["level"]]
        parts.append(f"## {number} ({worth} {'point' if worth == 1 else 'points'})\n")
        parts.append(f"{question['ask']}\n")
        if "options" in question:
            lines = zip(LETTERS, shuffled(question), strict=True)
            parts.append("\n".join(f"- {letter}) {option}" for letter, option in lines) + "\n")
    return "\n".join(parts)


def key_of(questions):
    """Write the key: the answer, why, the page that teaches it, and the level."""
    parts = ["# Key of the exam\n"]
    for number, question in enumerate(questions, start=1):
        if "options" in question:
            right = question["options"][0]
            answer = f"{LETTERS[shuffled(question).index(right)]}) {right}"
        else:
            answer = question["answer"]
        parts.append(f"**{number}** {answer} ({question['level']}, `{question['page']}`)\n")
        parts.append(f"{question['why']}\n")
    return "\n".join(parts)


def write_exam(root, folder):
    """Write paper and key into a folder."""
    questions = read_exam(root)
    folder.mkdir(parents=True)
    (folder / "paper.md").write_text(paper_of(questions), encoding="utf-8")
    (folder / "key.md").write_text(key_of(questions), encoding="utf-8")
