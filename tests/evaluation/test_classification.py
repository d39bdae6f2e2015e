"""The measures of a classifier: by hand, and equal to scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_recall_fscore_support

from plmrec_lite.evaluation.classification import class_scores, macro_f1


def test_macro_f1_by_hand():
    # good: precision 2/3, recall 1, F1 0.8; bad: precision 1, recall 1/2, F1 2/3
    value = macro_f1(["good", "good", "bad", "bad"], ["good", "good", "good", "bad"])
    assert value == pytest.approx((0.8 + 2 / 3) / 2)


def test_guessing_the_common_class_does_not_pay():
    targets = np.array([1] * 90 + [0] * 10)
    assert macro_f1(targets, np.ones(100)) == pytest.approx((2 * 90 / 190 + 0) / 2)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_macro_f1_equals_scikit_learn(pairs):
    targets, predictions = map(np.array, zip(*pairs, strict=True))
    peer = f1_score(targets, predictions, average="macro", zero_division=0)
    assert macro_f1(targets, predictions) == pytest.approx(peer)


@pytest.mark.parametrize(("targets", "predictions"), [([], []), ([1], [1, 2]), ([[1]], [[1]])])
def test_macro_f1_bad_input(targets, predictions):
    with pytest.raises(ValueError, match="one class for each example"):
        macro_f1(targets, predictions)


def test_class_scores_equal_scikit_learn():
    rng = np.random.default_rng(0)
    targets, predictions = rng.integers(3, size=(2, 60))
    table = class_scores(targets, predictions, ["a", "b", "c"])
    peer = precision_recall_fscore_support(targets, predictions)
    for name, values in zip(("precision", "recall", "F1"), peer, strict=False):
        found = [float(cell.split()[0]) for cell in table[name]]
        assert found == pytest.approx([*values, values.mean()], abs=5e-4)
    assert table["examples"].tolist() == [*peer[3], 60]


def test_class_scores_of_several_seeds_are_their_mean_and_an_interval_holds_it():
    rng = np.random.default_rng(1)
    targets, *seeds = rng.integers(2, size=(4, 80))
    table = class_scores(targets, np.stack(seeds), ["a", "b"], groups=np.arange(80) // 2)
    value, low, high = (float(part.strip("[],")) for part in table.loc["a", "recall"].split())
    assert value == pytest.approx(np.mean([(s[targets == 0] == 0).mean() for s in seeds]), abs=5e-4)
    assert low < value < high


def test_what_is_of_one_group_is_drawn_together():
    targets, predictions = np.random.default_rng(2).integers(2, size=(2, 30))
    groups, names = np.repeat(np.arange(30), 3), ["precision", "recall", "F1"]
    alone = class_scores(targets, predictions, ["a", "b"])[names]
    thrice = np.repeat(targets, 3), np.repeat(predictions, 3), ["a", "b"]
    assert class_scores(*thrice, groups=groups)[names].equals(alone)
    assert not class_scores(*thrice)[names].equals(alone)


def test_a_class_that_is_never_predicted():
    table = class_scores([0, 1, 1], [1, 1, 1], ["a", "b"])
    assert table.loc["a", "precision"] == "0.000 [0.000, 0.000]"


@pytest.mark.parametrize("predictions", [[0], [[0, 1], [1, 0], [0, 0]]])
def test_class_scores_bad_shapes(predictions):
    with pytest.raises(ValueError, match="one class for each example"):
        class_scores([0, 1, 1], predictions, ["a", "b"])
