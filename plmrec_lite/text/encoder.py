"""Texts to vectors with a pre-trained language model.

Source: Devlin et al. 2019 ([CLS]); Reimers and Gurevych 2019 (mean pooling);
Su et al. 2021 (whitening).
"""

from __future__ import annotations

import numpy as np
import torch

from plmrec_lite.runtime import device as pick_device
from plmrec_lite.runtime import progress
from plmrec_lite.text.pretrained import load_pretrained, model_name

POOLINGS = ("mean", "cls")


class TextEncoder:
    """A pre-trained encoder that turns each text into one vector.

    Parameters
    ----------
    name : str or None
        ``"minilm"``, a folder, or a name on the Hugging Face hub such as
        ``"bert-base-uncased"``; None takes ``PLMREC_MODEL``, else ``"minilm"``.
    device : str, torch.device or None
        Where to run; None takes a GPU when there is one.

    Attributes
    ----------
    dimension : int
        Length d of a text's vector.
    max_length : int
        The most tokens the model reads, special tokens included.

    Raises
    ------
    plmrec_lite.text.pretrained.ModelError
        If the model cannot be loaded.
    RuntimeError
        If the device asked for is not there.

    Examples
    --------
    >>> TextEncoder().encode(["a war film", "a love story"]).shape
    (2, 384)
    """

    def __init__(self, name=None, device=None):
        self.device = pick_device(device)
        self.name = model_name(name)
        self.tokenizer, model = load_pretrained(self.name)
        self.tokenizer.padding_side = "right"  # left padding leaves rows that attend to nothing
        self.model = model.to(self.device)
        self.dimension = int(model.config.hidden_size)
        positions = getattr(
            model.config, "max_position_embeddings", self.tokenizer.model_max_length
        )
        self.max_length = int(min(self.tokenizer.model_max_length, positions))

    def encode(self, texts, pooling="mean", batch_size=64, normalize=True, truncate=False):
        """Encode texts, sorted by length so that little is spent on padding.

        Parameters
        ----------
        texts : sequence of str
            n texts; none may be empty.
        pooling : {"mean", "cls"} or sequence of them
            The mean of the token vectors, or the vector of the first token. Given several, one
            pass through the model serves all.
        batch_size : int, default 64
            Texts a forward pass; each batch is padded to its own longest text.
        normalize : bool, default True
            Scale each vector to length 1.
        truncate : bool, default False
            Cut a text that is longer than the model reads, instead of refusing it.

        Returns
        -------
        float32 array (n, d)
            Row i belongs to ``texts[i]``. Permuting the input permutes the rows, bit for bit:
            batches depend only on the set of distinct texts. For a sequence of poolings,
            (n_poolings, n, d).

        Raises
        ------
        TypeError
            If ``texts`` is one string, or holds something that is not a string.
        ValueError
            If a text is empty or too long, or an option is unknown.
        """
        texts = _checked(texts)
        poolings = [pooling] if isinstance(pooling, str) else list(pooling)
        if not poolings or not set(poolings) <= set(POOLINGS):
            raise ValueError(f"pooling={pooling!r}: use one of {', '.join(map(repr, POOLINGS))}")
        if batch_size < 1:
            raise ValueError(f"batch_size={batch_size}: encode at least one text a batch")
        distinct = sorted(set(texts))
        tokens = self._tokenize(distinct, truncate) if distinct else []
        order = sorted(range(len(distinct)), key=lambda i: len(tokens[i]))
        vectors = np.empty((len(poolings), len(distinct), self.dimension), dtype=np.float32)
        starts = range(0, len(order), batch_size)
        for start in progress(starts, "encoding texts"):
            rows = order[start : start + batch_size]
            vectors[:, rows] = self._forward([tokens[i] for i in rows], poolings, normalize)
        position = {text: i for i, text in enumerate(distinct)}
        vectors = vectors[:, [position[text] for text in texts]]  # (n_poolings, n, d)
        return vectors[0] if isinstance(pooling, str) else vectors

    @torch.inference_mode()
    def token_vectors(self, text):
        """Return the tokens of one text and the vector of each after every layer.

        Parameters
        ----------
        text : str
            The text; not empty, and no longer than the model reads.

        Returns
        -------
        tokens : list of str
            T tokens, special tokens included.
        vectors : float32 array (n_layers + 1, T, d)
            ``vectors[0]`` enters the first layer, ``vectors[-1]`` leaves the last.

        Raises
        ------
        TypeError, ValueError
            As `encode` does.

        Examples
        --------
        >>> tokens, vectors = TextEncoder().token_vectors("a war film")
        >>> tokens, vectors.shape
        (['[CLS]', 'a', 'war', 'film', '[SEP]'], (7, 5, 384))

        Source: Devlin et al. 2019.
        """
        (ids,) = self._tokenize(_checked([text]), truncate=False)
        batch = torch.tensor([ids], device=self.device)
        states = self.model(batch, output_hidden_states=True).hidden_states
        vectors = torch.cat(states).float().cpu().numpy()  # (n_layers + 1, T, d)
        return self.tokenizer.convert_ids_to_tokens(ids), vectors

    def _tokenize(self, texts, truncate):
        """Token ids of each text, special tokens included, without padding."""
        ids = self.tokenizer(
            texts,
            padding=False,
            truncation=truncate,
            max_length=self.max_length if truncate else None,
            return_attention_mask=False,
            verbose=False,
        )["input_ids"]
        too_long = [i for i, row in enumerate(ids) if len(row) > self.max_length]
        if too_long:
            worst = max(too_long, key=lambda i: len(ids[i]))
            raise ValueError(
                f"{len(too_long)} text(s) are longer than the {self.max_length} tokens that "
                f"{self.name!r} reads; the longest has {len(ids[worst])} and begins "
                f"{texts[worst][:40]!r}: shorten it, or pass truncate=True to keep its beginning"
            )
        return ids

    @torch.inference_mode()
    def _forward(self, ids, poolings, normalize):
        """Vectors of one batch of token ids, (n_poolings, B, d)."""
        batch = self.tokenizer.pad({"input_ids": ids}, return_tensors="pt").to(self.device)
        hidden = self.model(**batch).last_hidden_state  # (B, T, d)
        mask = batch["attention_mask"].unsqueeze(-1)  # (B, T, 1)
        pooled = {"mean": (hidden * mask).sum(1) / mask.sum(1), "cls": hidden[:, 0]}
        chosen = torch.stack([pooled[name] for name in poolings])  # (n_poolings, B, d)
        if normalize:
            chosen = torch.nn.functional.normalize(chosen, dim=-1)
        return chosen.float().cpu().numpy()


def _checked(texts):
    """A list of non-empty strings, or an error that names the first that is not one."""
    if isinstance(texts, str):
        raise TypeError(f"texts is the one string {texts[:40]!r}: pass a list, [text]")
    texts = list(texts)
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"text {i} is {text!r}, not a string: convert or drop it")
        if not text.strip():
            raise ValueError(f"text {i} is empty: drop it, or give it a placeholder of your own")
    return texts
