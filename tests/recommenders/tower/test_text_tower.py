import json
import random
import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.exceptions import NotFittedError
from tiny_tower import tiny_bert, tiny_tower
from transformers import BertModel

from plmrec_lite.data import Interactions, cold_item_split
from plmrec_lite.recommenders import ItemRidge, TextTower
from plmrec_lite.recommenders.tower import model
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.upper_layers import LowerStates, lower_states
from plmrec_lite.training import Training

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
    losses = tower.history_.loss.to_numpy()
    assert losses[-20:].mean() < 0.7 * losses[:20].mean()
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
    assert (poisoned.history_.loss == clean.history_.loss).all()
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
    vectors = TextEncoder(tower.encoder).encode(tower.texts, normalize=False).astype(np.float64)
    vectors -= vectors.mean(0)
    vectors /= np.sqrt((vectors**2).sum(1).mean())
    np.testing.assert_allclose(tower.item_vectors_, vectors, atol=1e-5)
    ridge = ItemRidge(tower.regularization).fit(log, vectors)
    users = np.arange(N_USERS)
    np.testing.assert_allclose(tower.score(users), ridge.score(users), atol=1e-4)
    assert len(tower.history_) == 0


def test_training_moves_the_upper_layers_only(log):
    tower = tiny_tower(n_layers=1).fit(log)
    before = TextEncoder(tower.encoder).model.encoder.layer
    for lower, fresh in zip(
        tower.encoder_.model.encoder.layer.parameters(), before.parameters(), strict=True
    ):
        assert lower.equal(fresh)
    moved = [
        not new.equal(old)
        for new, old in zip(tower.upper_.layers.parameters(), before[-1].parameters(), strict=True)
    ]
    assert np.mean(moved) > 0.9


CHANGES = {
    "encoder": tiny_bert(seed=1),
    "n_layers": 2,
    "loss": "match",
    "regularization": 2.0,
    "lora_rank": 2,
    "max_length": 4,
    "n_steps": 5,
    "batch_size": 6,
    "learning_rate": 1e-2,
    "warmup": 0.6,
    "weight_decay": 0.9,
    "clip": 1e-9,
    "precision": "bfloat16",
    "seed": 1,
}


@pytest.mark.parametrize("setting", CHANGES)
def test_every_setting_reaches_the_scores(log, setting):
    brief = {"n_steps": 4, "learning_rate": 5e-3}
    usual, again, changed = (
        tiny_tower(**brief | change).fit(log).score(range(N_USERS))
        for change in ({}, {}, {setting: CHANGES[setting]})
    )
    assert (usual == again).all()
    assert np.abs(usual - changed).max() > 1e-5


def test_another_text_is_another_item(log):
    usual, changed = tiny_tower(), tiny_tower()
    changed.texts[3] = "z y x"
    scores = [tower.fit(log).score(range(N_USERS)) for tower in (usual, changed)]
    assert np.abs(scores[0] - scores[1])[:, 3].max() > 1e-3


def test_epochs_are_passes_over_the_items(log):
    tower = tiny_tower(n_steps=None, n_epochs=2).fit(log)
    assert len(tower.history_) == 2 * (N_ITEMS // 8)


def test_fit_leaves_the_global_generators_alone(log):
    def states():
        numpy_state = np.random.get_state()[1].tobytes()  # noqa: NPY002
        return torch.get_rng_state().numpy().tobytes(), numpy_state, random.getstate()

    before = states()
    for settings in ({"loss": "match"}, {"loss": "who"}, {"lora_rank": 2}):
        tiny_tower(**settings).fit(log).encode(["a"])
    assert states() == before


def test_it_is_watched_on_its_way(log):
    seen = {}

    def watch(step, tower):
        assert not tower.upper_.training
        seen[step] = tower.item_vectors_
        return {"first": float(seen[step][0, 0])}

    tower = tiny_tower(n_steps=20, watch=watch).fit(log)
    assert sorted(seen) == [0, 3, 6, 9, 12, 15, 18, 20]
    np.testing.assert_array_equal(seen[20], tower.item_vectors_)
    np.testing.assert_array_equal(seen[0], tiny_tower(n_steps=0).fit(log).item_vectors_)
    firsts = tower.history_.dropna(subset="first").set_index("step")["first"]
    assert firsts.to_dict() == {step: float(vectors[0, 0]) for step, vectors in seen.items()}
    unwatched = tiny_tower(n_steps=20).fit(log)
    assert equal(tower, unwatched)  # looking does not disturb


def test_dropout_is_on_in_training_and_off_in_serving(log):
    dry = tiny_bert(dropout=0.0)
    with_dropout, without = (tiny_tower(encoder=name).fit(log) for name in (None, dry))
    assert np.abs(with_dropout.item_vectors_ - without.item_vectors_).max() > 1e-6
    assert (with_dropout.encode(["a b"]) == with_dropout.encode(["a b"])).all()


def test_an_encoder_is_taken_as_it_is_and_not_changed(log):
    encoder = TextEncoder(tiny_bert())
    before = {name: weight.clone() for name, weight in encoder.model.state_dict().items()}
    tower = tiny_tower(encoder=encoder, lora_rank=2).fit(log)
    assert tower.encoder_ is encoder
    assert all(weight.equal(before[name]) for name, weight in encoder.model.state_dict().items())
    assert equal(tower, tiny_tower(lora_rank=2).fit(log))


def test_what_only_encodes_cannot_be_tuned(log):
    other = SimpleNamespace(encode=lambda texts: np.zeros((len(texts), 2)))
    with pytest.raises(TypeError, match=r"no layers that can be trained here: give a TextEncoder"):
        tiny_tower(encoder=other).fit(log)


def test_resumed_after_a_finished_training_it_takes_no_step(log, tmp_path):
    tower = tiny_tower(folder=tmp_path / "run").fit(log)
    assert equal(tower, tiny_tower(folder=tmp_path / "run", resume=True).fit(log))
    with pytest.raises(ValueError, match="earlier run"):
        tiny_tower(folder=tmp_path / "run").fit(log)


@pytest.mark.parametrize(
    "settings", [{}, {"lora_rank": 2, "n_layers": 2}, {"loss": "who", "max_length": 4}]
)
def test_saved_and_loaded_it_serves_alike(log, tmp_path, monkeypatch, settings):
    tower = tiny_tower(watch=lambda step, tower: None, **settings).fit(log)
    tower.name = "mine"
    tower.save(tmp_path / "new" / "tower")
    monkeypatch.setenv("PLMREC_MODEL", tiny_bert(seed=1))  # changes nothing
    served = TextTower.load(tmp_path / "new" / "tower")
    users = np.arange(N_USERS)
    assert (served.score(users) == tower.score(users)).all()
    assert (served.recommend(users, k=5) == tower.recommend(users, k=5)).all()
    assert (served.encode(["a b", "q"]) == tower.encode(["a b", "q"])).all()
    assert served.name == "mine"
    assert (served.popularity_ == log.popularity()).all()
    assert served.history_.equals(tower.history_)
    assert served.training == tower.training
    assert equal(served.fit(log), tower)  # it can be fitted anew


def test_the_default_model_is_saved_by_its_resolved_name(log, tmp_path, monkeypatch):
    monkeypatch.setenv("PLMREC_MODEL", tiny_bert())
    tower = tiny_tower()
    tower.encoder = None
    tower.fit(log).save(tmp_path / "tower")
    monkeypatch.setenv("PLMREC_MODEL", tiny_bert(seed=1))
    served = TextTower.load(tmp_path / "tower")
    assert served.encoder == tiny_bert()
    assert (served.encode(["a b", "q"]) == tower.encode(["a b", "q"])).all()


def test_a_tower_is_not_loaded_over_another_model(log, tmp_path):
    """Under the same name other weights, or other words, which would give other vectors."""
    home = shutil.copytree(tiny_bert(), tmp_path / "bert")
    tower = tiny_tower(encoder=str(home)).fit(log)
    tower.save(tmp_path / "tower")
    vectors = tower.encode(["a b"])
    home.rename(tmp_path / "moved")
    served = TextTower.load(tmp_path / "tower", encoder=str(tmp_path / "moved"))
    assert (served.encode(["a b"]) == vectors).all()
    served = TextTower.load(tmp_path / "tower", encoder=TextEncoder(tiny_bert()))
    assert (served.encode(["a b"]) == vectors).all()
    shutil.copytree(tiny_bert(seed=1), home)
    with pytest.raises(ValueError, match=r"on another model than '.*bert' is now \(checksum"):
        TextTower.load(tmp_path / "tower")
    shutil.rmtree(home)
    shutil.copytree(tiny_bert(), home)
    words = json.loads((home / "tokenizer.json").read_text())
    vocabulary = words["model"]["vocab"]
    vocabulary["y"], vocabulary["z"] = vocabulary["z"], vocabulary["y"]
    whole = (home / "tokenizer.json").read_text()
    (home / "tokenizer.json").write_text(json.dumps(words))
    with pytest.raises(ValueError, match="load it with encoder= that model"):
        TextTower.load(tmp_path / "tower")
    (home / "tokenizer.json").write_text(whole)
    assert (TextTower.load(tmp_path / "tower").encode(["a b"]) == vectors).all()
    for changed in ("encoder.layer.0.output.dense.bias", "embeddings.word_embeddings.weight"):
        model = BertModel.from_pretrained(tiny_bert())
        model.get_parameter(changed).data += 1  # below the trained layer
        model.save_pretrained(home)
        with pytest.raises(ValueError, match="load it with encoder= that model"):
            TextTower.load(tmp_path / "tower")


def test_every_layer_below_the_trained_ones_must_be_the_same(log, tmp_path):
    home = shutil.copytree(tiny_bert(n_layers=3), tmp_path / "bert")
    tower = tiny_tower(encoder=str(home), n_layers=1).fit(log)
    tower.save(tmp_path / "tower")
    for layer in range(3):
        model = BertModel.from_pretrained(tiny_bert(n_layers=3))
        model.get_parameter(f"encoder.layer.{layer}.output.dense.bias").data += 1
        model.save_pretrained(home)
        if layer < 2:
            with pytest.raises(ValueError, match="load it with encoder= that model"):
                TextTower.load(tmp_path / "tower")
    served = TextTower.load(tmp_path / "tower")  # its own weights replace the trained layer
    assert (served.encode(["a b"]) == tower.encode(["a b"])).all()


@pytest.mark.parametrize("max_length", [64, 4])  # texts have three to five tokens
def test_a_new_text_is_encoded_like_the_items(log, max_length):
    tower = tiny_tower(max_length=max_length).fit(log)
    np.testing.assert_allclose(tower.encode(tower.texts[:3]), tower.item_vectors_[:3], atol=1e-6)


def test_lora_trains_its_additions_only(log):
    tower = tiny_tower(lora_rank=2, n_steps=5).fit(log)
    frozen = tiny_tower(n_steps=0).fit(log)
    old = dict(frozen.upper_.named_parameters())
    for name, weight in tower.upper_.named_parameters():
        if "lora_" not in name:
            assert weight.equal(old[name.replace(".linear.", ".")])
    assert not equal(tower, frozen)


def test_lora_begins_where_the_seed_says(log):
    first, again, other = (
        {
            name: weight
            for name, weight in tiny_tower(lora_rank=2, n_steps=0, seed=seed)
            .fit(log)
            .upper_.named_parameters()
            if "lora_A" in name
        }
        for seed in (1, 1, 2)
    )
    assert first
    for name, weight in first.items():
        assert weight.equal(again[name])
        assert not weight.equal(other[name])


def test_too_few_items_leave_the_model_as_it_is():
    X = np.zeros((4, N_ITEMS), dtype=bool)
    X[:2, :3] = True
    tower = tiny_tower().fit(log_of(X))
    assert len(tower.history_) == 0
    assert tower.score([0]).argmax() < 3


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"loss": "mse"}, r"loss='mse': use one of 'cold start', 'who', 'match'"),
        ({"n_layers": 0}, "n_layers=0: give an integer, 1 or larger"),
        ({"batch_size": 3}, "batch_size=3: use 4 or more"),
        ({"lora_rank": 0}, "lora_rank=0: give an integer, 1 or larger"),
        ({"max_length": 2}, "max_length=2: give an integer, 3 or larger"),
        ({"regularization": 0}, "regularization=0: give a number above 0"),
        ({"training": 60}, r"training=60: give Training\("),
    ],
)
def test_an_impossible_setting_is_named(log, setting, words):
    tower = tiny_tower(**setting)  # the constructor stores it
    with pytest.raises(ValueError, match=words):
        tower.fit(log)


def test_the_constructor_stores_what_it_is_given():
    given = {"texts": ("a", None), "encoder": object(), "training": Training(n_steps=1)}
    given |= {"n_layers": 0, "watch": print, "folder": "here", "resume": True, "lora_rank": -1}
    tower = TextTower(**given)
    assert all(getattr(tower, name) is value for name, value in given.items())


@pytest.mark.parametrize("bad", [None, np.nan, 3])
def test_what_is_no_text_is_named(log, bad):
    tower = tiny_tower()
    tower.texts[5] = bad
    with pytest.raises(TypeError, match=f"text 5 of texts is {bad}, not a string"):
        tower.fit(log)
    with pytest.raises(TypeError, match="text 0"):
        tiny_tower().fit(log).encode([bad])


def test_a_wrong_number_of_texts_is_named(log):
    with pytest.raises(ValueError, match="25 texts for 26 items"):
        tiny_tower(25).fit(log)


def test_lower_states_can_be_shared_by_several_towers(log, monkeypatch):
    alone = tiny_tower().fit(log)
    lower = lower_states(TextEncoder(tiny_bert()), tiny_tower().texts, 1)
    monkeypatch.setattr(model, "lower_states", None)  # nothing is read again
    shared = tiny_tower(lower=lower)
    for _ in range(2):
        assert equal(shared.fit(log), alone)
    with pytest.raises(ValueError, match="lower holds 5 texts, and there are 26: give lower_st"):
        tiny_tower(lower=LowerStates(lower.states[:5])).fit(log)
    with pytest.raises(TypeError, match="lower is a list"):
        tiny_tower(lower=[]).fit(log)


def test_too_many_layers_are_named(log):
    with pytest.raises(ValueError, match="n_layers=3: the model has 2 layers"):
        tiny_tower(n_layers=3).fit(log)


def test_an_unfitted_tower_cannot_serve(tmp_path):
    for ask in (lambda: tiny_tower().encode(["a"]), lambda: tiny_tower().save(tmp_path)):
        with pytest.raises(NotFittedError, match="not fitted"):
            ask()


def test_texts_of_any_sequence_are_saved_and_no_checkpoint(log, tmp_path):
    tower = tiny_tower(folder=tmp_path / "run")
    tower.texts = pd.Series(tower.texts)
    tower.fit(log).save(tmp_path / "tower")
    served = TextTower.load(tmp_path / "tower")
    assert served.texts == list(tower.texts)
    assert served.folder is None
    assert equal(served.fit(log), tower)
