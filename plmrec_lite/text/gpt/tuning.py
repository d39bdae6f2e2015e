"""A GPT learns what should follow a prompt: LoRA on its attention, a few steps."""

from __future__ import annotations

import numpy as np
from torch.nn.functional import cross_entropy

from plmrec_lite.nn.lora import add_lora
from plmrec_lite.text.gpt.scoring import check_length
from plmrec_lite.training import Objective, RowBatches, train

TARGETS = ("q_proj", "v_proj")  # as in the paper: queries and values
NOT_ASKED = -100  # a token that is read and not predicted


def answer_rows(gpt, prompts, answers):
    """Put prompts and their answers into rows of one length, and mark what is to be predicted.

    Parameters
    ----------
    gpt : GPT
    prompts, answers : sequence of n str; each answer as it follows its prompt, with its space

    Returns
    -------
    dict of int64 array (n, T): ``ids``, 0 after the end, and ``wanted``, the ids of the answer and
        ``NOT_ASKED`` elsewhere; T is the longest row

    Raises
    ------
    TypeError, ValueError: as ``GPT.continuations``; or a row is longer than the model reads
    """
    rows = []
    for prompt, answer in zip(prompts, answers, strict=True):
        (said,) = gpt.continuations(prompt, [answer])
        rows.append((gpt.ids(prompt), said))
    longest = max(len(before) + len(said) for before, said in rows)
    check_length(gpt, longest)
    ids = np.zeros((len(rows), longest), np.int64)
    wanted = np.full((len(rows), longest), NOT_ASKED)
    for row, (before, said) in enumerate(rows):
        ids[row, : len(before) + len(said)] = before + said
        wanted[row, len(before) : len(before) + len(said)] = said
    return {"ids": ids, "wanted": wanted}


def answer_losses(model, batch):
    """Return the negative log-likelihood of the answers of a batch.

    Nothing is masked: a decoder attends to what stands before, and the padding stands behind.

    Parameters
    ----------
    model : transformers.PreTrainedModel; a decoder
    batch : dict; from ``answer_rows``, and ``n``, the answers of the whole batch

    Returns
    -------
    dict of float tensor (); ``"loss"``, nats an answer, summed over its tokens
    """
    longest = int((batch["wanted"] != NOT_ASKED).any(0).nonzero()[-1]) + 1
    ids, wanted = batch["ids"][:, : longest - 1], batch["wanted"][:, 1:longest]
    states = model.base_model(input_ids=ids, use_cache=False).last_hidden_state  # (B, T, C)
    asked = wanted != NOT_ASKED
    logits = model.get_output_embeddings()(states[asked])  # (number of tokens asked, vocab_size)
    return {"loss": cross_entropy(logits, wanted[asked], reduction="sum") / batch["n"]}


class _AnswerBatches(RowBatches):
    """Rows in random order, each batch with the number of its answers."""

    def epoch(self, number):
        for batch in super().epoch(number):
            yield batch | {"n": self.batch_size}


def tune_answers(gpt, prompts, answers, settings, rank=8, alpha=16.0, **options):
    """Train LoRA matrices of a GPT on answers to prompts, in place; all other weights stay.

    Parameters
    ----------
    gpt : GPT
    prompts, answers : sequence of n str; see ``answer_rows``
    settings : Training
    rank : int; see ``LoRALinear``
    alpha : float; see ``LoRALinear``
    **options
        Of ``train``, such as ``watch``.

    Returns
    -------
    pandas.DataFrame; see ``train``

    Raises
    ------
    TypeError, ValueError: as ``answer_rows``, ``add_lora`` and ``train``

    Source: Hu et al. 2022.
    """
    batches = _AnswerBatches(answer_rows(gpt, prompts, answers), settings.batch_size, settings.seed)
    add_lora(gpt.model, rank, alpha, TARGETS, seed=settings.seed)
    options = {"device": gpt.device, "title": "tuning a GPT"} | options
    return train(Objective(gpt.model, answer_losses), batches, settings, **options)
