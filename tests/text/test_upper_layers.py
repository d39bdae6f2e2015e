import numpy as np
import pytest
import torch

from plmrec_lite.nn.lora import LoRALinear
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.upper_layers import LowerStates, UpperLayers, add_lora, lower_states

TEXTS = ["a war film", "a love story", "film", "a war film a love story films"]


@pytest.fixture(scope="module")
def encoder(tiny_bert):
    return TextEncoder(str(tiny_bert), device="cpu")


@pytest.mark.parametrize("n_layers", [1, 2])
def test_cached_equals_uncached(encoder, n_layers):
    lower = lower_states(encoder, TEXTS, n_layers, batch_size=3)
    vectors = UpperLayers(encoder.model, n_layers).all_vectors(lower)
    np.testing.assert_allclose(vectors, encoder.encode(TEXTS, normalize=False), atol=1e-6)


def test_cached_equals_uncached_in_minilm():
    encoder = TextEncoder("minilm", device="cpu")
    texts = ["Alien (1979). Horror.", "Antz (1998). Animation, Children's.", "M (1931). Crime."]
    vectors = UpperLayers(encoder.model, 2).all_vectors(lower_states(encoder, texts, 2))
    np.testing.assert_allclose(vectors, encoder.encode(texts, normalize=False), atol=1e-5)


def test_a_step_of_training_is_the_same_cached_and_uncached(encoder):
    lower = lower_states(encoder, TEXTS, 1)
    upper = UpperLayers(encoder.model, 1).eval()
    (upper.vectors(lower, range(4)) ** 3).sum().backward()
    cached = [weight.grad.clone() for weight in upper.layers.parameters()]

    whole = TextEncoder(encoder.name, device="cpu").model
    batch = encoder.tokenizer(TEXTS, padding=True, return_tensors="pt")
    hidden, mask = whole(**batch).last_hidden_state, batch["attention_mask"].unsqueeze(-1)
    (((hidden * mask).sum(1) / mask.sum(1)) ** 3).sum().backward()
    uncached = [weight.grad for weight in whole.encoder.layer[-1].parameters()]
    assert len(cached) == len(uncached)
    for ours, theirs in zip(cached, uncached, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)


def test_vectors_keep_the_order_of_the_rows(encoder):
    lower = lower_states(encoder, TEXTS, 1)
    upper = UpperLayers(encoder.model, 1).eval()
    alone = torch.cat([upper(*lower.batch([row])) for row in (3, 0, 2, 0)])
    torch.testing.assert_close(upper.vectors(lower, [3, 0, 2, 0], chunk=2), alone)


def test_a_batch_is_padded_with_zeros():
    lower = LowerStates([torch.ones(2, 3), torch.ones(4, 3)])
    states, mask = lower.batch([1, 0])
    assert len(lower) == 2
    assert lower.lengths.tolist() == [2, 4]
    assert mask.tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]
    assert states.sum(2).tolist() == [[3, 3, 3, 3], [3, 3, 0, 0]]


def test_the_model_is_not_changed(encoder):
    upper = UpperLayers(encoder.model, 1)
    before = encoder.encode(TEXTS)
    with torch.no_grad():
        for weight in upper.parameters():
            weight += 1
    np.testing.assert_array_equal(encoder.encode(TEXTS), before)


def test_a_long_text_is_cut(encoder):
    lower = lower_states(encoder, ["a war film a love story"], 1, max_length=5)
    assert lower.lengths.tolist() == [5]
    assert lower_states(encoder, ["a " * 50], 1).lengths.tolist() == [encoder.max_length]


def test_all_vectors_leave_the_mode_alone(encoder):
    lower = lower_states(encoder, TEXTS, 1)
    upper = UpperLayers(encoder.model, 1).train()
    once, again = upper.all_vectors(lower), upper.all_vectors(lower)
    assert upper.training
    np.testing.assert_array_equal(once, again)  # no dropout


def test_lora_starts_as_the_model_and_trains_little(encoder):
    lower = lower_states(encoder, TEXTS, 2)
    upper = UpperLayers(encoder.model, 2).eval()
    before = upper.all_vectors(lower)
    add_lora(upper, rank=3)
    np.testing.assert_allclose(upper.all_vectors(lower), before, atol=1e-6)
    trained = {name: w.numel() for name, w in upper.named_parameters() if w.requires_grad}
    assert all("lora_" in name for name in trained)
    added = [layer for layer in upper.modules() if isinstance(layer, LoRALinear)]
    assert len(added) == 4 and all(layer.scale == 2 for layer in added)
    assert sum(trained.values()) == 2 * 2 * (2 * 3 * encoder.dimension)  # layers, matrices, 2 r d


def test_lora_has_its_own_seed(encoder):
    def first_weight(seed):
        upper = UpperLayers(encoder.model, 1)
        add_lora(upper, 2, seed)
        return next(w for n, w in upper.named_parameters() if "lora_A" in n).detach()

    state = torch.get_rng_state()
    assert first_weight(0).equal(first_weight(0))
    assert not first_weight(0).equal(first_weight(1))
    assert torch.get_rng_state().equal(state)


@pytest.mark.parametrize("n_layers", [0, 3, -1])
def test_an_impossible_number_of_layers_is_named(encoder, n_layers):
    with pytest.raises(ValueError, match=rf"n_layers={n_layers}: the model has 2 layers"):
        UpperLayers(encoder.model, n_layers)
    with pytest.raises(ValueError, match=rf"n_layers={n_layers}"):
        lower_states(encoder, TEXTS, n_layers)


def test_another_architecture_is_named():
    with pytest.raises(ValueError, match=r"Linear has no embeddings and encoder\.layer"):
        UpperLayers(torch.nn.Linear(2, 2), 1)


def test_an_empty_text_is_named(encoder):
    with pytest.raises(ValueError, match="text 1 of texts is empty"):
        lower_states(encoder, ["a film", " "], 1)
