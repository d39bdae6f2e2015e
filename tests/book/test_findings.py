"""Every finding that a committed page shows rests on an interval that fits its sentence."""

import copy
import re

import page_rules as rules
import pytest
from book_files import ROOT, page_files

from plmrec_lite.book.claims import ABOUT, FEW, LEAST_SEEDS
from plmrec_lite.book.verdicts import FIXED_ON, SMALLEST_EFFECTS, combined, judged
from plmrec_lite.evaluation.estimate import Estimate

NOTEBOOKS = {
    path.relative_to(ROOT / "book").as_posix(): rules.read_page(path)
    for path in page_files()
    if path.suffix == ".ipynb"
}
RECORDS = [(name, r) for name, page in NOTEBOOKS.items() for r in rules.claims_of(page)]
FINDINGS = [(name, r) for name, r in RECORDS if r["kind"] == "finding"]


def faults_of(record):
    """What does not fit between a finding, its intervals and the fixed effects."""
    found = []
    effect = SMALLEST_EFFECTS.get(record["smallest"])
    if effect is None or record["smallest_effect"] != effect.size or record["fixed"] != FIXED_ON:
        found.append(f"its smallest effect {record['smallest']!r} is none of the fixed ones")
        return found
    verdicts = []
    for one in record["estimates"]:
        estimate = Estimate(one["value"], one["low"], one["high"], over=one["over"])
        if "items" in record["about"] and not estimate.covers_items():
            found.append(f"it is about {record['about']}, and its interval is over {one['over']}")
        if one["over"] not in ABOUT[record["about"]]:
            found.append(f"an interval over {one['over']} says nothing about {record['about']}")
        if one["over"] in FEW and not record["n"]:
            found.append("it does not say how many choices or seeds there are")
        verdicts.append(judged(estimate, effect.size, record["effect"]))
        if record["seeds"] is not None and record["seeds"] < LEAST_SEEDS:
            verdicts[-1] = "not shown"
        if verdicts[-1] != one["verdict"]:
            found.append(f"{one['name'] or 'it'} is said to be {one['verdict']}: {verdicts[-1]}")
    if record["verdict"] != combined(verdicts):
        found.append(f"its verdict is said to be {record['verdict']}: {combined(verdicts)}")
    return found


def test_there_are_findings_and_checks():
    assert len(FINDINGS) > 60
    assert len(RECORDS) > len(FINDINGS) + 60


@pytest.mark.parametrize(("name", "record"), FINDINGS, ids=[r["key"] for _, r in FINDINGS])
def test_finding_fits_its_interval(name, record):
    assert faults_of(record) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda r: r["estimates"][0].update(over="persons"), "its interval is over persons"),
        (lambda r: r["estimates"][0].update(over="seeds"), "says nothing about unseen items"),
        (lambda r: r.update(smallest="a hair"), "none of the fixed ones"),
        (lambda r: r.update(smallest_effect=0.2), "none of the fixed ones"),
        (lambda r: r.update(fixed="2027-01-01"), "none of the fixed ones"),
        (lambda r: r.update(n=None), "how many choices"),
        (lambda r: r["estimates"][0].update(verdict="does not hold"), "is said to be"),
        (lambda r: r.update(verdict="does not hold"), "its verdict is said to be"),
        (lambda r: r.update(seeds=2), "is said to be holds: not shown"),
    ],
)
def test_a_finding_that_says_too_much_is_found(change, fault):
    record = copy.deepcopy(
        next(
            r
            for _, r in FINDINGS
            if r["about"] == "unseen items" and r["verdict"] == "holds" and len(r["estimates"]) == 1
        )
    )
    assert faults_of(record) == []
    change(record)
    assert fault in "; ".join(faults_of(record))


def sources(page):
    return "\n".join(cell.source for cell in rules.code_cells(page))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_page_calls_a_plain_interval_one_over_choices(name):
    # With sizes `compare_choices` names the unit itself; without them choices share films. A
    # bootstrap draws the items that it is given.
    drawn = r"""bootstrap\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*?over="items",?\s*\)"""
    code = re.sub(drawn, "", sources(NOTEBOOKS[name]))
    assert not re.search(r"""over=["'](choices|items|persons and items)["']""", code)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_call_left_its_record(name):
    code = sources(NOTEBOOKS[name])
    keys = {record["key"] for record in rules.claims_of(NOTEBOOKS[name])}
    written = re.findall(r"""^ *(?:check|finding)\(\s*"([a-z0-9-]+)",""", code, re.MULTILINE)
    assert written
    assert [key for key in written if key not in keys] == []
