"""What is read off a recommender: the scores of a person's own films."""

import numpy as np
import pytest
import torch

from plmrec_lite.applications.privacy.traces import some_events, traces_of
from plmrec_lite.data import Interactions
from plmrec_lite.recommenders import (
    EASE,
    CodeWriter,
    MatrixFactorization,
    NetworkSettings,
    Popularity,
    SequentialTransformer,
)
from plmrec_lite.training import Training

N_USERS, N_ITEMS = 60, 40


@pytest.fixture(scope="module")
def log():
    rng = np.random.default_rng(0)
    users, items = (rng.random((N_USERS, N_ITEMS)) < 0.3).nonzero()
    order = rng.permutation(len(users))
    users, items = users[order], items[order]
    return Interactions(users, items, None, range(len(users)), N_USERS, N_ITEMS)


def half(log):
    return log.select(log.users < N_USERS // 2)


@pytest.mark.parametrize("model", [EASE(1.0), MatrixFactorization(16)], ids=["EASE", "ALS"])
def test_a_member_fits_better_than_an_equal_who_is_none(log, model):
    found = traces_of(model.fit(half(log)), log.histories())
    assert found[: N_USERS // 2].mean() > found[N_USERS // 2 :].mean() + 0.1


def test_it_is_what_the_model_itself_would_score(log):
    histories = log.histories()
    for model in (EASE(), MatrixFactorization(8, n_epochs=3)):
        model.fit(log)
        found = traces_of(model, histories)
        if isinstance(model, EASE):
            scores = model.score(np.arange(N_USERS))
            own = [scores[user][history].mean() for user, history in enumerate(histories)]
            np.testing.assert_allclose(found, own, rtol=1e-5)
        one = [np.array([3, 5])]
        assert traces_of(model, one) == pytest.approx(traces_of(model, [*one, histories[0]])[:1])


def test_a_sequence_model_is_asked_for_each_film_after_those_before_it(log):
    settings = Training(n_steps=3, batch_size=16, learning_rate=0.01)
    network = NetworkSettings(d_model=8, length=6, dropout=0.0)
    model = SequentialTransformer(network=network, training=settings).fit(log)
    histories = log.histories()
    found = traces_of(model, histories)
    ids = torch.from_numpy(histories[7][-6:])[None]
    with torch.inference_mode():
        hidden, items = model.network_(ids[:, :-1])
        log_p = (hidden @ items.T).log_softmax(-1)[0]
    own = log_p[torch.arange(len(log_p)), ids[0, 1:]].mean()
    assert found[7] == pytest.approx(float(own), abs=1e-5)


def test_an_attacker_knows_some_of_the_films_in_their_order(log):
    histories = log.histories()
    known = some_events(histories, 5, seed=1)
    for whole, some in zip(histories, known, strict=True):
        assert len(some) == min(5, len(whole))
        places = [whole.tolist().index(film) for film in some]
        assert places == sorted(places)
    again, other = some_events(histories, 5, seed=1), some_events(histories, 5, seed=2)
    assert all((a == b).all() for a, b in zip(known, again, strict=True))
    assert any((a != b).any() for a, b in zip(known, other, strict=True))
    assert any(some[0] != whole[0] for whole, some in zip(histories, known, strict=True))


def test_what_cannot_be_attacked_is_named(log):
    with pytest.raises(TypeError, match="Popularity: give EASE"):
        traces_of(Popularity().fit(log), log.histories())
    with pytest.raises(TypeError, match="CodeWriter, which has no vector of an item"):
        traces_of(CodeWriter(None), log.histories())
    with pytest.raises(ValueError, match="history 1 has 1 films"):
        traces_of(EASE().fit(log), [np.array([1, 2]), np.array([1])])
    with pytest.raises(ValueError, match="n=0"):
        some_events(log.histories(), 0)
