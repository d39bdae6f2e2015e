"""Scores of events that the model was not fitted on."""

from dataclasses import replace

import numpy as np
import pytest
from small_shop import N_ITEMS, shop_log

from plmrec_lite.applications.serving.folding import FoldingIn
from plmrec_lite.recommenders import EASE, ContentBased, HybridEASE, ItemKNN
from plmrec_lite.recommenders.recency import recency_weights

MODELS = [EASE(20), EASE(20, decay=0.7), ItemKNN(5), HybridEASE(3.0, 20)]


def fitted(model, log):
    vectors = np.random.default_rng(1).normal(size=(log.n_items, 4))
    return model.fit(log, vectors)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_without_new_events_it_answers_as_the_model_does(model):
    folding = FoldingIn(fitted(model, shop_log()))
    for user in range(8):
        profile = folding.profile(user, [])
        np.testing.assert_array_equal(folding.score(profile), model.score([user])[0])
        items, scores = folding.recommend(profile, 5)
        assert items == model.recommend([user], 5)[0].tolist()
        assert scores == folding.score(profile)[items].tolist()


@pytest.mark.parametrize("decay", [1.0, 0.7])
def test_new_events_weigh_what_they_would_in_a_longer_log(decay):
    log = shop_log()
    folding = FoldingIn(EASE(20, decay=decay).fit(log))
    new = [3, int(log.histories()[0][0]), 9]  # one of them was met before
    later = replace(
        log,
        users=np.append(log.users, [0, 0, 0]),
        items=np.append(log.items, new),
        timestamps=np.append(log.timestamps, log.timestamps.max() + np.arange(1, 4)),
    )
    expected = recency_weights(later, decay)[[0]].toarray()
    np.testing.assert_allclose(folding.profile(0, new).toarray(), expected, rtol=1e-12)


def test_a_new_person_scores_as_a_known_one_with_the_same_events():
    log = shop_log()
    folding = FoldingIn(EASE(20).fit(log))
    met = log.histories()[2].tolist()
    np.testing.assert_array_equal(
        folding.score(folding.profile(None, met)), folding.score(folding.profile(2, []))
    )


def test_what_was_met_does_not_come_back_and_the_list_may_end():
    folding = FoldingIn(EASE(20).fit(shop_log()))
    items, _ = folding.recommend(folding.profile(None, [4, 5]), N_ITEMS)
    assert sorted([*items, 4, 5]) == list(range(N_ITEMS))


def test_a_person_without_events_gets_the_popular_items():
    log = shop_log()
    model = EASE(20).fit(log)
    items, scores = FoldingIn(model).recommend(FoldingIn(model).profile(None, []), 3)
    assert items == np.lexsort((np.arange(N_ITEMS), -log.popularity()))[:3].tolist()
    assert scores == log.popularity()[items].tolist()
    assert FoldingIn(model).explain(FoldingIn(model).profile(None, []), 3) == ([], [])


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_an_explanation_adds_up_to_the_score(model):
    folding = FoldingIn(fitted(model, shop_log()))
    profile = folding.profile(1, [3, 7])
    for item in range(N_ITEMS):
        events, parts = folding.explain(profile, item)
        assert sum(parts) == pytest.approx(folding.score(profile)[item], abs=1e-6)
        assert set(events) <= set(profile.indices.tolist())
        assert np.all(np.diff(np.abs(parts)) <= 0)
        if events:  # without its largest event an item loses what that event added
            rest = [i for i in profile.indices.tolist() if i != events[0]]
            if folding.decay == 1:
                less = folding.score(folding.profile(None, rest))[item]
                assert folding.score(profile)[item] - less == pytest.approx(parts[0], abs=1e-6)


def test_another_kind_of_model_is_refused_with_what_to_serve():
    with pytest.raises(ValueError, match=r"content cannot .*serve EASE, HybridEASE or ItemKNN"):
        FoldingIn(ContentBased())
