import json

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from tiny_tower import tiny_bert, tiny_tower

from plmrec_lite.data import Interactions, cold_item_split
from plmrec_lite.recommenders import ItemRidge, TextTower
from plmrec_lite.text import TextEncoder

N_USERS, N_ITEMS = 20, 26


def log_of(X):
    users, items = np.nonzero(X)
    n = len(users)
    return Interactions(users, items, np.full(n, 5), np.arange(n), *X.shape)


@pytest.fixture(scope="module")
def log():
    return log_of(np.random.default_rng(0).random((N_USERS, N_ITEMS)) < 0.4)


def equal(one, other):
    same_items = np.array_equal(one.item_vectors_, other.item_vectors_)
    return same_items and np.array_equal(one.user_vectors_, other.user_vectors_)


@pytest.mark.parametrize("loss", ["cold start", "who", "match"])
def test_a_tiny_data_set_is_learned_to_the_full(loss):
    X = np.zeros((6, 8), dtype=bool)
    X[:3, :4] = X[3:, 4:] = True  # two tastes
    tower = tiny_tower(
        8, loss=loss, n_layers=2, n_steps=150, batch_size=8, learning_rate=3e-3, regularization=0.1
    ).fit(log_of(X))
    assert tower.losses_[-20:].mean() < 0.7 * tower.losses_[:20].mean()
    scores = tower.score(range(6))
    assert scores[X].min() > scores[~X].max()


@pytest.mark.parametrize("loss", ["cold start", "who", "match"])
def test_cold_items_never_touch_training(log, loss):
    split = cold_item_split(log, share=0.3, seed=0, min_rating=0)
    cold = np.flatnonzero(split.candidates["test"] | split.candidates["validation"])
    warm = np.setdiff1d(np.arange(N_ITEMS), cold)
    clean = tiny_tower(loss=loss).fit(split.train)
    poisoned = tiny_tower(loss=loss)
    for item in cold:
        poisoned.texts[item] = "z z z z z z z"
    poisoned.fit(split.train)
    assert (poisoned.user_vectors_ == clean.user_vectors_).all()
    assert (poisoned.losses_ == clean.losses_).all()
    np.testing.assert_allclose(poisoned.item_vectors_[warm], clean.item_vectors_[warm], atol=1e-6)
    assert (poisoned.item_vectors_[cold] != clean.item_vectors_[cold]).any(axis=1).all()


def test_shuffled_test_labels_change_no_training_result(log):
    split = cold_item_split(log, share=0.3, seed=0, min_rating=0)
    hidden = ~np.isin(log.items, np.unique(split.train.items))
    users = log.users.copy()
    users[hidden] = np.random.default_rng(1).permutation(users[hidden])
    shuffled = Interactions(users, log.items, log.ratings, log.timestamps, N_USERS, N_ITEMS)
    again = cold_item_split(shuffled, share=0.3, seed=0, min_rating=0)
    assert not np.array_equal(again.test.users, split.test.users)
    assert equal(tiny_tower().fit(split.train), tiny_tower().fit(again.train))


def test_without_steps_it_is_ridge_on_the_frozen_vectors(log):
    tower = tiny_tower(n_steps=0).fit(log)
    vectors = TextEncoder(tower.model).encode(tower.texts, normalize=False).astype(np.float64)
    vectors -= vectors.mean(0)
    vectors /= np.sqrt((vectors**2).sum(1).mean())
    np.testing.assert_allclose(tower.item_vectors_, vectors, atol=1e-5)
    ridge = ItemRidge(tower.regularization).fit(log, vectors)
    users = np.arange(N_USERS)
    np.testing.assert_allclose(tower.score(users), ridge.score(users), atol=1e-4)
    assert tower.losses_.size == 0


def test_training_moves_the_upper_layers_only(log):
    tower = tiny_tower(n_layers=1).fit(log)
    before = TextEncoder(tower.model).model.encoder.layer
    for lower, fresh in zip(
        tower.encoder_.model.encoder.layer.parameters(), before.parameters(), strict=True
    ):
        assert lower.equal(fresh)
    moved = [
        not new.equal(old)
        for new, old in zip(tower.upper_.layers.parameters(), before[-1].parameters(), strict=True)
    ]
    assert np.mean(moved) > 0.9


def test_the_seed_decides(log):
    assert equal(tiny_tower(seed=1).fit(log), tiny_tower(seed=1).fit(log))
    assert not equal(tiny_tower(seed=1).fit(log), tiny_tower(seed=2).fit(log))


def test_fit_leaves_the_global_generators_alone(log):
    state = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    tiny_tower(loss="match").fit(log)
    assert torch.get_rng_state().equal(state[0])
    assert (np.random.get_state()[1] == state[1]).all()  # noqa: NPY002


def test_it_is_watched_on_its_way(log):
    seen = {}
    tower = tiny_tower(n_steps=20, watch=lambda step, vectors: seen.update({step: vectors}))
    tower.fit(log)
    assert sorted(seen) == [0, 3, 6, 10, 13, 16, 20]
    assert seen[20].shape == (N_ITEMS, 8)
    np.testing.assert_allclose(
        (seen[20] - tower.centre_) / tower.scale_, tower.item_vectors_, atol=1e-6
    )
    unwatched = tiny_tower(n_steps=20).fit(log)
    assert equal(tower, unwatched)  # looking does not disturb


@pytest.mark.parametrize("settings", [{}, {"lora_rank": 2, "n_layers": 2}])
def test_saved_and_loaded_it_serves_alike(log, tmp_path, settings):
    tower = tiny_tower(**settings).fit(log)
    tower.name = "mine"
    tower.save(tmp_path / "new" / "tower")
    served = TextTower.load(tmp_path / "new" / "tower")
    users = np.arange(N_USERS)
    assert (served.score(users) == tower.score(users)).all()
    assert (served.recommend(users, k=5) == tower.recommend(users, k=5)).all()
    assert (served.encode(["a b", "q"]) == tower.encode(["a b", "q"])).all()
    assert served.name == "mine"
    assert (served.popularity_ == log.popularity()).all()
    assert equal(served.fit(log), tower)  # it can be fitted anew


def test_a_new_text_is_encoded_like_the_items(log):
    tower = tiny_tower().fit(log)
    np.testing.assert_allclose(tower.encode(tower.texts[:3]), tower.item_vectors_[:3], atol=1e-6)


def test_lora_trains_its_additions_only(log):
    tower = tiny_tower(lora_rank=2, n_steps=5).fit(log)
    frozen = tiny_tower(n_steps=0).fit(log)
    old = dict(frozen.upper_.named_parameters())
    for name, weight in tower.upper_.named_parameters():
        if "lora_" not in name:
            assert weight.equal(old[name.replace("base_layer.", "")])
    assert not equal(tower, frozen)


def test_too_few_items_leave_the_model_as_it_is():
    X = np.zeros((4, N_ITEMS), dtype=bool)
    X[:2, :3] = True
    tower = tiny_tower().fit(log_of(X))
    assert tower.losses_.size == 0
    assert tower.score([0]).argmax() < 3


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"loss": "mse"}, r"loss='mse': use one of 'cold start', 'who', 'match'"),
        ({"n_layers": 0}, "n_layers=0: train at least"),
        ({"n_steps": -1}, "n_steps=-1"),
        ({"batch_size": 3}, "batch_size=3: use 4 or more"),
        ({"learning_rate": 0}, "learning_rate=0: give a number above 0"),
        ({"lora_rank": 0}, "lora_rank=0: give a number above 0"),
        ({"regularization": 0}, "regularization=0: give a number above 0"),
    ],
)
def test_an_impossible_setting_is_named(setting, words):
    with pytest.raises(ValueError, match=words):
        tiny_tower(**setting)


def test_a_wrong_number_of_texts_is_named(log):
    with pytest.raises(ValueError, match="25 texts for 26 items"):
        tiny_tower(25).fit(log)


def test_too_many_layers_are_named(log):
    with pytest.raises(ValueError, match="n_layers=3: the model has 2 layers"):
        tiny_tower(n_layers=3).fit(log)


def test_an_unfitted_tower_cannot_serve(tmp_path):
    for ask in (lambda: tiny_tower().encode(["a"]), lambda: tiny_tower().save(tmp_path)):
        with pytest.raises(NotFittedError, match="not fitted"):
            ask()


def test_a_folder_without_a_tower_is_named(log, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no model\.json"):
        TextTower.load(tmp_path)
    tiny_tower().fit(log).save(tmp_path)
    (tmp_path / "arrays.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"holds no arrays\.safetensors"):
        TextTower.load(tmp_path)
    assert json.loads((tmp_path / "settings.json").read_text())["model"] == tiny_bert()
