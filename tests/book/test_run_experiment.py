"""``make experiments``: what is recorded, from which code, and what a change of code does."""

import json

import pytest
import run_experiment
from book_files import ROOT
from experiment_code import code_hash
from run_experiment import confirm, load_script, record, run_once, script_named

from plmrec_lite.book import recording as recordings

SCRIPT = '''
"""Does a coin fall on heads?

Page: ideas/sample.
"""

import random

SEEDS = (0, 1, 2)
CASES = {"fair": dict(share=0.5), "bent": dict(share=0.9)}
SEEDS_OF = {"bent": (0,)}
CHECK = dict(share=0.5)


def run(seed, share):
    """Throw it."""
    throws = [random.Random(seed + i).random() < share for i in range(20)]
    return {"heads": sum(throws) / 20, "throws": [int(t) for t in throws]}
'''


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty book with one script, in a folder of its own."""
    for key in ("SCRIPTS", "RESULTS", "JOURNAL"):
        monkeypatch.setattr(run_experiment, key, tmp_path / key.lower())
    monkeypatch.setattr(recordings, "RECORDINGS", tmp_path / "results")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "coin.py").write_text(SCRIPT)
    return tmp_path


def change(place, old, new):
    path = place / "scripts" / "coin.py"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_recording_holds_every_case_and_seed(place):
    assert record("coin")
    coin = recordings.recorded("coin")
    assert isinstance(coin, recordings.Recorded)
    assert coin.question == "Does a coin fall on heads?"
    assert coin.cases == ["fair", "bent"]
    assert coin.frame[["case", "seed"]].values.tolist() == [
        ["fair", 0],
        ["fair", 1],
        ["fair", 2],
        ["bent", 0],
    ]
    assert (coin.frame["peak_gb"] > 0).all()
    heads = coin.values("fair", "heads")
    assert coin.values("fair", "throws").mean(axis=1).tolist() == heads.tolist()
    assert coin.values("bent", "seconds").shape == (1,)
    table = coin.table("heads", digits=2)
    mean, deviation = table.loc["fair", "heads"].split(" ± ")
    assert float(mean) == pytest.approx(heads.mean(), abs=0.005)
    assert float(deviation) == pytest.approx(heads.std(ddof=1), abs=0.005)
    assert float(table.loc["bent", "heads"]) == coin.values("bent", "heads")[0]
    assert "4 runs, seeds 0 to 2" in coin.provenance


def test_a_run_that_was_stopped_goes_on_where_it_stopped(place, capsys):
    assert not record("coin", cases=["fair"], seeds=[1])
    assert not (place / "results" / "coin.json").exists()
    capsys.readouterr()
    assert record("coin")
    assert "fair seed 1 ..." not in capsys.readouterr().out
    change(place, '"bent": dict(share=0.9)', '"bent": dict(share=0.8)')
    assert record("coin")
    assert "fair" not in capsys.readouterr().out  # a case that changed is all that runs
    change(place, "random() < share", "random() > share")
    assert record("coin")
    assert "fair seed 1 ..." in capsys.readouterr().out


def test_confirm_keeps_results_only_if_the_check_agrees(place):
    record("coin")
    path = place / "results" / "coin.json"
    old = json.loads(path.read_text())
    change(place, "range(20)]", "range(0, 20)]")
    confirm("coin")
    new = json.loads(path.read_text())
    assert new.pop("code") != old.pop("code")
    assert new == old
    change(place, "< share", "> share")
    with pytest.raises(ValueError, match=r"check with seed 0 gave heads=.* record it anew"):
        confirm("coin")


def test_wrong_names_and_numbers_are_named(place):
    with pytest.raises(FileNotFoundError, match=r"no experiment 'dice'; there are: coin"):
        record("dice")
    with pytest.raises(ValueError, match=r"no case 'round': it has fair, bent"):
        record("coin", cases=["round"])
    change(place, "sum(throws) / 20", "float('nan')")
    with pytest.raises(ValueError, match="the result 'heads' is nan"):
        run_once(script_named("coin"), 0, {"share": 0.5})
    with pytest.raises(FileNotFoundError, match=r"no experiment 'dice' is recorded.*make exper"):
        recordings.recorded("dice")


def test_what_a_recording_lacks_is_named(place):
    record("coin")
    coin = recordings.recorded("coin")
    with pytest.raises(KeyError, match=r"no case 'round' in coin: it has fair, bent"):
        coin.values("round", "heads")
    with pytest.raises(KeyError, match=r"no result 'tails' of 'fair' in coin: it has heads"):
        coin.values("fair", "tails")


@pytest.fixture
def library(tmp_path):
    """A small library and a script on it, to be changed."""
    package = tmp_path / "plmrec_lite" / "models"
    package.mkdir(parents=True)
    (tmp_path / "plmrec_lite" / "__init__.py").write_text("")
    (package / "__init__.py").write_text(
        "from plmrec_lite.models.one import One\nfrom plmrec_lite.models.two import Two\n"
    )
    (package / "one.py").write_text(
        'class One:\n    """A model."""\n    size = 1\n\n    def fit(self, n):\n'
        '        if n < 1:\n            raise ValueError(f"n={n}")\n        return n\n'
    )
    (package / "two.py").write_text("class Two:\n    size = 2\n")
    script = tmp_path / "script.py"
    script.write_text("from plmrec_lite.models import One\nCASES = {}\nprint(One.size)\n")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "matters"),
    [
        ("plmrec_lite/models/one.py", "A model.", "The model.", False),
        ("plmrec_lite/models/one.py", 'f"n={n}"', 'f"n={n}: give more"', False),
        ("plmrec_lite/models/one.py", "size = 1", "size = 1  # small", False),
        ("plmrec_lite/models/one.py", "size = 1", "size = 3", True),
        ("plmrec_lite/models/one.py", "n < 1", "n < 2", True),
        ("plmrec_lite/models/two.py", "size = 2", "size = 4", False),
        ("script.py", "CASES = {}", "CASES = {'a': {}}", False),
        ("script.py", "import One\n", "import One, Two\n", True),
    ],
)
def test_only_code_that_an_experiment_reaches_makes_it_stale(library, file, old, new, matters):
    before = code_hash(library / "script.py", library)
    path = library / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert (code_hash(library / "script.py", library) != before) == matters


def test_a_script_in_the_book_loads():
    for name in run_experiment.all_names():
        script = load_script(ROOT / "book" / "experiments" / f"{name}.py")
        assert callable(script.run)
