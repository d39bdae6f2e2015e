"""Pre-training: a language model learns from plain text, by guessing what it cannot see."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from plmrec_lite.runtime import check_seed, own_seed
from plmrec_lite.text.masking import IGNORED, mask_tokens
from plmrec_lite.text.passages import Passages, running_text, sentence_pairs
from plmrec_lite.text.small_bert import small_bert
from plmrec_lite.training import Objective, Training, train

__all__ = [
    "PRETRAINING",
    "Passages",
    "mask_tokens",
    "masked_model",
    "pretrain",
    "pretraining_losses",
    "running_text",
    "sentence_pairs",
    "small_bert",
]

PRETRAINING = Training(n_steps=1000, batch_size=32, learning_rate=1e-3)


def masked_model(encoder, seed=0):
    """Put a fresh word-guessing head on a pre-trained encoder, to pre-train it further.

    Parameters
    ----------
    encoder : TextEncoder; not copied: its model is what is trained, the unused pooler frozen
    seed : int; of the head's first weights

    Returns
    -------
    transformers.BertForMaskedLM; the head's last layer is the encoder's own table of pieces

    Raises
    ------
    ValueError: the encoder is no BERT

    Source: Gururangan et al. 2020.
    """
    check_seed(seed)
    from transformers import BertForMaskedLM, BertModel

    if not isinstance(encoder.model, BertModel):
        raise ValueError(f"{encoder.name!r} is a {type(encoder.model).__name__}: take a BERT")
    with own_seed(seed):
        model = BertForMaskedLM(encoder.model.config)
    model.bert = encoder.model
    if model.bert.pooler is not None:
        model.bert.pooler.requires_grad_(False)
    model.tie_weights()
    return model.to(encoder.device)


def pretraining_losses(model, batch):
    """Return the losses of a model in one batch, task by task.

    Parameters
    ----------
    model : transformers.BertForPreTraining, BertForMaskedLM or BertLMHeadModel
    batch : dict; int tensors ``input_ids``, ``token_type_ids``, ``attention_mask`` and ``labels``
        (B, T), ``is_next`` (B,) where there are pairs; the numbers of the whole batch ``n_asked``
        (labels) and ``n_rows``

    Returns
    -------
    dict of str to float tensor (); ``"word"``: the mean negative log-likelihood of the labels, 0
        without any (a ``BertLMHeadModel`` guesses each at the place before); ``"next sentence"``
        for a ``BertForPreTraining``; ``"loss"``, their sum; ``"guessed"``, the labels of this part

    Source: Devlin et al. 2019, appendix A.2.
    """
    shown = {key: batch[key] for key in ("input_ids", "token_type_ids", "attention_mask")}
    output = model.bert(**shown)
    hidden, labels = output.last_hidden_state, batch["labels"]  # (B, T, d_model), (B, T)
    if model.config.is_decoder:
        hidden, labels = hidden[:, :-1], labels[:, 1:]
    asked = labels != IGNORED
    logits = model.cls.predictions(hidden[asked])  # (n_asked, vocab_size): no others are needed
    surprise = cross_entropy(logits, labels[asked], reduction="sum")
    losses = {"word": surprise / max(1, batch["n_asked"])}
    if hasattr(model.cls, "seq_relationship"):
        logits = model.cls.seq_relationship(output.pooler_output)  # (B, 2)
        # transformers' class 0 is "is the next one"
        surprise = cross_entropy(logits, (~batch["is_next"]).long(), reduction="sum")
        losses["next sentence"] = surprise / batch["n_rows"]
    return {"loss": sum(losses.values()), **losses, "guessed": asked.sum()}


def pretrain(
    model,
    passages,
    tokenizer,
    settings=PRETRAINING,
    *,
    rate=0.15,
    watch=None,
    watch_every=None,
    device=None,
    folder=None,
    resume=False,
):
    """Train a model on its guessing games, in place.

    Parameters
    ----------
    model : transformers.BertPreTrainedModel; see ``small_bert`` and ``masked_model``
    passages : Passages; pairs for a ``BertForPreTraining``
    tokenizer : transformers.PreTrainedTokenizerBase; that of the passages
    settings : Training; an example is a row
    rate : float; the share of tokens to hide, anew in each epoch; not used from left to right
    watch, watch_every, device, folder, resume : see ``train``; ``watch`` is called with ``model``

    Returns
    -------
    pandas.DataFrame; that of ``train``; ``word``, in nats a guessed token; ``next sentence``, in
        nats a pair, where there are pairs; ``guessed``, tokens

    Raises
    ------
    ValueError: pairs are missing, ``rate`` is no probability; or see ``train``
    """
    if hasattr(model.cls, "seq_relationship") and passages.is_next is None:
        raise ValueError(
            "this model guesses next sentences, and the passages are no pairs: make them with "
            "sentence_pairs, or take a BertForMaskedLM"
        )
    return train(
        Objective(model, pretraining_losses),
        _Batches(passages, tokenizer, settings, rate, model.config.is_decoder),
        settings,
        watch=watch and (lambda step, objective: watch(step, objective.model)),
        watch_every=watch_every,
        device=device,
        folder=folder,
        resume=resume,
        title="pre-training",
    )


class _Batches:
    """Rows in an order of each epoch's own, without padding at the end, and masked anew."""

    def __init__(self, passages, tokenizer, settings, rate, left_to_right):
        self.passages, self.tokenizer, self.rate = passages, tokenizer, rate
        self.left_to_right, self.seed = left_to_right, settings.seed
        self.batch_size = min(settings.batch_size, len(passages.input_ids))

    def __len__(self):
        return len(self.passages.input_ids) // max(1, self.batch_size)

    def epoch(self, number):
        rng = np.random.default_rng((self.seed, number))
        order = rng.permutation(len(self.passages.input_ids))
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        for i in range(len(self)):
            rows = order[i * self.batch_size : (i + 1) * self.batch_size]
            yield self._batch(rows, generator)

    def _batch(self, rows, generator):
        padding = self.tokenizer.pad_token_id
        input_ids = torch.from_numpy(self.passages.input_ids[rows])
        longest = int((input_ids != padding).sum(1).max())
        input_ids = input_ids[:, :longest]
        attention_mask = (input_ids != padding).long()
        if self.left_to_right:
            inputs, labels = input_ids, input_ids.masked_fill(attention_mask == 0, IGNORED)
            labels[:, 0] = IGNORED  # nothing stands before it
        else:
            inputs, labels = mask_tokens(input_ids, self.tokenizer, self.rate, generator=generator)
        batch = {
            "input_ids": inputs,
            "token_type_ids": torch.from_numpy(self.passages.token_type_ids[rows])[:, :longest],
            "attention_mask": attention_mask,
            "labels": labels,
            "n_asked": int((labels != IGNORED).sum()),
            "n_rows": len(rows),
        }
        if self.passages.is_next is not None:
            batch["is_next"] = torch.from_numpy(self.passages.is_next[rows])
        return batch
