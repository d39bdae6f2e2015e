"""A table of one vector a token, distilled from a language model: a text is looked up, not read."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path

import numpy as np

from plmrec_lite.checks import check_choice, check_texts
from plmrec_lite.runtime import progress

FORMAT = "plmrec_lite static table 1"


class StaticTable:
    """Turns a text into the mean of its tokens' vectors; where a token stands does not count.

    Parameters
    ----------
    tokenizer : tokenizers.Tokenizer; numbers of tokens are rows of the table
    vectors : float32 array (n_tokens, d); weights of the tokens included

    Raises
    ------
    ValueError: the table has another shape or number of rows than the tokenizer has tokens, or
        holds NaN or infinity

    Source: Tulkens & van Dongen 2024 (model2vec).
    """

    def __init__(self, tokenizer, vectors):
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        if vectors.ndim != 2 or len(vectors) != tokenizer.get_vocab_size():
            raise ValueError(
                f"vectors of shape {vectors.shape} for {tokenizer.get_vocab_size()} tokens: give "
                "one row a token"
            )
        if not np.isfinite(vectors).all():
            raise ValueError("vectors hold NaN or infinity: give finite numbers")
        self.tokenizer, self.vectors = tokenizer, vectors
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self._unknown = tokenizer.token_to_id(getattr(tokenizer.model, "unk_token", None) or "")

    @property
    def dimension(self):
        """Length d of a text's vector."""
        return self.vectors.shape[1]

    def encode(self, texts, normalize=True, unknown="raise"):
        """Encode texts, each by itself.

        Parameters
        ----------
        texts : sequence of n str; none empty
        normalize : bool; scale each vector to length 1
        unknown : {"raise", "zero"}; what becomes of a text none of whose tokens is in the table

        Returns
        -------
        float32 array (n, d)

        Raises
        ------
        TypeError: ``texts`` is one string, or holds something that is not a string
        ValueError: a text is empty or has no known token, an option is unknown
        """
        check_choice("unknown", unknown, ("raise", "zero"))
        texts = check_texts(texts)
        read = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        ids = [row.ids for row in read]
        flat = np.fromiter(chain.from_iterable(ids), dtype=np.int64)
        rows = np.repeat(np.arange(len(ids)), np.fromiter(map(len, ids), np.int64, len(ids)))
        if self._unknown is not None and (flat == self._unknown).any():
            rows, flat = rows[flat != self._unknown], flat[flat != self._unknown]
        counts = np.bincount(rows, minlength=len(texts))
        if unknown == "raise" and not counts.all():
            i = int(np.argmin(counts))
            raise ValueError(
                f"text {i}, {texts[i][:40]!r}, has no token that the table knows: leave it out, or "
                'pass unknown="zero"'
            )
        vectors = self._sums(flat, counts) / np.maximum(counts, 1)[:, None].astype(np.float32)
        if normalize:
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            vectors /= np.where(lengths > 0, lengths, 1)
        return vectors

    def _sums(self, flat, counts):
        """The sum of the rows of each text, (n, d)."""
        from scipy.sparse import csr_array

        ends = np.concatenate([[0], np.cumsum(counts)])
        shape = len(counts), len(self.vectors)
        once = np.ones(len(flat), dtype=np.float32)
        return csr_array((once, flat, ends), shape=shape) @ self.vectors

    def save(self, path):
        """Write table and tokenizer into one file of the kind safetensors.

        Parameters
        ----------
        path : str or pathlib.Path; a file that is there is replaced when the new one is whole
        """
        from safetensors.numpy import save_file

        about = {"format": FORMAT, "tokenizer": self.tokenizer.to_str()}
        unfinished = Path(f"{path}.unfinished")
        save_file({"vectors": self.vectors}, unfinished, metadata=about)
        os.replace(unfinished, path)

    @classmethod
    def load(cls, path):
        """Read what ``save`` wrote.

        Parameters
        ----------
        path : str or pathlib.Path

        Returns
        -------
        StaticTable

        Raises
        ------
        FileNotFoundError: there is no such file
        ValueError: it is no whole table of this kind
        """
        from safetensors import SafetensorError, safe_open
        from tokenizers import Tokenizer

        cure = "save the table again with StaticTable.save, or distil it with distill_table"
        try:
            with safe_open(path, framework="numpy") as file:
                about, vectors = file.metadata() or {}, file.get_tensor("vectors")
        except SafetensorError as error:
            raise ValueError(f"{path} is no whole table ({error}): {cure}") from error
        if (found := about.get("format")) != FORMAT:
            raise ValueError(f"{path} has the format {found!r}, not {FORMAT!r}: {cure}")
        return cls(Tokenizer.from_str(about["tokenizer"]), vectors)


def distill_table(encoder, n_components=256, a=1e-4, batch_size=512):
    """Make a table from a language model: it reads each token of its vocabulary alone, once.

    The vectors are turned to their directions of largest variance, their mean is taken off, and
    each is weighted by a / (a + p), with p the probability of its token: the vocabulary is taken
    to begin with the most frequent token, and the r-th to have a probability in proportion to
    1 / (r + 1). So words such as *the* count little.

    Parameters
    ----------
    encoder : TextEncoder; with backend "torch"
    n_components : int; length of a vector, at most that of the encoder
    a : float; above 0; the larger, the more alike the weights
    batch_size : int; tokens that go through the model at once

    Returns
    -------
    StaticTable

    Raises
    ------
    ValueError: ``n_components`` or ``a`` is out of range

    Source: Tulkens & van Dongen 2024 (model2vec); Arora et al. 2017 (the weights).
    """
    import torch
    from sklearn.decomposition import PCA

    if not 1 <= n_components <= encoder.dimension:
        raise ValueError(f"n_components={n_components}: give 1 to {encoder.dimension}")
    if not 0 < a < np.inf:
        raise ValueError(f"a={a!r}: give a number above 0")
    tokenizer = encoder.tokenizer.backend_tokenizer
    n = tokenizer.get_vocab_size()
    special = encoder.tokenizer("")["input_ids"]  # such as [CLS] and [SEP]
    ids = [[*special[:1], token, *special[1:]] for token in range(n)]
    ids = torch.tensor(ids, device=encoder.device)  # (n, 3)
    parts = []
    with torch.inference_mode():
        for start in progress(range(0, n, batch_size), "reading tokens"):
            hidden = encoder.model(ids[start : start + batch_size]).last_hidden_state  # (B, 3, d)
            parts.append(hidden.mean(1).float().cpu().numpy())
    vectors = PCA(n_components, svd_solver="covariance_eigh").fit_transform(np.concatenate(parts))
    share = 1 / np.arange(2, n + 2)
    weights = a / (a + share / share.sum())  # (n,)
    from tokenizers import Tokenizer

    return StaticTable(Tokenizer.from_str(tokenizer.to_str()), vectors * weights[:, None])
