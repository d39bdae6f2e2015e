"""Pre-training: a language model learns from plain text, by guessing what it cannot see."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from plmrec_lite.runtime import progress, seed_everything
from plmrec_lite.text.masking import IGNORED, mask_tokens
from plmrec_lite.text.passages import Passages, running_text, sentence_pairs
from plmrec_lite.text.small_bert import small_bert

__all__ = [
    "Passages",
    "PretrainingRun",
    "mask_tokens",
    "masked_model",
    "pretrain",
    "pretraining_losses",
    "running_text",
    "sentence_pairs",
    "small_bert",
]


class PretrainingRun(NamedTuple):
    """What came to pass while a model was pre-trained.

    Attributes
    ----------
    losses : dict of str to float array (steps,)
        ``"word"``, in nats a guessed token, and ``"next sentence"``, in nats a pair, where
        there are pairs: of each step's batch, before the step.
    guessed : int array (steps,)
        The tokens guessed in each step.
    watched : dict of int to object
        What ``watch`` returned, by the number of steps taken.
    """

    losses: dict
    guessed: np.ndarray
    watched: dict


def masked_model(encoder):
    """Put a fresh word-guessing head on a pre-trained encoder, to pre-train it further.

    Parameters
    ----------
    encoder : plmrec_lite.text.TextEncoder
        The encoder. It is not copied: what is trained is the encoder itself.

    Returns
    -------
    transformers.BertForMaskedLM
        The head's last layer is the encoder's own table of pieces.

    Raises
    ------
    ValueError
        If the encoder is no BERT.

    Source: Gururangan et al. 2020.
    """
    from transformers import BertForMaskedLM, BertModel

    if not isinstance(encoder.model, BertModel):
        raise ValueError(f"{encoder.name!r} is a {type(encoder.model).__name__}: take a BERT")
    model = BertForMaskedLM(encoder.model.config)
    model.bert = encoder.model
    model.tie_weights()
    return model.to(encoder.device)


def pretraining_losses(model, batch):
    """Return how badly a model guesses in one batch, task by task.

    Parameters
    ----------
    model : transformers.BertPreTrainedModel
        ``BertForPreTraining``, ``BertForMaskedLM`` or ``BertLMHeadModel``.
    batch : dict of tensors
        ``input_ids``, ``token_type_ids``, ``attention_mask`` and ``labels``, each (B, T), and
        ``is_next`` (B,) where there are pairs.

    Returns
    -------
    dict of str to float tensor ()
        ``"word"``: mean of -log p of the right token, over the places with a label;
        a ``BertLMHeadModel`` guesses each label at the place before. ``"next sentence"`` for a
        ``BertForPreTraining``. Their sum is BERT's loss.

    Source: Devlin et al. 2019, appendix A.2.
    """
    shown = {key: batch[key] for key in ("input_ids", "token_type_ids", "attention_mask")}
    output = model.bert(**shown)
    hidden, labels = output.last_hidden_state, batch["labels"]  # (B, T, d_model), (B, T)
    if model.config.is_decoder:
        hidden, labels = hidden[:, :-1], labels[:, 1:]
    asked = labels != IGNORED
    logits = model.cls.predictions(hidden[asked])  # (n_asked, vocab_size): no others are needed
    losses = {"word": cross_entropy(logits, labels[asked])}
    if hasattr(model.cls, "seq_relationship"):
        logits = model.cls.seq_relationship(output.pooler_output)  # (B, 2)
        # transformers' class 0 is "is the next one"
        losses["next sentence"] = cross_entropy(logits, (~batch["is_next"]).long())
    return losses


class _Losses(nn.Module):
    """The losses as a module, so that accelerate can share it among processes."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, batch):
        return pretraining_losses(self.model, batch)


def pretrain(
    model,
    passages,
    tokenizer,
    steps=1000,
    batch_size=32,
    lr=1e-3,
    warmup=0.1,
    rate=0.15,
    weight_decay=0.01,
    seed=0,
    watch=None,
    watch_every=None,
):
    """Train a model on its guessing games, in place.

    Parameters
    ----------
    model : transformers.BertPreTrainedModel
        Its kind decides what is guessed; see ``small_bert`` and ``masked_model``.
    passages : Passages
        The training texts; pairs for a ``BertForPreTraining``.
    tokenizer : transformers.PreTrainedTokenizerBase
        The one that the passages were made with.
    steps : int, default 1000
        Steps of AdamW, over as many walks through the passages as that takes.
    batch_size : int, default 32
        Rows a step, in each process under ``accelerate launch``.
    lr : float, default 0.001
        The largest step size.
    warmup : float, default 0.1
        The share of the steps in which the step size rises from 0; then it falls to 0.
    rate : float, default 0.15
        The share of tokens to hide, anew in each walk; not used from left to right.
    weight_decay : float, default 0.01
        How strongly weights are pulled to 0, biases and layer normalisations excepted.
    seed : int, default 0
        The seed of the order and of the masks.
    watch : callable or None
        Called with the model, in evaluation mode, before the first step and after the last.
    watch_every : int or None
        If given, ``watch`` is also called each so many steps.

    Returns
    -------
    PretrainingRun
        The losses, and what was watched.

    Raises
    ------
    ValueError
        If ``steps`` is below 1, or pairs are missing.

    Source: Devlin et al. 2019; Loshchilov and Hutter 2019 (AdamW).
    """
    from accelerate import Accelerator

    if steps < 1:
        raise ValueError(f"steps={steps}: take at least one")
    if hasattr(model.cls, "seq_relationship") and passages.is_next is None:
        raise ValueError(
            "this model guesses next sentences, and the passages are no pairs: make them with "
            "sentence_pairs, or take a BertForMaskedLM"
        )
    accelerator = Accelerator()
    seed_everything(seed)
    batches = _batches(passages, tokenizer, batch_size, rate, model.config.is_decoder, seed)
    optimizer = torch.optim.AdamW(_groups(model, weight_decay), lr)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _triangle(steps, warmup))
    losses_of, optimizer, batches = accelerator.prepare(_Losses(model), optimizer, batches)

    history, guessed, watched = [], [], {}
    walk = _endless(batches)
    for step in progress(range(steps), "pre-training"):
        if watch and (step == 0 or (watch_every and step % watch_every == 0)):
            watched[step] = watch(model.eval())
        model.train()
        batch = next(walk)
        losses = losses_of(batch)
        accelerator.backward(sum(losses.values()))
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        history.append([loss.item() for loss in losses.values()])
        guessed.append(int((batch["labels"] != IGNORED).sum()))
    model.eval()
    if watch:
        watched[steps] = watch(model)
    columns = np.array(history).T
    return PretrainingRun(dict(zip(losses, columns, strict=True)), np.array(guessed), watched)


def _batches(passages, tokenizer, batch_size, rate, left_to_right, seed):
    """A loader that shuffles, cuts filling off, and masks anew in every walk."""
    generator = torch.Generator().manual_seed(seed)

    def collate(rows):
        input_ids = torch.from_numpy(passages.input_ids[rows])
        longest = int((input_ids != tokenizer.pad_token_id).sum(1).max())
        input_ids = input_ids[:, :longest]
        attention_mask = (input_ids != tokenizer.pad_token_id).long()
        if left_to_right:
            inputs, labels = input_ids, input_ids.masked_fill(attention_mask == 0, IGNORED)
        else:
            inputs, labels = mask_tokens(input_ids, tokenizer, rate, generator=generator)
        batch = {
            "input_ids": inputs,
            "token_type_ids": torch.from_numpy(passages.token_type_ids[rows])[:, :longest],
            "attention_mask": attention_mask,
            "labels": labels,
        }
        if passages.is_next is not None:
            batch["is_next"] = torch.from_numpy(passages.is_next[rows])
        return batch

    return torch.utils.data.DataLoader(
        range(len(passages.input_ids)),
        batch_size=min(batch_size, len(passages.input_ids)),
        shuffle=True,
        drop_last=True,
        generator=torch.Generator().manual_seed(seed),
        collate_fn=collate,
    )


def _endless(batches):
    """Walk through the batches again and again."""
    while True:
        yield from batches


def _triangle(steps, warmup):
    """The share of the largest step size at each step: up in the warm-up, then down to 0."""
    rising = max(1, round(warmup * steps))
    return lambda step: min((step + 1) / rising, (steps - step) / max(1, steps - rising))


def _groups(model, weight_decay):
    """Matrices, which are pulled to 0, and vectors, which are not."""
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    return [
        {"params": [w for w in trained if w.ndim > 1], "weight_decay": weight_decay},
        {"params": [w for w in trained if w.ndim < 2], "weight_decay": 0.0},
    ]
