"""Every recorded experiment comes from the code that is here, and can be had again."""

import json

import numpy as np
import pytest
from experiment_code import code_hash
from run_experiment import RESULTS, all_names, load_script, results_of, run_once, script_named

FEWEST_SEEDS = 3


def within_spread(value, recorded):
    """A value among the recorded ones, or no farther off than they are from each other."""
    value, recorded = np.mean(value), [np.mean(old) for old in recorded]
    room = max(recorded) - min(recorded) + 0.02 * abs(np.mean(recorded)) + 1e-6
    return min(recorded) - room <= value <= max(recorded) + room


def read(name):
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def test_each_script_has_a_recording_and_each_recording_a_script():
    assert sorted(path.stem for path in RESULTS.glob("*.json")) == all_names()


@pytest.mark.parametrize("name", all_names())
def test_a_recording_is_not_older_than_its_code(name):
    record, script = read(name), load_script(script_named(name))
    assert record["code"] == code_hash(script_named(name)), (
        f"{name} was recorded with other code: run `make experiments NAME={name}`, or, if no "
        f"result can have changed, `make experiments NAME='{name} --confirm'`"
    )
    assert record["cases"] == json.loads(json.dumps(script.CASES))
    seeds_of = getattr(script, "SEEDS_OF", {})
    assert len(script.SEEDS) >= FEWEST_SEEDS
    found = [(run["case"], run["seed"]) for run in record["results"]]
    assert found == [(c, s) for c in script.CASES for s in seeds_of.get(c, script.SEEDS)]


@pytest.mark.parametrize("name", all_names())
def test_one_seed_run_again_falls_within_the_recorded_spread(name):
    record, path = read(name), script_named(name)
    again = run_once(path, 0, load_script(path).CHECK)
    for key, value in results_of(again).items():
        recorded = [run["values"][key] for run in record["check"]]
        assert within_spread(value, recorded), f"{key}: {value}, recorded {recorded}"


def test_the_spread_can_be_left():
    assert within_spread(0.51, [0.5, 0.52, 0.49])
    assert not within_spread(0.6, [0.5, 0.52, 0.49])
    assert not within_spread([0.0, 0.5], [[0.5, 0.5], [0.5, 0.6], [0.5, 0.4]])
