import numpy as np
import pytest

from plmrec_lite.applications.social.unwanted import filtered_out, threshold_that_loses

RNG = np.random.default_rng(0)
UNWANTED = RNG.random(500) < 0.3
SCORES = RNG.normal(size=500) + 2 * UNWANTED


@pytest.mark.parametrize("share", [0, 0.001, 0.01, 0.2, 0.5, 0.999, 1])
def test_the_threshold_loses_no_more_and_a_lower_one_would(share):
    threshold = threshold_that_loses(SCORES, UNWANTED, share)
    wanted = SCORES[~UNWANTED]
    allowed = int(share * len(wanted))
    assert (wanted > threshold).sum() == allowed
    lower = np.nextafter(threshold, -np.inf)
    assert share == 1 or (wanted > lower).sum() > allowed


def test_equal_scores_stay_together():
    scores = [0.5, 0.5, 0.5, 0.9]
    assert threshold_that_loses(scores, [False, False, False, True], 0.4) == 0.5


def test_a_share_is_not_rounded_down_by_the_last_digit():
    scores = np.arange(100.0)
    for n in range(100):  # 0.29 * 100 is 28.999999999999996
        threshold = threshold_that_loses(scores, np.zeros(100, dtype=bool), n / 100)
        assert (scores > threshold).sum() == n


def test_shares_by_kind():
    found = filtered_out([0.5, 0.6, 0.9, 0.1], ["a", "a", "b", "a"], threshold=0.5)
    assert found == {"a": pytest.approx(1 / 3), "b": 1.0}


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match=r"share=1\.5"):
        threshold_that_loses(SCORES, UNWANTED, 1.5)
    with pytest.raises(ValueError, match="no message is wanted"):
        threshold_that_loses([1.0], [True], 0.1)
