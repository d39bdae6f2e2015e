"""Whatever takes a seed refuses a bad one by one checker, before it does anything else."""

import contextlib
import importlib
import inspect
import pkgutil
import re

import numpy as np
import pytest
import torch

import plmrec_lite
from plmrec_lite.recommenders import Recommender
from plmrec_lite.runtime import check_seed, own_seed
from plmrec_lite.training import Training


def public_callables():
    """The public functions, classes and methods of the library, by dotted name."""
    for found in pkgutil.walk_packages(plmrec_lite.__path__, "plmrec_lite."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", None) != found.name:
                continue
            yield f"{found.name}.{name}", value
            if inspect.isclass(value):
                for method, member in vars(value).items():
                    if not method.startswith("_") and inspect.isfunction(member):
                        yield f"{found.name}.{name}.{method}", member


def is_a_door(thing):
    """What ``train`` walks through has its seed from Training; recommenders check it in ``fit``."""
    walked = hasattr(thing, "epoch") or hasattr(thing, "set_epoch")
    if walked or not callable(thing) or "seed" not in _parameters(thing):
        return False
    return not (inspect.isclass(thing) and issubclass(thing, Recommender))


def _parameters(thing):
    try:
        return inspect.signature(thing).parameters
    except (TypeError, ValueError):
        return {}


DOORS = {name: thing for name, thing in public_callables() if is_a_door(thing)}


def test_doors_of_every_kind_are_found():
    found = {name.removeprefix("plmrec_lite.") for name in DOORS}
    assert found > {
        "nn.skip_gram.SkipGram",
        "data.splits.random_split",
        "evaluation.report.Report.compare",
        "training.settings.Training",
    }


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("seed", [-1, 0.5, "7", True, 2**63])
def test_a_bad_seed_is_named_before_anything_else_is_looked_at(name, seed):
    door = DOORS[name]
    given = {
        key: None
        for key, parameter in _parameters(door).items()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL
        if parameter.kind is not parameter.VAR_KEYWORD
    }
    given |= {"n_steps": 1} if door is Training else {}
    with pytest.raises(ValueError, match=re.escape(f"seed={seed!r}: give an integer from 0 to ")):
        _gone_through(door(**given | {"seed": seed}))


def _gone_through(found):
    """What only begins when it is asked, a generator or a context, is asked."""
    if inspect.isgenerator(found):
        next(found)
    if isinstance(found, contextlib.AbstractContextManager):
        found.__enter__()


def test_several_numbers_are_a_seed_too():
    check_seed([3, np.int64(0)])
    with pytest.raises(ValueError, match=r"seed=\[3, -1\]: give an integer"):
        check_seed([3, -1])


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_the_ends_of_the_range_are_seeds(seed):
    with own_seed(seed):
        assert torch.rand(1) < 1
    assert Training(n_steps=1, seed=seed).seed == seed
