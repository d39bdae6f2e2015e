"""``make experiments``: what is run, kept and recorded, and what a change of code does."""

import json
import os
import re
import time

import pytest
import run_experiment
from book_files import ROOT
from experiment_runs import RunError, load_script, run_apart, run_once, runs_of
from run_experiment import Experiment, confirm, main, record, script_named

from plmrec_lite.book import recording as recordings
from plmrec_lite.book.packing import packed

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
    monkeypatch.setattr(run_experiment, "ROOT", tmp_path)
    monkeypatch.setattr(recordings, "RECORDINGS", tmp_path / "results")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "coin.py").write_text(SCRIPT)
    return tmp_path


def change(place, old, new, script="coin"):
    path = place / "scripts" / f"{script}.py"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def begun(capsys):
    """The runs that were begun since the last look."""
    return re.findall(r"^(.+) \.\.\.$", capsys.readouterr().out, re.MULTILINE)


def test_a_recording_holds_every_case_and_seed(place):
    assert record(["coin"]) == ["coin"]
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


def test_lists_of_unequal_length_are_joined_and_averaged(place):
    change(place, "for i in range(20)]", "for i in range(20 + seed)]")
    record(["coin"])
    coin = recordings.recorded("coin")
    assert len(coin.joined("fair", "throws")) == 20 + 21 + 22
    assert coin.joined("fair", "throws", seeds=(0, 2)).shape == (42,)
    means = coin.means("fair", "throws")
    assert means[1] == pytest.approx(coin.joined("fair", "throws", seeds=[1]).mean())
    assert coin.means("fair", "heads", seeds=[2]).tolist() == [coin.values("fair", "heads")[2]]
    with pytest.raises(KeyError, match="no case 'round'"):
        coin.joined("round", "throws")
    with pytest.raises(KeyError, match="no result 'tails'"):
        coin.means("fair", "tails")


def test_a_recording_says_where_it_was_made(place):
    record(["coin"])
    path = place / "results" / "coin.json"
    made = json.loads(path.read_text())
    assert made["device"] == "cpu"
    assert made["threads"] == int(os.environ["OMP_NUM_THREADS"])
    assert f"thread(s) of {made['processor']}, torch" in recordings.recorded("coin").provenance
    path.write_text(json.dumps(made | {"device": "A100"}))
    assert f"of {made['processor']} and A100, torch" in recordings.recorded("coin").provenance


def test_runs_made_in_two_places_are_both_named(place):
    record(["coin"], cases=["fair"])
    for kept in (place / "journal" / "coin").glob("*.json"):
        entry = json.loads(kept.read_text())
        entry["made"] |= {"processor": "a slow one", "versions": entry["made"]["versions"]}
        kept.write_text(json.dumps(entry))
    record(["coin"])
    made = json.loads((place / "results" / "coin.json").read_text())
    assert "a slow one" in made["processor"].split(", ")
    assert len(made["processor"].split(", ")) == 2
    assert "," not in made["versions"]["numpy"]


def test_a_run_that_was_stopped_goes_on_where_it_stopped(place, capsys):
    assert not record(["coin"], cases=["fair"], seeds=[1])
    assert begun(capsys) == ["coin: fair seed 1"]
    assert not (place / "results" / "coin.json").exists()
    assert record(["coin"])
    assert len(begun(capsys)) == 6  # three fair, one bent, three checks, less the one
    change(place, '"bent": dict(share=0.9)', '"bent": dict(share=0.8)')
    assert record(["coin"])
    assert begun(capsys) == ["coin: bent seed 0"]
    change(place, "random() < share", "random() > share")
    assert record(["coin"])
    assert len(begun(capsys)) == 7


def test_a_recording_spares_the_runs_that_it_holds(place, capsys):
    record(["coin"])
    for kept in (place / "journal" / "coin").glob("*.json"):
        kept.unlink()
    begun(capsys)
    assert not record(["coin"])
    change(place, '"bent": dict(share=0.9)', '"bent": dict(share=0.8)')
    assert record(["coin"])
    assert begun(capsys) == ["coin: bent seed 0"]  # the case that changed
    change(place, "CHECK = dict(share=0.5)", "CHECK = dict(share=0.4)")
    assert not Experiment("coin").is_fresh
    assert record(["coin"])
    assert begun(capsys) == [f"coin: check seed {seed}" for seed in range(3)]
    change(place, '"fair": dict(share=0.5), ', "")
    assert not Experiment("coin").is_fresh
    assert record(["coin"])
    assert begun(capsys) == []
    assert list(recordings.recorded("coin").cases) == ["bent"]


def test_anew_runs_what_the_recording_has(place, capsys):
    record(["coin"])
    for kept in (place / "journal" / "coin").glob("*.json"):
        kept.unlink()
    begun(capsys)
    assert record(["coin"], anew=True) == ["coin"]
    assert len(begun(capsys)) == 7


def test_without_a_name_only_what_is_stale_is_run(place, capsys):
    (place / "scripts" / "dice.py").write_text(SCRIPT)
    assert main(["--list"]) == 0
    said = capsys.readouterr().out
    assert said == (
        "coin: not recorded, 7 runs to do, minutes: unknown\n"
        "dice: not recorded, 7 runs to do, minutes: unknown\n"
    )
    assert main([]) == 0
    assert len(begun(capsys)) == 14
    change(place, "random() < share", "random() <= share", "dice")
    assert main(["--list"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "coin: fresh"
    assert main([]) == 0
    runs = begun(capsys)
    assert len(runs) == 7
    assert all(run.startswith("dice: ") for run in runs)


def test_the_time_is_guessed_from_the_recording(place, capsys):
    record(["coin"])
    path = place / "results" / "coin.json"
    made = json.loads(path.read_text())
    for number, run in enumerate(made["results"]):
        run["seconds"] = 60.0 * (1 + number)  # fair: 60, 120, 180; bent: 240
    for run in made["check"]:
        run["seconds"] = 20.0
    path.write_text(json.dumps(made))
    change(place, "random() < share", "random() <= share")
    coin = Experiment("coin")
    assert [coin.seconds(run) for run in coin.runs] == [120] * 3 + [240] + [20] * 3
    assert coin.state() == "coin: stale, 7 runs to do, minutes: 11"
    begun(capsys)
    record(["coin"])  # the longest first
    assert begun(capsys) == [
        "coin: bent seed 0",
        *(f"coin: fair seed {seed}" for seed in range(3)),
        *(f"coin: check seed {seed}" for seed in range(3)),
    ]


def test_several_runs_go_at_a_time(place, monkeypatch):
    change(place, "throws = [", "import time; began = time.time(); time.sleep(1); throws = [")
    change(place, '"heads": sum', '"seconds began": began, "heads": sum')
    record(["coin"], cases=["fair"], n_jobs=3)
    kept = [json.loads(p.read_text()) for p in (place / "journal" / "coin").glob("*.json")]
    began = [entry["result"]["values"]["seconds began"] for entry in kept]
    assert len(began) == 3
    assert max(began) - min(began) < 1


def test_work_ends_in_time_and_goes_on_from_a_given_journal(place, capsys):
    change(place, "throws = [", "import time; time.sleep(60 if share == 0.9 else 0); throws = [")
    journal = place / "elsewhere"
    start = time.monotonic()
    assert record(["coin"], journal=journal, n_jobs=2, minutes=0.1) == []
    assert time.monotonic() - start < 20
    said = capsys.readouterr().out
    assert "coin: bent seed 0 was stopped: the time is up" in said
    kept = {path.stem for path in (journal / "coin").glob("*")}
    assert {"fair seed 0", "fair seed 1", "fair seed 2"} <= kept
    assert "bent seed 0" not in kept
    change(place, '"bent": dict(share=0.9)', '"bent": dict(share=0.8)')
    assert record(["coin"], journal=journal, cases=["bent", "check"]) == ["coin"]
    assert "coin: bent seed 0" in begun(capsys)
    (place / "results" / "coin.json").unlink()
    assert record(["coin"], journal=journal, minutes=0) == ["coin"]
    assert begun(capsys) == []


def test_what_would_end_late_is_not_begun(place, capsys):
    record(["coin"])
    path = place / "results" / "coin.json"
    made = json.loads(path.read_text())
    for run in made["results"]:
        run["seconds"] = 3600.0
    path.write_text(json.dumps(made))
    change(place, "random() < share", "random() <= share")
    begun(capsys)
    assert record(["coin"], minutes=1) == []
    assert begun(capsys) == [f"coin: check seed {seed}" for seed in range(3)]


def test_a_run_that_fails_stops_no_other(place, capsys):
    change(place, "throws = [", "1 / (seed - 1); throws = [")
    with pytest.raises(RunError, match=r"2 of 7 runs failed; .*(?s:.)*ZeroDivisionError"):
        record(["coin"])
    assert len(list((place / "journal" / "coin").glob("*.json"))) == 5
    assert main(["coin"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_run_is_in_the_journal_whole_or_not_at_all(place, monkeypatch):
    [run, *_] = Experiment("coin").runs

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="no space"):
        record(["coin"], cases=["fair"], seeds=[0])
    assert run.kept(place / "journal") is None


def test_a_process_that_is_killed_is_noticed(place):
    change(place, "throws = [", "import os; os.kill(os.getpid(), 9); throws = [")
    path = script_named("coin")
    with pytest.raises(RunError, match="coin: fair seed 0 failed: its process ended without"):
        run_apart(runs_of(path, "code")[0])


def test_a_machine_without_git_may_run_them_too(place, monkeypatch):
    monkeypatch.setenv("PATH", str(place))
    record(["coin"])
    assert json.loads((place / "results" / "coin.json").read_text())["commit"] == "unknown"


def test_confirm_keeps_results_only_if_the_check_agrees(place, capsys):
    record(["coin"])
    path = place / "results" / "coin.json"
    old = json.loads(path.read_text())
    change(place, "range(20)]", "range(0, 20)]")
    confirm("coin")
    new = json.loads(path.read_text())
    assert new.pop("code") != old.pop("code")
    assert new == old
    assert Experiment("coin").is_fresh
    change(place, "< share", "> share")
    with pytest.raises(RunError, match=r"check with seed 0 gave heads=.* record it anew"):
        confirm("coin")
    (place / "scripts" / "dice.py").write_text(SCRIPT)
    record(["dice"])
    capsys.readouterr()
    assert main(["--confirm"]) == 1
    said = capsys.readouterr()
    assert "coin: the check with seed 0" in said.err
    assert "dice: the check gives what it gave" in said.out  # one refused stops no other


def test_confirm_notes_what_the_check_was_and_wants_the_same(place):
    record(["coin"])
    path = place / "results" / "coin.json"
    old = json.loads(path.read_text())
    del old["check_arguments"]  # as the first recordings were written
    path.write_text(json.dumps(old))
    assert not Experiment("coin").is_fresh
    confirm("coin")
    assert Experiment("coin").is_fresh
    change(place, "CHECK = dict(share=0.5)", "CHECK = dict(share=0.4)")
    with pytest.raises(RunError, match="CHECK is another than was recorded"):
        confirm("coin")


def test_confirm_compares_no_times(place):
    change(place, '"heads": sum', '"seconds so far": __import__("time").time() % 100, "heads": sum')
    record(["coin"])
    change(place, "range(20)]", "range(0, 20)]")
    confirm("coin")
    assert Experiment("coin").is_fresh


def test_confirm_sees_what_is_no_longer_returned(place):
    record(["coin"])
    change(place, ', "throws": [int(t) for t in throws]', "")
    with pytest.raises(RunError, match=r"gave throws=.*now gives None"):
        confirm("coin")


def test_wrong_names_and_numbers_are_named(place):
    with pytest.raises(RunError, match=r"no experiment 'dice'; there are: coin"):
        record(["dice"])
    with pytest.raises(RunError, match=r"no case 'round'; there are \['bent', 'check', 'fair'"):
        record(["coin"], cases=["round"])
    change(place, "sum(throws) / 20", "float('nan')")
    with pytest.raises(ValueError, match="the result 'heads' is nan"):
        run_once(script_named("coin"), 0, {"share": 0.5})
    with pytest.raises(FileNotFoundError, match=r"no experiment 'dice' is recorded.*make exper"):
        recordings.recorded("dice")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["dice"], "no experiment 'dice'; there are: coin"),
        (["dice", "--confirm"], "no experiment 'dice'; there are: coin"),
        (["coin", "--confirm"], "coin is not recorded: make experiments NAME=coin"),
        (["coin", "--case", "round"], "no case 'round'; there are"),
    ],
)
def test_what_cannot_be_run_is_said_in_a_line(place, capsys, words, said):
    assert main(words) == 1
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_what_a_recording_lacks_is_named(place):
    record(["coin"])
    coin = recordings.recorded("coin")
    with pytest.raises(KeyError, match=r"no case 'round' in coin: it has fair, bent"):
        coin.values("round", "heads")
    with pytest.raises(KeyError, match=r"no result 'tails' of 'fair' in coin: it has heads"):
        coin.values("fair", "tails")


def test_a_script_in_the_book_loads():
    for name in run_experiment.all_names():
        script = load_script(ROOT / "book" / "experiments" / f"{name}.py")
        assert callable(script.run)


def test_packed_places_are_compared_one_by_one():
    row = packed([0, 3, 0])
    assert run_experiment.results_of({"values": {"places": row, "seconds": 3}}) == {
        "places": [0, 3, 0]
    }
