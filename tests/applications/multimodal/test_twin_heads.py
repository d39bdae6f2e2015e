import numpy as np
import pytest
import torch

from plmrec_lite.applications.multimodal.twin_heads import (
    TwinHeads,
    contrastive_loss,
    found_at,
    tune_heads,
)
from plmrec_lite.training import Training

RNG = np.random.default_rng(0)
HIDDEN = RNG.normal(size=(120, 4))  # what name and drawing of a thing share
WORDS = (HIDDEN @ RNG.normal(size=(4, 9)) + 0.1 * RNG.normal(size=(120, 9))).astype(np.float32)
PICTURES = (HIDDEN @ RNG.normal(size=(4, 7)) + 0.1 * RNG.normal(size=(120, 7))).astype(np.float32)
SETTINGS = Training(n_epochs=20, batch_size=40, learning_rate=1e-2)


def test_the_loss_of_two_pairs_by_hand():
    words = torch.eye(2)
    pictures = torch.tensor([[0.8, 0.6], [0.6, 0.8]])  # cosines 0.8 and 0.6
    expected = np.log(1 + np.exp((0.6 - 0.8) / 0.5))
    assert contrastive_loss(words, pictures, 0.5).item() == pytest.approx(expected, rel=1e-6)
    same = contrastive_loss(torch.ones(3, 2), torch.ones(3, 2), 0.5)
    assert same.item() == pytest.approx(np.log(3), rel=1e-6)


def test_rows_and_columns_count_alike():
    words, pictures = torch.eye(2), torch.tensor([[1.0, 0.0], [0.8, 0.6]])
    cosines = torch.tensor([[1.0, 0.8], [0.0, 0.6]])
    logits = cosines / 0.5
    rows, columns = (
        -torch.log_softmax(some, dim=1).diag().mean().item() for some in (logits, logits.T)
    )
    assert rows != pytest.approx(columns, rel=0.01)
    found = contrastive_loss(words, pictures, 0.5)
    assert found.item() == pytest.approx((rows + columns) / 2, rel=1e-6)
    assert contrastive_loss(pictures, words, 0.5).item() == pytest.approx(found.item())


def test_places_are_counted_from_one_and_along_the_keys():
    queries = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    keys = np.array([[2.0, 0.0], [3.0, 1.0], [0.0, 0.5]])
    assert found_at(queries, keys).tolist() == [2, 1, 3]
    assert found_at(keys, queries).tolist() == [1, 3, 2]  # of equals the first comes first


def test_heads_learn_which_things_belong_together():
    train, held_out = slice(0, 90), slice(90, 120)
    heads, history = tune_heads(
        WORDS[train],
        PICTURES[train],
        (WORDS[held_out], PICTURES[held_out]),
        SETTINGS,
        dropout=0.0,
        device="cpu",
    )
    assert not heads.training
    said = heads.vectors(WORDS[held_out], "words")
    drawn = heads.vectors(PICTURES[held_out], "pictures")
    np.testing.assert_allclose(np.linalg.norm(said, axis=1), 1, rtol=1e-5)
    mrr = [(1 / found_at(*some)).mean() for some in ((said, drawn), (drawn, said))]
    assert min(mrr) > 0.7  # by chance 0.13
    assert history.mrr.dropna().max() == pytest.approx(np.mean(mrr), rel=1e-5)  # the best stay
    assert history.mrr.dropna().iloc[0] < 0.4


def test_reading_vectors_leaves_no_trace():
    heads = TwinHeads(9, 7, dropout=0.5).train()
    first, again = (heads.vectors(WORDS, "words") for _ in range(2))
    assert np.array_equal(first, again)  # no dropout
    assert heads.training
    assert not torch.equal(*(heads.project(torch.from_numpy(WORDS), "words") for _ in range(2)))


def test_the_temperature_starts_where_it_is_told_and_has_a_floor():
    heads = TwinHeads(9, 7, temperature=0.2)
    assert heads.temperature.item() == pytest.approx(0.2)
    with torch.no_grad():
        heads.log_scale += 10
    assert heads.temperature.item() == pytest.approx(0.01)
    with pytest.raises(ValueError, match=r"temperature=0: give a number above 0\.01"):
        TwinHeads(9, 7, temperature=0)
