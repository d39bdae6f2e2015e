"""On a pretended GPU: every training and every forward pass, with the numbers of the CPU.

See ``one_device.py``. A GPU is not needed, and a ``.to(device)`` that is forgotten is found.
"""

import copy

import numpy as np
import pandas as pd
import pytest
import torch
from one_device import There, one_device
from trainings import TRAININGS, assert_alike, lines, tiny_bert, weights
from transformers import BertForPreTraining, BertLMHeadModel

from plmrec_lite.applications.explain.texts import ExplainedText, class_head
from plmrec_lite.nn import attention, embeddings, losses, masks, positions, skip_gram, softmax
from plmrec_lite.nn.lora import add_lora
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.classifier import TextClassifier
from plmrec_lite.text.finetuning import probabilities
from plmrec_lite.text.held_out import fill_mask, guess_hidden, guess_next_sentence, token_surprise
from plmrec_lite.text.passages import running_text, sentence_pairs
from plmrec_lite.text.pretrained import load_pretrained
from plmrec_lite.text.pretraining import masked_model
from plmrec_lite.text.small_bert import small_bert
from plmrec_lite.text.upper_layers import UpperLayers, lower_states
from plmrec_lite.training import loop


def there(value):
    """A value with its tensors and modules on the pretended GPU."""
    if isinstance(value, torch.nn.Module):
        return copy.deepcopy(value).to("meta")
    return value.to("meta") if isinstance(value, torch.Tensor) else value


@pytest.mark.parametrize("name", TRAININGS)
def test_every_training_takes_the_same_steps_there(name):
    module, history = TRAININGS[name]({"accumulation": 2}, device="cpu")
    with one_device() as device:
        moved, other = TRAININGS[name]({"accumulation": 2}, device=device)
        pd.testing.assert_frame_equal(other, history, rtol=1e-5, atol=1e-7)
        assert_alike(weights(moved), weights(module))


@pytest.mark.parametrize("name", TRAININGS)
def test_a_forgotten_part_of_a_batch_is_found(name, monkeypatch):
    def forgetful(batch, where):
        first, *_ = (key for key, value in batch.items() if isinstance(value, torch.Tensor))
        moved = {key: there(value) for key, value in batch.items()}
        return moved | {first: batch[first]}

    monkeypatch.setattr(loop, "_moved", forgetful)
    with one_device() as device, pytest.raises(RuntimeError, match="tensors of two devices"):
        TRAININGS[name]({}, device=device)


def tensors(*shapes):
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(*shape, generator=generator) for shape in shapes]


def block(**options):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return attention.TransformerBlock(8, 2, **options).eval()


def with_lora():
    module = torch.nn.Sequential(torch.nn.Linear(8, 8))
    add_lora(module, 2, 4.0)
    return module


IDS = torch.tensor([[2, 0], [1, 2]])
X, Q, K, V = tensors((2, 3, 8), (2, 3, 4), (2, 5, 4), (2, 5, 4))
PADDING = torch.tensor([[True, True, False], [True, True, True]])[:, None, None, :]
PASSES = {
    "one_hot": (embeddings.one_hot, IDS, 4),
    "lookup": (embeddings.lookup, X[0], IDS),
    "nearest": (embeddings.nearest, X[0], X[0, 1], 2, [0]),
    "skip-gram": (lambda m, *ids: m.loss(*ids), skip_gram.SkipGram("abc", 4), *IDS, IDS),
    "softmax": (softmax.softmax, X),
    "log_softmax": (softmax.log_softmax, X),
    "log_sigmoid": (softmax.log_sigmoid, X),
    "causal_mask": (lambda x: masks.causal_mask(3, x.device), X),
    "additive_mask": (masks.additive_mask, PADDING, (2, 1, 3, 3), torch.float32),
    "positions": (lambda x: x + positions.sinusoidal_positions(3, 8, x.device), X),
    "attention": (attention.scaled_dot_product_attention, Q, K, V, torch.ones(3, 5).bool()),
    "heads": (lambda m, x: m(x, x, x, None)[0], block().attention, X),
    "block": (lambda m, x, mask: m(x, mask), block(), X, PADDING),
    "causal block": (lambda m, x, mask: m(x, mask), block(causal=True), X, PADDING),
    "cross_entropy": (losses.cross_entropy, X[0], IDS[0, :1].repeat(3), 0.1),
    "binary_cross_entropy": (losses.binary_cross_entropy, X, (X > 0).float()),
    "bpr": (losses.bpr, X, -X),
    "info_nce": (losses.info_nce, X[0], X[1]),
    "sampled_softmax": (losses.sampled_softmax, X[0], IDS[0, :1].repeat(3), X[0, 0]),
    "lora": (lambda m, x: m(x), with_lora(), X),
}


@pytest.mark.parametrize("name", PASSES)
def test_every_function_from_scratch(name):
    function, *arguments = PASSES[name]
    wanted = function(*arguments)
    with one_device():
        found = function(*map(there, arguments))
        for one, other in zip(
            *(x if isinstance(x, tuple) else (x,) for x in (found, wanted)), strict=True
        ):
            assert isinstance(one, There)
            torch.testing.assert_close(one.detach().cpu(), other.detach())


TEXTS = lines(6)


def encoder(device):
    made = TextEncoder(tiny_bert(0.1, 2), device="cpu")
    made.device = torch.device(device)
    made.model.to(device)
    return made


def upper_vectors(device):
    made = encoder(device)
    upper = UpperLayers(made.model, 1)
    add_lora(upper, 2, 4.0, ["query"])
    return upper.to(device).all_vectors(lower_states(made, TEXTS, 1))


def guesses(device):
    made = encoder("cpu")
    documents = [TEXTS[:3], TEXTS[3:]]
    pairs = sentence_pairs(documents, made.tokenizer, max_length=16)
    text = running_text(documents, made.tokenizer, max_length=16)
    bert, gpt = (
        small_bert(kind, made.tokenizer, 16, 1, 2, 16).eval().to(device)
        for kind in (BertForPreTraining, BertLMHeadModel)
    )
    return np.concatenate(
        [
            guess_hidden(bert, text, made.tokenizer).surprise,
            guess_next_sentence(bert, pairs, made.tokenizer),
            token_surprise(bert, text, made.tokenizer).ravel(),
            token_surprise(gpt, text, made.tokenizer).ravel(),
            list(fill_mask(bert, made.tokenizer, "a [MASK] film", 3).values()),
        ]
    )


def explanations(device):
    classifier = TextClassifier(("a", "b"), tiny_bert(0.1, 2)).eval().to(device)
    one = ExplainedText(
        classifier.encoder, classifier.tokenizer, TEXTS[0], class_head(classifier, 1)
    )
    ways = one.attention(), one.rollout(), one.integrated_gradients(), one.occlusion()
    return np.concatenate([*ways, one.score(np.eye(len(one), dtype=bool))])


MODELS = {
    "encoder": lambda device: encoder(device).encode(TEXTS),
    "token vectors": lambda device: encoder(device).token_vectors(TEXTS[0])[1],
    "upper layers": upper_vectors,
    "classifier": lambda device: probabilities(
        TextClassifier(("a", "b"), tiny_bert(0.1, 2)).to(device), TEXTS
    ),
    "masked model": lambda device: [
        w.detach().cpu().sum().item() for w in masked_model(encoder(device)).parameters()
    ],
    "guesses": guesses,
    "explanations": explanations,
}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_of_texts(name):
    wanted = MODELS[name]("cpu")
    with one_device() as device:
        np.testing.assert_allclose(MODELS[name](device), wanted, atol=1e-5)


def test_a_model_loaded_there_is_whole():
    folder = tiny_bert(0.1, 2)
    full = [torch.full((1, 16), 99) for _ in range(500)]
    del full  # memory that is not set now holds anything but zeros
    with one_device():
        found = dict(load_pretrained(folder)[1].named_buffers())
    wanted = dict(load_pretrained(folder)[1].named_buffers())
    assert found.keys() == wanted.keys() != set()
    for name, buffer in wanted.items():
        assert torch.equal(found[name], buffer), name


def test_what_the_mode_refuses_and_what_it_lets_pass():
    x, y, ids = torch.arange(6.0).view(2, 3), torch.ones(2, 3), torch.tensor([1, 0])
    with one_device() as device:
        moved = x.to(device)
        for operation in (
            lambda: moved + y,
            lambda: moved[ids],
            lambda: moved @ y.T,
            lambda: torch.where(moved > 1, y, moved),
            lambda: moved.add_(y),
            lambda: torch.nn.functional.embedding(ids, moved),
        ):
            with pytest.raises(RuntimeError, match="two devices"):
                operation()
        assert moved.device == device != x.device
        assert (moved * torch.tensor(2.0) + 1).cpu().tolist() == (x * 2 + 1).tolist()
        assert torch.zeros_like(moved).copy_(y).cpu().tolist() == y.tolist()
        assert moved[moved > 2].sum().item() == 12
        assert isinstance(torch.arange(3, device=device) + 1, There)
        moved += 1  # a copy: what is here stays
        assert x[0, 0] == 0 and moved[0, 0].item() == 1
        with pytest.raises(RuntimeError):
            moved.numpy()
