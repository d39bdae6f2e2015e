"""A linear map in the place of a language model: the same training, and a ridge at its start."""

import numpy as np
import pytest
import torch

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import ItemRidge, LinearTower, TextTower
from plmrec_lite.recommenders.tower import base
from plmrec_lite.recommenders.tower.base import Tower
from plmrec_lite.recommenders.tower.linear import LinearMap
from plmrec_lite.recommenders.tower.losses import cold_start_loss
from plmrec_lite.text.upper_layers import LowerStates
from plmrec_lite.training import Training

RNG = np.random.default_rng(0)
N_USERS, N_ITEMS = 60, 80
COLD = np.arange(N_ITEMS) >= 64
USEFUL = RNG.normal(size=(N_ITEMS, 2))
VECTORS = np.hstack([USEFUL, 4 * RNG.normal(size=(N_ITEMS, 10))]) + 3  # much noise, off centre
LIKES = RNG.normal(size=(N_USERS, 2)) @ USEFUL.T > 1.0
LOG = Interactions(*np.nonzero(LIKES & ~COLD), None, None, N_USERS, N_ITEMS)


def tower(n_steps, **settings):
    training = Training(n_steps=n_steps, batch_size=32, learning_rate=0.02)
    return LinearTower(**{"regularization": 3.0, "training": training} | settings)


def wins(model):
    """How often a liked cold item stands above one that is not liked."""
    scores, liked = model.score(range(N_USERS))[:, COLD], LIKES[:, COLD]
    pairs = [
        (s[w][:, None] > s[~w]).mean()
        for s, w in zip(scores, liked, strict=True)
        if 0 < w.sum() < w.size
    ]
    return np.mean(pairs)


def test_untrained_it_is_the_ridge_on_scaled_vectors():
    model = tower(0).fit(LOG, VECTORS)
    known = VECTORS[LOG.popularity() > 0]
    centred = VECTORS - known.mean(axis=0)
    scaled = centred / np.sqrt(((known - known.mean(axis=0)) ** 2).sum(axis=1).mean())
    np.testing.assert_allclose(model.item_vectors_, scaled, rtol=1e-4, atol=1e-5)
    ridge = ItemRidge(3.0).fit(LOG, scaled)
    taste = ridge.W_.T @ scaled.T
    np.testing.assert_allclose(model.score(range(N_USERS))[0], taste[0], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("loss", ["cold start", "who", "match"])
def test_units_and_origin_of_the_vectors_do_not_matter(loss):
    vectors = (unit * (VECTORS - 30 * (unit > 1)) for unit in (1, 100))
    one, other = (tower(5, loss=loss).fit(LOG, rows) for rows in vectors)
    np.testing.assert_allclose(one.item_vectors_, other.item_vectors_, rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("loss", ["cold start", "who", "match"])
def test_training_finds_the_columns_that_tell(loss):
    start, end = (tower(n, loss=loss).fit(LOG, VECTORS) for n in (0, 60))
    assert wins(end) > wins(start) + 0.02
    lengths = np.linalg.norm(end.upper_.weight.detach() + torch.eye(12), axis=1)
    assert lengths[:2].mean() > 1.2 * lengths[2:].mean()


def test_cold_items_never_touch_training():
    warm = LOG.popularity() > 0
    others = np.where(warm[:, None], VECTORS, 50 * VECTORS[::-1])
    one, other = (tower(5).fit(LOG, rows) for rows in (VECTORS, others))
    assert one.upper_.weight.equal(other.upper_.weight)
    assert (one.item_vectors_[warm] == other.item_vectors_[warm]).all()


def test_it_is_trained_by_the_same_objective_and_batches_as_a_text_tower(monkeypatch):
    made, objective, batches = {}, base.TowerObjective, base.TowerBatches

    def keep(name, kind):
        def build(*args, **settings):
            made[name] = kind(*args, **settings)
            return made[name]

        return build

    monkeypatch.setattr(base, "TowerObjective", keep("objective", objective))
    monkeypatch.setattr(base, "TowerBatches", keep("batches", batches))
    model = tower(0).fit(LOG, VECTORS)
    batch = next(made["batches"].epoch(0))
    rows = torch.cat([part["states"][:, 0] for part in batch["texts"].values()])[batch["order"]]
    centre, scale = made["objective"].centre, made["objective"].scale
    wanted = cold_start_loss((rows - centre) / scale, batch["met"], 8, 3.0)  # a quarter of 32
    torch.testing.assert_close(made["objective"](batch)["loss"], wanted)
    assert made["objective"].upper is model.upper_
    assert TextTower._learn is LinearTower._learn is Tower._learn


def test_a_map_adds_to_its_rows():
    linear = LinearMap(2)
    rows = torch.tensor([[[1.0, 2.0]], [[0.0, 1.0]]])
    assert linear(rows).tolist() == [[1, 2], [0, 1]]
    with torch.no_grad():
        linear.weight += torch.tensor([[0.0, 1.0], [0.0, 0.0]])
    assert linear(rows, None).tolist() == [[1, 3], [0, 1]]
    assert linear.all_vectors(LowerStates(list(rows))).tolist() == [[1, 3], [0, 1]]


def test_other_items_get_vectors_of_the_same_kind():
    model = tower(5).fit(LOG, VECTORS)
    np.testing.assert_allclose(
        model.encode(VECTORS[70:]), model.item_vectors_[70:], rtol=1e-4, atol=1e-6
    )
    for bad in (VECTORS[:, :3], VECTORS[0], VECTORS * np.nan):
        with pytest.raises(ValueError, match=r"shape \(.*\): give finite numbers in 12 columns"):
            model.encode(bad)


def test_watch_sees_the_start_and_the_end():
    seen = {}
    model = tower(6, watch=lambda step, m: seen.update({step: m.item_vectors_}))
    model.fit(LOG, VECTORS)
    assert list(seen) == [0, 1, 2, 3, 4, 5, 6]
    assert (seen[6] == model.item_vectors_).all()
    assert (seen[0] == tower(0).fit(LOG, VECTORS).item_vectors_).all()


def test_the_seed_is_of_the_first_user_vectors_too(monkeypatch):
    handed, made = [], base.TowerObjective
    monkeypatch.setattr(base, "TowerObjective", lambda *a: handed.append(a[-1]) or made(*a))
    for seed in (4, 5):
        tower(1, training=Training(n_steps=1, batch_size=32, seed=seed)).fit(LOG, VECTORS)
    assert handed == [4, 5]
