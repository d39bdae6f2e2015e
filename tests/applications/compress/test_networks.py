"""Fewer layers, heads and weights: what is left computes what it should."""

import numpy as np
import pytest
import torch
from trainings import lines

from plmrec_lite.applications.compress.heads import head_importance, keep_heads, strongest_heads
from plmrec_lite.applications.compress.networks import (
    first_layers,
    layers_of,
    n_weights,
    save_encoder,
    with_network,
)
from plmrec_lite.applications.compress.weights import zero_weights
from plmrec_lite.text import TextEncoder

TEXTS = lines(12)


def pooled(states):
    vector = states.mean(axis=0)
    return vector / np.linalg.norm(vector)


def test_the_first_layers_give_what_the_whole_model_holds_after_them(encoder):
    for n in (1, 2, 3):
        small = first_layers(encoder, n).encode(TEXTS)
        expected = [pooled(encoder.token_vectors(text)[1][n]) for text in TEXTS]
        np.testing.assert_allclose(small, expected, atol=1e-5)


def test_the_encoder_itself_is_not_changed(encoder):
    before = encoder.encode(TEXTS)
    first_layers(encoder, 1).model.embeddings.word_embeddings.weight.data.zero_()
    zero_weights(encoder, 0.5)
    keep_heads(encoder, np.array([[True, False]] * 3))
    head_importance(encoder, TEXTS)
    assert np.array_equal(encoder.encode(TEXTS), before)
    assert len(encoder.model.encoder.layer) == 3


def test_another_network_never_answers_from_the_cache_of_the_first(encoder, monkeypatch, tmp_path):
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path))
    kept = TextEncoder(encoder.name, device="cpu", cache=True)
    whole = kept.encode(TEXTS)
    assert not np.allclose(first_layers(kept, 1).encode(TEXTS), whole)
    assert np.array_equal(kept.encode(TEXTS), whole)


@pytest.mark.parametrize("n_layers", [0, 4, 1.5, True])
def test_layers_that_are_not_there_are_refused(encoder, n_layers):
    with pytest.raises(ValueError, match=f"n_layers={n_layers}.*integer from 1 to 3"):
        first_layers(encoder, n_layers)


def test_a_model_of_another_kind_is_refused(encoder):
    other = with_network(encoder, torch.nn.Linear(2, 2))
    for function in (
        lambda: first_layers(other, 1),
        lambda: n_weights(other),
        lambda: layers_of(other.model),
    ):
        with pytest.raises(ValueError, match="Linear has no embeddings"):
            function()


def test_weights_are_counted_by_part(encoder):
    found = n_weights(encoder)
    d, inner = 8, 16
    layer = 4 * (d * d + d) + d * inner + inner + inner * d + d + 4 * d
    assert found["layers"] == 3 * layer
    assert found["embeddings"] == (11 + 16 + 2) * d + 2 * d
    matrices = 3 * (4 * d * d + 2 * d * inner)
    vectors = found["zeros"]  # biases begin at zero
    assert n_weights(zero_weights(encoder, 0.25))["zeros"] == vectors + matrices // 4


def test_a_small_encoder_can_be_kept_and_read_again(encoder, tmp_path):
    small = first_layers(encoder, 2)
    folder = save_encoder(small, tmp_path / "small")
    assert (folder / "model.safetensors").is_file()
    assert not list(folder.glob("*.bin"))
    again = TextEncoder(str(folder), device="cpu")
    assert np.array_equal(again.encode(TEXTS), small.encode(TEXTS))
    with pytest.raises(ValueError, match="small is not empty: give a new folder"):
        save_encoder(small, folder)
    pruned = keep_heads(encoder, np.array([[True, True], [True, False], [True, True]]))
    with pytest.raises(ValueError, match="layer 1 has lost heads"):
        save_encoder(pruned, tmp_path / "pruned")
    assert not (tmp_path / "pruned").exists()


# Heads


def without(encoder, missing):
    """The vectors when the output of some heads is not read: pairs (layer, head)."""
    probe = first_layers(encoder, 3)
    for layer, head in missing:
        dense = probe.model.encoder.layer[layer].attention.output.dense
        dense.weight.data[:, 4 * head : 4 * head + 4] = 0
    return probe.encode(TEXTS)


@pytest.mark.parametrize("missing", [[], [(0, 0)], [(0, 1), (2, 0)]])
def test_a_head_that_is_cut_out_is_a_head_that_is_not_read(encoder, missing):
    kept = np.ones((3, 2), dtype=bool)
    for layer, head in missing:
        kept[layer, head] = False
    pruned = keep_heads(encoder, kept)
    np.testing.assert_allclose(pruned.encode(TEXTS), without(encoder, missing), atol=1e-6)
    d, size = 8, 4
    gone = len(missing) * (4 * d * size + 3 * size)
    assert n_weights(encoder)["layers"] - n_weights(pruned)["layers"] == gone


def test_importance_is_what_the_absence_of_one_head_does(encoder):
    found, whole = head_importance(encoder, TEXTS), encoder.encode(TEXTS)
    assert found.shape == (3, 2)
    for layer, head in np.ndindex(3, 2):
        cosine = (without(encoder, [(layer, head)]) * whole).sum(axis=1).mean()
        assert found[layer, head] == pytest.approx(1 - cosine, abs=1e-6)
    assert len(np.unique(found.round(7))) >= 4


def test_the_strongest_heads_stay_and_one_in_each_layer():
    importance = np.array([[5.0, 6.0, 7.0], [0.1, 0.2, 0.3], [1.0, 2.0, 3.0]])
    assert strongest_heads(importance, 5 / 9).tolist() == [
        [True, True, True],
        [False, False, True],
        [False, False, True],
    ]
    assert strongest_heads(importance, 0.01).sum(axis=1).tolist() == [1, 1, 1]
    assert strongest_heads(importance, 1).all()
    assert importance.max() == 7  # not changed
    for share in (0, 1.1):
        with pytest.raises(ValueError, match=f"share={share}"):
            strongest_heads(importance, share)


@pytest.mark.parametrize(
    ("kept", "message"),
    [
        (np.ones((2, 2), bool), r"bool of shape \(2, 2\): give booleans \(3, 2\)"),
        (np.ones((3, 2)), "float64 of shape"),
        (np.array([[True, True], [False, False], [True, True]]), "layer 1 would keep no head"),
    ],
)
def test_heads_that_cannot_be_kept_are_refused(encoder, kept, message):
    with pytest.raises(ValueError, match=message):
        keep_heads(encoder, kept)


# Zeros


def test_the_smallest_weights_of_each_matrix_become_zero_and_no_others(encoder):
    zeroed = zero_weights(encoder, 0.5)
    for name, was in encoder.model.named_parameters():
        now = zeroed.model.get_parameter(name)
        if name.startswith("encoder") and name.endswith("weight") and was.dim() == 2:
            gone = now == 0
            assert gone.sum() == was.numel() // 2
            assert was[gone].abs().max() <= was[~gone].abs().min()
            assert torch.equal(now[~gone], was[~gone])
        else:
            assert torch.equal(was, now)


def test_random_zeros_follow_the_seed_and_leave_global_randomness_alone(encoder):
    state = torch.get_rng_state()
    one, same, other = (
        zero_weights(encoder, 0.5, "random", seed).encode(TEXTS) for seed in (1, 1, 2)
    )
    assert torch.equal(torch.get_rng_state(), state)
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)
    assert not np.allclose(one, zero_weights(encoder, 0.5).encode(TEXTS))
    assert np.array_equal(zero_weights(encoder, 0).encode(TEXTS), encoder.encode(TEXTS))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((1.0,), "share=1.0"), ((-0.1,), "share=-0.1"), ((0.5, "largest"), "which='largest'")],
)
def test_zeros_that_make_no_sense_are_refused(encoder, arguments, message):
    with pytest.raises(ValueError, match=message):
        zero_weights(encoder, *arguments)
