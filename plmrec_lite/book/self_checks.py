"""The self-check below an exercise of the student edition: right or wrong, and not the answer."""

from __future__ import annotations

from dataclasses import dataclass

from plmrec_lite.book.sealed import says_to, unpacked_seals

SIGNS = {"right": "✓", "wrong": "✗", "open": "–"}


@dataclass(frozen=True)
class Judgement:
    """What a self-check says of one answer.

    Attributes
    ----------
    ask : str; what was asked for
    verdict : str; right, wrong, or open where nothing was answered
    says : str; what helps further, or nothing
    """

    ask: str
    verdict: str
    says: str = ""

    def __str__(self):
        state = "not answered yet" if self.verdict == "open" else self.verdict
        return f"{SIGNS[self.verdict]} {self.ask}: {state}." + (f" {self.says}" * bool(self.says))


def judged(answers, sealed):
    """Judge the answers to an exercise.

    Parameters
    ----------
    answers : dict of str to callable; what was asked for, and a function that returns the answer
    sealed : str; the seals, as the student edition holds them, in the order of the answers

    Returns
    -------
    list of Judgement, in that order

    Raises
    ------
    ValueError: the seals are damaged, or are not those of these answers
    """
    seals = unpacked_seals(sealed)
    if len(seals) != len(answers):
        raise ValueError(
            f"{len(answers)} answers and {len(seals)} seals: copy the cell of the self-check anew"
        )
    return [_judge(ask, give, own) for (ask, give), own in zip(answers.items(), seals, strict=True)]


def self_check(answers, sealed):
    """Print what `judged` says, one line for each answer.

    Parameters
    ----------
    answers : dict of str to callable; what was asked for, and a function that returns the answer
    sealed : str; the seals, as the student edition holds them, in the order of the answers
    """
    for judgement in judged(answers, sealed):
        print(judgement)


def _judge(ask, give, seals):
    """Judge one answer by the seals of the right one and of the wrong ones that are known."""
    right, *wrong = seals
    try:
        answer = give()
        if _is_missing(answer):
            return Judgement(ask, "open", "Replace the ... above, run that cell, then this one.")
        if says_to(right, answer) is not None:
            return Judgement(ask, "right")
        found = (says for seal in wrong if (says := says_to(seal, answer)) is not None)
        return Judgement(ask, "wrong", next(found, "Compare each step with the page."))
    except NameError as error:
        return Judgement(ask, "open", f"{error}: run the cell with your answer first.")
    except Exception as error:  # whatever the reader's own function raises
        return Judgement(ask, "wrong", f"It raises {type(error).__name__}: {error}")


def _is_missing(answer):
    """Tell whether an answer is, or holds, nothing but the stub."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, (list, tuple)):
        return any(map(_is_missing, answer))
    return answer is ... or answer is None
