"""What the editions know of each exercise beyond its page: book/kit/PART/PAGE.yml.

    ranking-losses-batch-of-two:                   # the label of an exercise
      code: |                                      # what the reader begins with
      solved: |                                    # joins the solution to `code`, for the tests
      answers:
        both_bpr:                                  # the name that the reader's answer gets
          ask: BPR of Ada and of Ben               # what the self-check calls it
          value: [0.127, 0.693]                    # the answer, as the solution prints it
          from: bpr(own, other, reduction="none")  # the same, from the names of the solution
          wrong:
          - {value: [0.127, 0.127], say: Message to who gives this answer.}
        places:
          ask: the places of item 2
          call: "[place(w) for w in (0, 1)]"       # computed from the reader's `code`
          value: [3, 2]
      rubric: {full: What a full answer holds., half: ..., none: ...}
      mistakes: [One line for each.]

`within` in an answer replaces the tolerance that the exercise's title names; `relative: true`
makes it a share. An exercise that can be checked has `answers`, another one `rubric` and
`mistakes`; both may have all of it.
"""

import ast
import dataclasses
import json
import math
import textwrap

import yaml
from exercises import EXACT, WIDER, exercises_of
from minutes import read_page

from plmrec_lite.book.sealed import numbers_of, packed_seals, seal

ENTRY = {"code", "solved", "answers", "rubric", "mistakes"}
ANSWER = {"ask", "value", "from", "call", "within", "relative", "wrong"}
WIDEST = 84  # letters of a line of code that fit into the column
GRADES = ("full", "half", "none")
CLOSE = "That is close, and not close enough: compute with more digits."
MINUS = "Its size is right, its sign is not."
PERCENT = "It is a hundred times too large: give a share, not a percentage."


class KitError(Exception):
    """A file of the kit says what cannot be; the message names file, exercise and cure."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer to an exercise, as the kit declares it."""

    name: str
    ask: str
    value: object
    expression: str
    is_call: bool
    within: float
    relative: bool
    wrong: tuple

    @property
    def asked_of(self):
        """The expression by which the self-check gets the reader's answer."""
        return self.expression if self.is_call else self.name

    def accepts(self, value):
        """Tell whether a value would pass as right."""
        ours, theirs = numbers_of(self.value), numbers_of(value)
        return len(ours) == len(theirs) and all(map(self._near, ours, theirs))

    def _near(self, one, other):
        """Tell whether two numbers, or texts, are the same within the tolerance."""
        if isinstance(one, str) or isinstance(other, str):
            return one == other
        if self.relative:
            return other > 0 and abs(math.log(other / one)) <= math.log1p(self.within)
        return abs(one - other) <= self.within

    def seals(self, salt):
        """Seal the right answer, then the wrong ones that are known, each with its message."""
        wrong = [*self.wrong, *self._usual()]
        return [
            seal(value, self.within, f"{salt}.{number}", says, self.relative and value > 0)
            for number, (value, says) in enumerate([(self.value, ""), *wrong])
        ] + self._close(salt)

    def _usual(self):
        """List slips that any number invites: the sign, and a percentage for a share."""
        if self.is_call or isinstance(self.value, (bool, str, list, dict)) or not self.value:
            return []
        return [(-self.value, MINUS)] + [(100 * self.value, PERCENT)] * (0 < self.value < 1)

    def _close(self, salt):
        """Seal what is nearly right, where the answer may be off at all."""
        if self.is_call or self.within <= EXACT or self.relative:
            return []
        return [seal(self.value, WIDER * self.within, f"{salt}.close", CLOSE)]


@dataclasses.dataclass(frozen=True)
class Entry:
    """An exercise with what the kit says of it."""

    exercise: object
    code: str
    answers: tuple
    rubric: dict
    mistakes: tuple
    binding: str = ""

    @property
    def is_done(self):
        """Whether it has what its kind needs."""
        if self.exercise.is_checkable:
            return any(answer.wrong for answer in self.answers)
        return set(self.rubric) == set(GRADES) and bool(self.mistakes)

    def sealed(self):
        """Seal all its answers into one text."""
        label = self.exercise.label
        return packed_seals([answer.seals(f"{label}.{answer.name}") for answer in self.answers])

    def check(self):
        """Write the code of its self-check."""
        asked = "".join(f"        {_quoted(a.ask)}: lambda: {a.asked_of},\n" for a in self.answers)
        sealed = textwrap.indent(self.sealed(), "    ")
        return (
            "from plmrec_lite.book import self_check\n\n"
            f'self_check(\n    {{\n{asked}    }},\n    """\n{sealed}\n    """,\n)'
        )

    def stub(self):
        """Write the code that the reader completes."""
        lines = [self.code.rstrip()] * bool(self.code)
        for answer in self.answers:
            if not answer.is_call:
                ask = f"# {answer.ask[0].upper()}{answer.ask[1:]}"
                lines += textwrap.wrap(ask, WIDEST, subsequent_indent="# ")
                lines.append(f"{answer.name} = ...")
        return "\n".join(lines)

    def solved(self):
        """Write the code that gives the names of the stub the solution's values."""
        given = [f"{a.name} = {a.expression}" for a in self.answers if not a.is_call]
        return "\n".join([self.binding, *given])

    def proof(self):
        """Write code that fails where the exercise's own solution does not pass its self-check."""
        prints = self.check().replace("import self_check", "import self_checks", 1)
        judges = prints.replace("\nself_check(", "\nfound = self_checks.judged(", 1)
        fails = "wrong = [str(j) for j in found if j.verdict != 'right']\nassert not wrong, wrong"
        body = "\n".join(["import math", self.solved(), judges, fails])
        return f"exec({body!r}, dict(globals()))"


def _quoted(text):
    """Write a text as code, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def kit_file(root, page):
    """Say where the kit of a page lies; ``page`` is a path such as book/math/attention.ipynb."""
    name = page.relative_to(root / "book").with_suffix(".yml")
    return root / "book" / "kit" / name


def entries_of(root, path, page=None):
    """List the exercises of a page with what the kit says of each, which may be nothing yet."""
    file = kit_file(root, path)
    said = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return read_entries(file.name, page or read_page(path), said)


def read_entries(name, page, said):
    """Join the exercises of a page with what a file of some name says of them."""
    found = exercises_of(page)
    if strangers := set(said) - {exercise.label for exercise in found}:
        raise KitError(f"{name}: its page has no exercise {sorted(strangers)}")
    return [
        _entry(f"{name}, {exercise.label}", exercise, said.get(exercise.label) or {})
        for exercise in found
    ]


def _entry(place, exercise, said):
    """Read and check the entry of one exercise."""
    if unknown := set(said) - ENTRY:
        raise KitError(f"{place}: it has {sorted(unknown)}, and can have {sorted(ENTRY)}")
    rubric = said.get("rubric", {})
    if rubric and set(rubric) != set(GRADES):
        raise KitError(f"{place}: a rubric has the lines {GRADES}, this one {tuple(rubric)}")
    answers = tuple(
        _answer(f"{place}, {name}", exercise, name, one)
        for name, one in said.get("answers", {}).items()
    )
    if len({answer.ask for answer in answers}) < len(answers):
        raise KitError(f"{place}: two answers have the same `ask`: let it say which one is meant")
    mistakes = tuple(said.get("mistakes", ()))
    code, binding = said.get("code", ""), said.get("solved", "")
    return Entry(exercise, code, answers, rubric, mistakes, binding)


def _answer(place, exercise, name, said):
    """Read and check one answer."""
    if unknown := set(said) - ANSWER:
        raise KitError(f"{place}: it has {sorted(unknown)}, and can have {sorted(ANSWER)}")
    if missing := {"ask", "value"} - set(said):
        raise KitError(f"{place}: it lacks {sorted(missing)}")
    if ("from" in said) == ("call" in said):
        raise KitError(f"{place}: give either `from`, out of the solution, or `call`")
    expression = " ".join(str(said.get("call", said.get("from"))).split())
    try:
        ast.parse(expression, mode="eval")
    except SyntaxError as error:
        raise KitError(f"{place}: {expression!r} is no expression ({error.msg})") from error
    within, relative = exercise.tolerance
    answer = Answer(
        name,
        said["ask"],
        said["value"],
        expression,
        "call" in said,
        said.get("within", within),
        said.get("relative", relative and "within" not in said),
        tuple((wrong["value"], wrong["say"]) for wrong in said.get("wrong", ())),
    )
    for value, _ in answer.wrong:
        if answer.accepts(value):
            raise KitError(f"{place}: the wrong answer {value!r} would pass as right")
    return answer
