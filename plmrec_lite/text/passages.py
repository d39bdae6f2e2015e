"""Training passages for a language model: pairs of sentences, or running text, as token ids."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmrec_lite.runtime import check_seed


class Passages(NamedTuple):
    """Texts as rows of token ids, ready for a model.

    Attributes
    ----------
    input_ids : int array (n, T); padded with [PAD]
    token_type_ids : int array (n, T); 0 for the first sentence (and padding), 1 for the second
    document : int array (n,); the document of each row, or of its first sentence
    is_next : bool array (n,) or None; whether the second sentence followed; None without pairs
    """

    input_ids: np.ndarray
    token_type_ids: np.ndarray
    document: np.ndarray
    is_next: np.ndarray | None = None


def sentence_pairs(documents, tokenizer, max_length=64, copies=1, seed=0):
    """Pair each sentence with the one that follows it, or with one of another document.

    Parameters
    ----------
    documents : list of lists of str; at least two, each as its sentences in order
    tokenizer : transformers.PreTrainedTokenizerBase
    max_length : int; tokens a pair, special tokens included; the longer sentence loses tokens at
        its end until the pair fits
    copies : int; how often to go through the documents, with fresh draws each time
    seed : int

    Returns
    -------
    Passages; a row a pair of neighbours and copy; half of the rows (rounded up) keep the true
        second sentence, the others have one of another document

    Raises
    ------
    ValueError: fewer than two documents with two sentences, or ``max_length`` < 5

    Source: Devlin et al. 2019, section 3.1 and appendix A.2.
    """
    check_seed(seed)
    if max_length < 5:
        raise ValueError(f"max_length={max_length}: a pair of one token each takes 5 places")
    rows = _token_ids(documents, tokenizer)
    if sum(len(sentences) > 1 for sentences in rows) < 2:
        raise ValueError("give at least two documents of two sentences or more")
    rng = np.random.default_rng(seed)
    sentences = [sentence for document in rows for sentence in document]
    home = np.repeat(np.arange(len(rows)), [len(document) for document in rows])
    first = np.tile(np.flatnonzero(home[:-1] == home[1:]), copies)  # its neighbour is at first + 1
    is_next = rng.permutation(np.arange(len(first)) % 2 == 0)
    second = first + 1
    for row in np.flatnonzero(~is_next):
        while home[second[row]] == home[first[row]]:
            second[row] = rng.integers(len(sentences))
    pairs = [
        _fitted(sentences[a], sentences[b], max_length - 3)
        for a, b in zip(first, second, strict=True)
    ]
    return _table(pairs, home[first], tokenizer, max_length, is_next)


def running_text(documents, tokenizer, max_length=64):
    """Cut each document into stretches of whole sentences, as many as fit.

    Parameters
    ----------
    documents : list of lists of str; each as its sentences in order
    tokenizer : transformers.PreTrainedTokenizerBase
    max_length : int; tokens a row, special tokens included; a longer sentence is cut

    Returns
    -------
    Passages; every other token of every document stands in exactly one row

    Raises
    ------
    ValueError: no sentence, or ``max_length`` < 3

    Source: Liu et al. 2019, section 4.2 ("doc-sentences").
    """
    if max_length < 3:
        raise ValueError(f"max_length={max_length}: one token takes 3 places")
    room, texts, document = max_length - 2, [], []
    for number, sentences in enumerate(_token_ids(documents, tokenizer)):
        row = []
        for sentence in sentences:
            if row and len(row) + len(sentence) > room:
                texts.append((row,))
                document.append(number)
                row = []
            row = row + sentence[:room]
        texts.append((row,))
        document.append(number)
    if not texts:
        raise ValueError("documents is empty: give at least one sentence")
    return _table(texts, np.array(document), tokenizer, max_length, None)


def _token_ids(documents, tokenizer):
    """Token ids of each sentence of each document, without special tokens."""
    documents = [list(sentences) for sentences in documents if len(sentences)]
    flat = [sentence for sentences in documents for sentence in sentences]
    if not flat:
        raise ValueError("documents hold no sentence: give lists of sentences")
    ids = iter(tokenizer(flat, add_special_tokens=False, verbose=False)["input_ids"])
    return [[next(ids) for _ in sentences] for sentences in documents]


def _fitted(first, second, room):
    """Two sentences, the longer one shortened until both fit into the room."""
    n_first = max(min(len(first), room - len(second)), min(len(first), (room + 1) // 2))
    return first[:n_first], second[: room - n_first]


def _table(texts, document, tokenizer, max_length, is_next):
    input_ids = np.full((len(texts), max_length), tokenizer.pad_token_id)
    token_type_ids = np.zeros_like(input_ids)
    for row, parts in enumerate(texts):
        ids = [tokenizer.cls_token_id]
        for number, part in enumerate(parts):
            token_type_ids[row, len(ids) : len(ids) + len(part) + 1] = number
            ids += [*part, tokenizer.sep_token_id]
        input_ids[row, : len(ids)] = ids
    return Passages(input_ids, token_type_ids, document, is_next)
