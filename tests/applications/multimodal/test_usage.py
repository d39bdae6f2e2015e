import numpy as np
import pytest

from plmrec_lite.applications.multimodal.folds import family_folds
from plmrec_lite.applications.multimodal.usage import explained, out_of_fold

RNG = np.random.default_rng(0)
VECTORS = RNG.normal(size=(90, 5))
TARGET = VECTORS @ RNG.normal(size=5) + 3 + 0.1 * RNG.normal(size=90)
FOLDS = family_folds(np.arange(90) // 2)


def test_what_is_linear_is_predicted():
    predicted, chosen = out_of_fold(VECTORS, TARGET, FOLDS, penalties=(0.01, 1000.0))
    assert explained(TARGET, predicted) > 0.95
    assert chosen == [0.01] * 5


def test_what_is_chance_is_not_predicted():
    noise = RNG.normal(size=90)
    predicted, chosen = out_of_fold(VECTORS, noise, FOLDS, penalties=(0.01, 1000.0))
    assert explained(noise, predicted) < 0.1
    assert max(chosen) == 1000.0


def test_no_row_is_predicted_from_itself():
    """A table that knows each row by heart knows no other one."""
    predicted, _ = out_of_fold(np.eye(90), TARGET, FOLDS)
    assert explained(TARGET, predicted) < 0.01


def test_the_share_that_is_explained():
    assert explained([1.0, 2.0, 3.0], np.array([1.0, 2.0, 3.0])) == 1
    assert explained([1.0, 2.0, 3.0], np.array([2.0, 2.0, 2.0])) == 0
    assert explained([1.0, 2.0, 3.0], np.array([3.0, 2.0, 1.0])) == -3


def test_targets_that_are_missing_are_refused():
    with pytest.raises(ValueError, match="90 vectors and 90 targets, 1 of them no number"):
        out_of_fold(VECTORS, np.r_[np.nan, TARGET[1:]], FOLDS)
    with pytest.raises(ValueError, match="90 vectors and 3 targets"):
        out_of_fold(VECTORS, TARGET[:3], FOLDS)
