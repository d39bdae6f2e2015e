import numpy as np
import pytest
import torch

from plmrec_lite.applications.explain.histories import ExplainedHistory
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import NetworkSettings, SequentialTransformer
from plmrec_lite.training import Training


def fitted(positions="recency", objective="next", n_blocks=2):
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(12), 8)
    items = np.concatenate([rng.permutation(20)[:8] for _ in range(12)])
    log = Interactions(users, items, np.full(96, 5), np.arange(96), 12, 20)
    network = NetworkSettings(
        d_model=8, n_heads=2, n_blocks=n_blocks, length=6, positions=positions
    )
    training = Training(n_epochs=3, batch_size=4, learning_rate=3e-2)
    return SequentialTransformer(objective, network=network, training=training).fit(log)


HISTORY = [3, 7, 11, 2, 19, 5, 8]  # one more than is read


@pytest.mark.parametrize("positions", ["recency", "learned"])
def test_scores_are_the_model_s_in_standard_deviations(positions):
    model = fitted(positions)
    explained = ExplainedHistory(model, HISTORY, 4)
    assert explained.events.tolist() == HISTORY[1:]
    kept = np.ones((2, 6), bool)
    kept[1, [0, 4]] = False
    scores = model.score_histories([HISTORY, [11, 2, 19, 8]]) - model.bonus_
    wanted = (scores[:, 4] - scores[0].mean()) / scores[0].std()
    np.testing.assert_allclose(explained.score(kept), wanted, atol=1e-5)


def test_without_events_the_score_is_that_of_one_that_says_nothing():
    explained = ExplainedHistory(fitted(), HISTORY, 4)
    found = explained.score(np.zeros((1, 6), bool))
    nothing = explained.items.mean(0)[None, None]
    with torch.no_grad():
        np.testing.assert_allclose(found, explained.from_vectors(nothing).numpy(), atol=1e-6)


def test_attention_is_that_of_the_last_place():
    explained = ExplainedHistory(fitted(), HISTORY, 4)
    for found in (explained.attention(), explained.rollout()):
        assert found.shape == (6,)
        assert found.sum() == pytest.approx(1, abs=1e-6)
    one = ExplainedHistory(fitted(n_blocks=1), HISTORY, 4)
    half = one.attention() / 2 + [0, 0, 0, 0, 0, 0.5]
    np.testing.assert_allclose(one.rollout(), half, atol=1e-6)


def test_gradients_add_up_and_occlusion_replaces_one_event():
    explained = ExplainedHistory(fitted(), HISTORY, 4)
    x = explained.items[torch.tensor(explained.events)]
    nothing = explained.items.mean(0).expand_as(x)
    one_gone = x.clone()
    one_gone[2] = nothing[2]
    with torch.no_grad():
        whole, empty, without = explained.from_vectors(torch.stack([x, nothing, one_gone])).tolist()
    assert explained.integrated_gradients(200).sum() == pytest.approx(whole - empty, abs=5e-3)
    assert explained.occlusion()[2] == pytest.approx(whole - without, abs=1e-5)


def test_what_cannot_be_explained_is_refused():
    model = fitted()
    with pytest.raises(ValueError, match="objective='masked'"):
        ExplainedHistory(fitted(objective="masked"), HISTORY, 4)
    with pytest.raises(ValueError, match="empty history"):
        ExplainedHistory(model, [], 4)
    with pytest.raises(ValueError, match=r"item.*20"):
        ExplainedHistory(model, HISTORY, 20)
