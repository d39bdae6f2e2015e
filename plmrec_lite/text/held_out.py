"""What a pre-trained model knows: its guesses on texts that it was not trained on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from plmrec_lite.evaluation.intervals import bootstrap
from plmrec_lite.runtime import check_seed, progress
from plmrec_lite.text.masking import IGNORED, mask_tokens


class Guesses(NamedTuple):
    """Hidden tokens, and how a model guessed them.

    Attributes
    ----------
    document : int array (n,); the document of each token
    token : int array (n,); the right token
    before, after : int array (n,); its left and right neighbours in the text, hidden or not
    right : bool array (n,); whether the likeliest token was the right one
    surprise : float array (n,); negative log-likelihood of the right token, in nats
    """

    document: np.ndarray
    token: np.ndarray
    before: np.ndarray
    after: np.ndarray
    right: np.ndarray
    surprise: np.ndarray


@torch.inference_mode()
def guess_hidden(model, passages, tokenizer, rate=0.15, seed=0, batch_size=64):
    """Hide tokens of texts, each behind [MASK], and let a model guess them.

    Parameters
    ----------
    model : transformers.BertForMaskedLM or transformers.BertForPreTraining; in evaluation mode
    passages : Passages; texts that the model was not trained on
    tokenizer : transformers.PreTrainedTokenizerBase
    rate : float; the share of tokens to hide
    seed : int; the same seed and passages hide the same tokens
    batch_size : int

    Returns
    -------
    Guesses; one entry a hidden token, row by row

    Raises
    ------
    ValueError: the model guesses from left to right

    Source: Devlin et al. 2019.
    """
    check_seed(seed)
    if model.config.is_decoder:
        raise ValueError("this model reads from left to right: use token_surprise")
    generator = torch.Generator().manual_seed(seed)
    ids = torch.from_numpy(passages.input_ids)
    hidden, labels = mask_tokens(ids, tokenizer, rate, 1.0, 0.0, generator)
    likeliest, surprise = [], []
    for start in range(0, len(ids), batch_size):
        rows = slice(start, start + batch_size)
        vectors = _vectors(model, hidden[rows], passages.token_type_ids[rows], tokenizer)
        asked = labels[rows] != IGNORED
        log_p = _log_p(model, vectors[asked.to(vectors.device)])  # (n_asked, vocab_size)
        targets = labels[rows][asked].unsqueeze(1)
        likeliest.append(log_p.argmax(1))
        surprise.append(-log_p.gather(1, targets).squeeze(1))
    row, place = np.nonzero(labels.numpy() != IGNORED)
    token = passages.input_ids[row, place]
    return Guesses(
        passages.document[row],
        token,
        passages.input_ids[row, place - 1],
        passages.input_ids[row, place + 1],  # at the latest the [SEP] at the end
        torch.cat(likeliest).numpy() == token,
        torch.cat(surprise).numpy(),
    )


@torch.inference_mode()
def guess_next_sentence(model, passages, tokenizer, batch_size=64):
    """Let a model say of each pair whether the second sentence followed the first.

    Parameters
    ----------
    model : transformers.BertForPreTraining; in evaluation mode
    passages : Passages; pairs
    tokenizer : transformers.PreTrainedTokenizerBase
    batch_size : int

    Returns
    -------
    bool array (n,); right where it equals ``passages.is_next``
    """
    answers = []
    for start in range(0, len(passages.input_ids), batch_size):
        rows = slice(start, start + batch_size)
        shown = _shown(
            model,
            torch.from_numpy(passages.input_ids[rows]),
            passages.token_type_ids[rows],
            tokenizer,
        )
        yes, no = model.cls.seq_relationship(model.bert(**shown).pooler_output).T
        answers.append(yes > no)
    return torch.cat(answers).cpu().numpy()


@torch.inference_mode()
def token_surprise(model, passages, tokenizer, batch_size=64):
    """Return the negative log-likelihood of each token of texts, one token at a time.

    A model that reads from left to right sees what stands before the token; a masked model sees
    the whole text except the token. The exponential of the latter's mean is pseudo-perplexity.

    Parameters
    ----------
    model : transformers.BertLMHeadModel, BertForMaskedLM or BertForPreTraining; in evaluation mode
    passages : Passages; texts that the model was not trained on
    tokenizer : transformers.PreTrainedTokenizerBase
    batch_size : int

    Returns
    -------
    float array (n, T), in nats; NaN for special tokens and padding

    Source: Salazar et al. 2020 (pseudo-perplexity).
    """
    ids = torch.from_numpy(passages.input_ids)
    asked = ~torch.isin(ids, torch.tensor(tokenizer.all_special_ids))
    ask = _all_in_one_pass if model.config.is_decoder else _one_a_pass
    surprise = np.full(ids.shape, np.nan)
    surprise[asked.numpy()] = ask(model, ids, passages.token_type_ids, asked, tokenizer, batch_size)
    return surprise


def _all_in_one_pass(model, ids, token_type_ids, asked, tokenizer, batch_size):
    """Each token is guessed at the place before it, float array (n_asked,)."""
    found = []
    for start in progress(range(0, len(ids), batch_size), "reading"):
        rows = slice(start, start + batch_size)
        vectors = _vectors(model, ids[rows], token_type_ids[rows], tokenizer)[:, :-1]
        log_p = _log_p(model, vectors[asked[rows, 1:].to(vectors.device)])  # (n_here, vocab_size)
        found.append(-log_p.gather(1, ids[rows][asked[rows]].unsqueeze(1)).squeeze(1))
    return torch.cat(found).numpy()


def _one_a_pass(model, ids, token_type_ids, asked, tokenizer, batch_size):
    """Each token is hidden alone, and guessed at its place, float array (n_asked,)."""
    found, places = [], asked.nonzero()  # (n_asked, 2)
    for start in progress(range(0, len(places), batch_size), "hiding each token"):
        row, place = places[start : start + batch_size].T
        shown, own = ids[row], torch.arange(len(row))
        targets = shown[own, place].unsqueeze(1)
        shown[own, place] = tokenizer.mask_token_id
        vectors = _vectors(model, shown, token_type_ids[row.numpy()], tokenizer)
        log_p = _log_p(model, vectors[own.to(vectors.device), place.to(vectors.device)])
        found.append(-log_p.gather(1, targets).squeeze(1))
    return torch.cat(found).numpy()


@torch.inference_mode()
def fill_mask(model, tokenizer, text, k=5):
    """Return the likeliest tokens for the gap in a text.

    Parameters
    ----------
    model : transformers.BertForMaskedLM or transformers.BertForPreTraining; in evaluation mode
    tokenizer : transformers.PreTrainedTokenizerBase
    text : str; with exactly one ``[MASK]``
    k : int

    Returns
    -------
    dict of str to float; k tokens with their probabilities, the likeliest first

    Raises
    ------
    ValueError: no [MASK], or more than one
    """
    ids = torch.tensor([tokenizer(text)["input_ids"]])
    gaps = (ids[0] == tokenizer.mask_token_id).nonzero().squeeze(1)
    if len(gaps) != 1:
        raise ValueError(f"{text!r} has {len(gaps)} gaps: write one [MASK]")
    vectors = _vectors(model, ids, np.zeros(ids.shape, dtype=int), tokenizer)
    p = _log_p(model, vectors[0, gaps.to(vectors.device)]).exp()[0]
    best = p.topk(k)
    tokens = tokenizer.convert_ids_to_tokens(best.indices.tolist())
    return dict(zip(tokens, best.values.tolist(), strict=True))


def mean_by_document(document, values):
    """Return the mean of values, with an interval that draws whole documents.

    Tokens of one document are alike: drawing tokens would make the interval too small.

    Parameters
    ----------
    document : int array (n,); the document of each value
    values : float or bool array (n,); such as ``guesses.right``, or a difference of two models'

    Returns
    -------
    Estimate; 95 %

    Raises
    ------
    ValueError: no value

    Source: Efron and Tibshirani 1993, section 8.3.
    """
    _, number = np.unique(document, return_inverse=True)
    totals = np.bincount(number, np.asarray(values, dtype=float))
    counts = np.bincount(number)
    if not len(totals):
        raise ValueError("values is empty: give at least one")
    return bootstrap(lambda total, count: total.sum() / count.sum(), totals, counts)


def _shown(model, input_ids, token_type_ids, tokenizer):
    return {
        "input_ids": input_ids.to(model.device),
        "token_type_ids": torch.as_tensor(token_type_ids).to(model.device),
        "attention_mask": (input_ids != tokenizer.pad_token_id).long().to(model.device),
    }


def _vectors(model, input_ids, token_type_ids, tokenizer):
    """The vectors that leave the last layer, (B, T, d_model)."""
    return model.bert(**_shown(model, input_ids, token_type_ids, tokenizer)).last_hidden_state


def _log_p(model, vectors):
    """Log-probability of each token of the vocabulary, (n, vocab_size), on the CPU."""
    return model.cls.predictions(vectors).log_softmax(-1).float().cpu()
