import numpy as np
import pytest

from plmrec_lite.applications.multimodal.folds import family_folds, scaled_by

FAMILIES = np.repeat(np.arange(40), np.r_[[8, 5], np.ones(38, dtype=int)])


@pytest.mark.parametrize("n_folds", [3, 5])
def test_each_item_is_tested_once_and_no_family_is_parted(n_folds):
    folds = family_folds(FAMILIES, n_folds)
    assert len(folds) == n_folds
    tested = np.concatenate([fold.test for fold in folds])
    assert sorted(tested.tolist()) == list(range(len(FAMILIES)))
    for fold in folds:
        assert sorted(np.concatenate(fold).tolist()) == list(range(len(FAMILIES)))
        kinds = [set(FAMILIES[part].tolist()) for part in fold]
        assert not (kinds[0] & kinds[1] or kinds[0] & kinds[2] or kinds[1] & kinds[2])
    for fold, following in zip(folds, [*folds[1:], folds[0]], strict=True):
        assert fold.validation.tolist() == following.test.tolist()


def test_folds_are_of_about_equal_size_and_change_with_the_seed():
    sizes = [len(fold.test) for fold in family_folds(FAMILIES)]
    assert max(sizes) - min(sizes) <= 3
    first, again, other = (family_folds(FAMILIES, seed=seed)[0].test for seed in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()


def test_too_few_folds_or_families_are_refused():
    with pytest.raises(ValueError, match="n_folds=2: give an integer, 3 or larger"):
        family_folds(FAMILIES, 2)
    with pytest.raises(ValueError, match="2 families for n_folds=3: give at least one each"):
        family_folds([0, 0, 1], 3)
    assert sorted(fold.test.tolist() for fold in family_folds([0, 0, 1, 2], 3)) == [
        [0, 1],
        [2],
        [3],
    ]


def test_vectors_are_scaled_by_the_training_rows_alone():
    vectors = np.array([[1.0, 0], [3, 0], [100, 7]])
    scaled = scaled_by(vectors, [0, 1])
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, [[-1, 0], [1, 0], [98, 7]], rtol=1e-6)
    assert scaled_by(np.ones((3, 2)), [0, 1]).tolist() == [[0, 0]] * 3
