import numpy as np
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import FadedItemKNN, ItemKNN

# User 0 meets item 0, then 1. Item 2 is like item 0, and item 3 like item 1.
LOG = Interactions([0, 0, 1, 1, 2, 2], [0, 1, 0, 2, 1, 3], [1] * 6, [1, 2, 3, 4, 5, 6], 3, 4)


def test_the_neighbours_of_the_latest_item_come_first():
    plain, faded = (FadedItemKNN(4, decay=d).fit(LOG).score([0])[0] for d in (1.0, 0.5))
    assert plain[2] == plain[3] > 0
    assert (faded[2], faded[3]) == pytest.approx((plain[2] / 2, plain[3]))


def test_without_decay_it_is_item_knn_and_needs_no_times():
    log = Interactions(LOG.users, LOG.items, None, None, 3, 4)
    model = FadedItemKNN(3, shrinkage=2.0, decay=1.0).fit(log)
    expected = ItemKNN(3, shrinkage=2.0).fit(log).score([0, 1, 2])
    np.testing.assert_allclose(model.score([0, 1, 2]), expected, rtol=1e-6)
    with pytest.raises(ValueError, match=r"decay=0\.5 needs timestamps"):
        FadedItemKNN(decay=0.5).fit(log)


def test_the_similarities_are_those_of_plain_rows():
    faded, plain = FadedItemKNN(3, decay=0.1).fit(LOG), ItemKNN(3).fit(LOG)
    assert (faded.similarity_ != plain.similarity_).nnz == 0


@pytest.mark.parametrize("decay", [0, 1.5, np.nan])
def test_decay_is_a_share(decay):
    with pytest.raises(ValueError, match=f"decay={decay}"):
        FadedItemKNN(decay=decay).fit(LOG)


@pytest.mark.parametrize(("setting", "value"), [("n_neighbours", 0), ("shrinkage", -1.0)])
def test_the_other_settings_are_checked_as_in_item_knn(setting, value):
    with pytest.raises(ValueError, match=f"{setting}={value}"):
        FadedItemKNN(**{setting: value}).fit(LOG)
