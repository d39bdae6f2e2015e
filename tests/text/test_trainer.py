"""The industrial path takes the steps of the library's own loop."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from plmrec_lite.text.batches import TextBatches
from plmrec_lite.text.classifier import TextClassifier
from plmrec_lite.text.finetuning import as_examples, classifier_loss
from plmrec_lite.text.trainer import run_trainer
from plmrec_lite.training import Objective, Training, train

SETTINGS = Training(
    n_epochs=3, batch_size=8, learning_rate=0.01, warmup=0.25, weight_decay=0.1, clip=0.3
)


def both_ways(texts, name, settings):
    histories, models = [], []
    for ours in (True, False):
        model = TextClassifier(texts.classes, str(name))
        model.choose_weights("all layers")
        examples = as_examples(texts, model.tokenizer)
        if ours:
            batches = TextBatches(examples, model.tokenizer, settings.batch_size, settings.seed)
            history = train(Objective(model, classifier_loss), batches, settings, device="cpu")
        else:
            history = run_trainer(model, examples, settings, device="cpu")
        models.append(model)
        histories.append(history)
    return models, histories


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"seed": 3, "warmup": 0.0},
        {"accumulation": 4},
        {"n_epochs": None, "n_steps": 5, "clip": 1e9},
    ],
)
def test_the_same_steps(small_texts, still_bert, changes):
    texts = small_texts.take(range(61))  # the last batch of an epoch has 5 texts
    (ours, theirs), (one, other) = both_ways(texts, still_bert, replace(SETTINGS, **changes))
    assert one.step.tolist() == other.step.tolist()
    np.testing.assert_allclose(one.learning_rate, other.learning_rate, rtol=1e-9)
    np.testing.assert_allclose(one.loss, other.loss, atol=1e-5)
    np.testing.assert_allclose(one.gradient_norm, other.gradient_norm, rtol=1e-3)
    for mine, peer in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, peer, atol=1e-4, rtol=0)
    assert not theirs.training


def test_what_it_is_not_used_for(small_texts, still_bert):
    model = TextClassifier(small_texts.classes, str(still_bert))
    for changes in ({"accumulation": 3}, {"precision": "bfloat16"}):
        with pytest.raises(ValueError, match=r"even parts and float32"):
            run_trainer(model, [], replace(SETTINGS, **changes))
    with pytest.raises(RuntimeError, match="'cuda:99' was asked for"):
        run_trainer(model, [], SETTINGS, device="cuda:99")
