import numpy as np
import pytest
import torch

from plmrec_lite.recommenders.sequential.items import START, TEXT_START, ItemEmbedding

VECTORS = np.random.default_rng(0).normal(size=(6, 5)) * 7


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def scaled(vectors):
    return torch.tensor(vectors / np.sqrt((vectors**2).mean()), dtype=torch.float32)


def test_ids_are_free_vectors():
    embedding = ItemEmbedding(1000, 8)
    assert embedding().shape == (1000, 8)
    assert embedding().std().item() == pytest.approx(START, rel=0.05)
    assert [name for name, _ in embedding.named_parameters()] == ["ids"]


def test_text_is_a_linear_map_of_scaled_vectors():
    embedding = ItemEmbedding(6, 3, "text", VECTORS)
    expected = scaled(VECTORS) @ embedding.text.weight.T
    torch.testing.assert_close(embedding(), expected)
    assert [name for name, _ in embedding.named_parameters()] == ["text.weight"]


@pytest.mark.parametrize("width", [5, 80])
def test_text_starts_as_large_however_wide_its_vectors_are(width):
    vectors = np.random.default_rng(1).normal(size=(200, width))
    found = ItemEmbedding(200, 100, "text", vectors)().std().item()
    assert found == pytest.approx(TEXT_START, rel=0.1)


def test_both_is_their_sum():
    embedding = ItemEmbedding(6, 3, "both", VECTORS)
    expected = embedding.ids + scaled(VECTORS) @ embedding.text.weight.T
    torch.testing.assert_close(embedding(), expected)


@pytest.mark.parametrize(("d_model", "shared"), [(3, 3), (8, 5)])
def test_initialised_ids_start_at_the_text_and_are_free(d_model, shared):
    embedding = ItemEmbedding(6, d_model, "initialised", VECTORS)
    torch.testing.assert_close(embedding()[:, :shared], START * scaled(VECTORS)[:, :shared])
    assert (embedding()[:, shared:] != 0).all()
    assert [name for name, _ in embedding.named_parameters()] == ["ids"]


def test_empty_texts_are_no_harm():
    embedding = ItemEmbedding(6, 3, "both", np.zeros((6, 5)))
    assert torch.equal(embedding(), embedding.ids)


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="items='name': use one of 'id', 'text'"):
        ItemEmbedding(6, 3, "name")
    with pytest.raises(ValueError, match="items='both' needs item_vectors"):
        ItemEmbedding(6, 3, "both")
