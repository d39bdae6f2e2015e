"""small_bert: tied, causal where it should be, and two heads that begin at their neighbours."""

import pytest
import torch
from transformers import BertForMaskedLM, BertForPreTraining, BertLMHeadModel, BertTokenizer

from plmrec_lite.text.small_bert import small_bert
from plmrec_lite.text.wordpiece import SPECIAL_TOKENS


@pytest.fixture(scope="module")
def tokenizer():
    words = [f"w{i}" for i in range(95)]
    return BertTokenizer(vocab={w: i for i, w in enumerate([*SPECIAL_TOKENS, *words])})


@pytest.mark.parametrize("kind", [BertForPreTraining, BertForMaskedLM, BertLMHeadModel])
def test_only_the_left_to_right_model_looks_nowhere_ahead(kind, tokenizer):
    model = small_bert(kind, tokenizer, d_model=32, max_length=8).eval()
    ids = torch.randint(5, 100, (1, 8), generator=torch.Generator().manual_seed(0))
    other = ids.clone()
    other[0, 5] = 99
    with torch.inference_mode():
        moved = (model.bert(ids)[0] - model.bert(other)[0]).abs().amax(-1)[0] > 1e-6
    assert moved[5:].all()
    assert moved[:5].any() == (kind is not BertLMHeadModel)


def test_weights_are_tied_and_repeat(tokenizer):
    state = torch.get_rng_state()
    model = small_bert(BertForPreTraining, tokenizer, d_model=32, seed=3)
    assert torch.equal(torch.get_rng_state(), state)
    table = model.bert.embeddings.word_embeddings.weight
    assert model.cls.predictions.decoder.weight is table
    again = small_bert(BertForPreTraining, tokenizer, d_model=32, seed=3)
    other = small_bert(BertForPreTraining, tokenizer, d_model=32, seed=4)
    for one, two in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, two)
    assert not torch.equal(table, other.bert.embeddings.word_embeddings.weight)


def attention_of(model, ids):
    """Weights of the first layer, (n_heads, T, T), by the model's own eager attention."""
    model.set_attn_implementation("eager")
    with torch.inference_mode():
        return model.bert(ids, output_attentions=True).attentions[0][0]


@pytest.mark.parametrize("neighbours", [True, False])
def test_two_heads_begin_at_the_neighbours(tokenizer, neighbours):
    model = small_bert(BertForMaskedLM, tokenizer, neighbours=neighbours).eval()
    ids = torch.randint(5, 100, (1, 64), generator=torch.Generator().manual_seed(0))
    left, right, *free = attention_of(model, ids)
    on_left, on_right = left.diagonal(-1).mean(), right.diagonal(1).mean()
    if not neighbours:
        assert max(on_left, on_right) < 0.2
        return
    assert min(on_left, on_right) > 0.5
    assert (left.argmax(-1)[1:] == torch.arange(63)).double().mean() > 0.9
    assert (right.argmax(-1)[:-1] == torch.arange(1, 64)).double().mean() > 0.9
    for head in free:
        assert max(head.diagonal(-1).mean(), head.diagonal(1).mean()) < 0.2


def test_it_has_the_sizes_asked_for(tokenizer):
    model = small_bert(BertForMaskedLM, tokenizer, 32, n_layers=3, n_heads=2, max_length=9)
    embeddings, layers = model.bert.embeddings, model.bert.encoder.layer
    assert embeddings.word_embeddings.weight.shape == (100, 32)
    assert embeddings.position_embeddings.weight.shape == (9, 32)
    assert len(layers) == 3
    assert layers[0].attention.self.num_attention_heads == 2
    assert layers[0].intermediate.dense.out_features == 128


def test_all_of_it_stays_trainable(tokenizer):
    model = small_bert(BertForMaskedLM, tokenizer, d_model=32)
    assert all(weight.requires_grad for weight in model.parameters())


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"d_model": 36, "n_heads": 4}, "d_model=36 does not give n_heads=4"),
        ({"d_model": 32, "n_heads": 1}, "n_heads=1: two heads"),
    ],
)
def test_bad_sizes(tokenizer, sizes, message):
    with pytest.raises(ValueError, match=message):
        small_bert(BertForMaskedLM, tokenizer, **sizes)
