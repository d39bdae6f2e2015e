"""The page on the workshop quotes what the scripts say and what lies on the stick."""

import re
from pathlib import Path

import make_stick
import pytest

ROOT = Path(make_stick.__file__).resolve().parents[1]
PAGE = (ROOT / "book" / "teach" / "workshop.md").read_text(encoding="utf-8")
CODE = [*ROOT.glob("tools/*.py"), *ROOT.glob("tools/stick/*"), *ROOT.glob("plmrec_lite/**/*.py")]
SAID = "".join(re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8")) for path in CODE)
ERRORS = PAGE.partition("## What goes wrong")[2].partition("\n## ")[0]


def quoted():
    """What stands as code in the first column of the errors."""
    rows = [line for line in ERRORS.splitlines() if line.startswith("| ")][2:]
    return [words for row in rows for words in re.findall(r"`([^`]+)`", row.split("|")[1])]


@pytest.mark.parametrize("words", [w for w in quoted() if w != "No module named plmrec_lite"])
def test_each_error_is_one_that_the_code_says(words):
    for part in words.split(" … "):
        assert part in SAID


def test_there_are_errors_to_look_for():
    assert len(quoted()) >= 10


def test_each_file_that_the_page_names_lies_on_the_stick(tmp_path):
    make_stick.put_start(ROOT, tmp_path, ["linux"], ["3.11"])
    make_stick.put_page(ROOT, tmp_path, ["linux"], ["3.11"])
    table = PAGE.partition("| On the stick |")[2].partition("\n\n")[0]
    names = [n for row in table.splitlines() for n in re.findall(r"`([\w.-]+)`", row.split("|")[1])]
    made = {path.name for path in tmp_path.iterdir()} - {"start"}
    assert set(names) == made | {"site", "source", "data", "wheels", "SHA256SUMS"}
