"""Every recorded experiment comes from the code that is here, and can be had again."""

import json
import os

import numpy as np
import pytest
from agreement import apart_by_chance, disagreements, results_of, same_order, within_spread
from experiment_runs import load_script, run_once
from run_experiment import RESULTS, Experiment, all_names, read, script_named

FEWEST_SEEDS = 3
# Of a file, and without its rows of places; attacks keep a score for each person and model.
MOST_BYTES, MOST_BESIDES = 2_100_000, 1_900_000
RECORDED = all_names()


def test_each_script_has_a_recording_and_each_recording_a_script():
    assert sorted(path.stem for path in RESULTS.glob("*.json")) == RECORDED


@pytest.mark.parametrize("name", RECORDED)
def test_a_recording_is_not_older_than_its_code(name):
    experiment = Experiment(name)
    assert experiment.is_fresh, (
        f"{name} was recorded with other code, data or settings: run `make experiments "
        f"NAME={name}`, or, if no result can have changed, `make experiments NAME='{name} "
        "--confirm'`"
    )
    script, record = load_script(script_named(name)), experiment.record
    assert record["cases"] == json.loads(json.dumps(script.CASES))
    assert len(script.SEEDS) >= FEWEST_SEEDS
    assert record["device"]
    assert len(record["commit"]) > 4


@pytest.fixture
def texts_read_here(tmp_path_factory, monkeypatch):
    """An empty vector cache for all checks: each text is read once, by the code that is here."""
    from plmrec_lite.text import vector_cache
    from plmrec_lite.text.encoder import TextEncoder

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # which all workers share
    monkeypatch.setattr(vector_cache, "vectors_folder", lambda: folder / "vectors read here")
    defaults = (None, None, True, "torch")  # cache=True
    monkeypatch.setattr(TextEncoder.__init__, "__defaults__", defaults)


@pytest.mark.parametrize("name", RECORDED)
def test_a_recording_is_small_for_what_it_holds(name):
    text = (RESULTS / f"{name}.json").read_text(encoding="utf-8")
    runs = [run["values"] for part in ("results", "check") for run in json.loads(text)[part]]
    rows = sum(len(value) for run in runs for value in run.values() if isinstance(value, str))
    cure = "write it anew with tools/run_experiment.py, which packs long lists; record fewer values"
    assert len(text) - rows <= MOST_BESIDES, cure
    assert len(text) <= MOST_BYTES, cure


@pytest.mark.parametrize("name", RECORDED)
def test_one_seed_run_again_gives_what_was_recorded(name, texts_read_here):
    record, path = read(name), script_named(name)
    again = run_once(path, 0, load_script(path).CHECK)
    assert disagreements(results_of(again), checks(record)) == []


def checks(record):
    return [results_of(run) for run in record["check"]]


def few_orders(values):
    """Whether a list is so short, with a value twice, that a shuffle may say the same."""
    return len(values) <= 3 and len(set(values)) < len(values)


def recorded_lists():
    """Every list of the small runs that has enough values to tell its order, of every seed."""
    return [
        pytest.param(found, seed, key, id=f"{name}, {key}, seed {seed}")
        for name in RECORDED
        for found in [checks(read(name))]
        for seed, run in enumerate(found)
        for key, value in run.items()
        if isinstance(value, list) and len(set(value)) > 1 and not few_orders(value)
    ]


def some_value_moves(values, shuffled):
    """Whether a shuffle changes a value by more than a tenth of the list's range."""
    old, new = np.asarray(values, dtype=float), np.asarray(shuffled, dtype=float)
    return np.abs(old - new).max() > 0.1 * np.ptp(old)


@pytest.mark.parametrize(("found", "seed", "key"), recorded_lists())
def test_a_recorded_list_agrees_with_itself_and_not_when_it_is_shuffled(found, seed, key):
    values, rng = found[seed][key], np.random.default_rng(seed)
    recorded = [{key: run[key]} for run in found]
    assert disagreements({key: values}, recorded) == []
    for _ in range(20):
        shuffled = rng.permutation(values).tolist()
        while not some_value_moves(values, shuffled):
            shuffled = rng.permutation(values).tolist()
        [line] = disagreements({key: shuffled}, recorded)
        assert line == f"{key}: its values lie in other places than the recorded ones"


@pytest.mark.parametrize("name", RECORDED)
def test_each_seed_of_a_check_agrees_with_all_of_them(name):
    found = checks(read(name))
    assert [disagreements(run, found) for run in found] == [[]] * len(found)


def test_the_spread_can_be_left():
    assert within_spread(0.51, [0.5, 0.52, 0.49])
    assert not within_spread(0.6, [0.5, 0.52, 0.49])
    assert not within_spread([0.0, 0.5], [[0.5, 0.5], [0.5, 0.6], [0.5, 0.4]])


def test_a_list_may_differ_a_little():
    rng = np.random.default_rng(0)
    amounts = rng.random(100)
    assert same_order((amounts + 0.02 * rng.standard_normal(100)).tolist(), [amounts.tolist()])
    assert same_order(amounts.tolist(), [rng.random(100).tolist(), amounts.tolist()])
    assert not same_order(rng.random(100).tolist(), [amounts.tolist()])
    assert not same_order(amounts.tolist()[1:], [amounts.tolist()])
    swapped = np.concatenate([amounts[50:], amounts[:50]])
    assert not same_order(swapped.tolist(), [amounts.tolist()])


def test_truth_values_agree_as_numbers_do():
    right = [True, False, True, True, False, True, False, False] * 5
    assert disagreements({"a": right}, [{"a": right}]) == []
    [line] = disagreements({"a": right[1:] + right[:1]}, [{"a": right}])
    assert "in other places" in line


def test_labels_agree_by_the_share_that_is_the_same():
    old = [0] * 30 + [2] * 30
    assert same_order([2, *old[1:]], [old], labels=True)
    assert same_order([0] * 24 + [2] * 36, [old], labels=True)
    assert not same_order([0] * 20 + [2] * 40, [old], labels=True)
    assert same_order([1] * 3 + old[3:], [old], labels=True)
    rare = [2] * 19 + [1]
    assert same_order([2] * 20, [rare], labels=True)  # one label
    assert not same_order([1] + [2] * 19, [rare], labels=True)
    moved = [0] * 27 + [1] * 6 + [2] * 27
    many = [0] * 24 + [1] * 12 + [2] * 24
    assert disagreements({"places": many}, [{"places": old}]) == []
    assert disagreements({"predictions, 50": many}, [{"predictions, 50": old}])
    assert disagreements({"predictions, 50": moved}, [{"predictions, 50": old}]) == []


def test_what_only_one_of_two_runs_found_is_named():
    assert disagreements({"a": 1.0, "b": 2.0}, [{"a": 1.0, "c": 2.0}]) == [
        "b, c: found by only one of the two"
    ]
    assert disagreements({"a": 1.2}, [{"a": 1.0}]) == ["a: 1.2, recorded 1"]


def test_sequences_train_as_long_as_validation_chose():
    chosen = load_script(script_named("sequences")).CHOSEN
    objectives = load_script(script_named("objectives"))
    found = {}
    for run in Experiment("objectives").record["results"]:
        found.setdefault(run["case"], []).append(run["values"])
    mean = {
        case: np.mean([values["ndcg by share of EASE"] for values in runs], axis=0)
        for case, runs in found.items()
    }
    for name in objectives.OBJECTIVES:
        cases = {case: mean[case] for case in mean if case.rpartition(", ")[0] == name}
        best = max(cases, key=lambda case: cases[case][0])
        share = objectives.SHARES[int(np.argmax(cases[best]))]
        assert chosen[name] == (objectives.CASES[best]["n_epochs"], share), name


@pytest.mark.parametrize("shape", [(1,), (7,), (30,), (12, 3)])
def test_the_mean_over_all_pairs_is_that_of_the_table_of_pairs(shape):
    values = np.random.default_rng(1).integers(0, 4, shape).astype(float)
    pairs = values[:, None], values[None, :]
    assert apart_by_chance(values, False) == pytest.approx(np.abs(pairs[0] - pairs[1]).mean())
    assert apart_by_chance(values, True) == pytest.approx((pairs[0] != pairs[1]).mean())
