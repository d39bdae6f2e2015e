"""Texts to vectors with a pre-trained language model."""

from __future__ import annotations

import functools
from importlib.metadata import version

import numpy as np

from plmrec_lite.checks import check_choice, check_texts
from plmrec_lite.runtime import device as pick_device
from plmrec_lite.runtime import progress
from plmrec_lite.text.onnx_engine import TEXTS_AT_ONCE, OnnxEngine
from plmrec_lite.text.onnx_file import ENGINES, onnx_versions
from plmrec_lite.text.pretrained import fingerprint, load_pretrained, model_folder, model_name
from plmrec_lite.text.vector_cache import keep_vectors, load_vectors, vectors_key

POOLINGS = ("mean", "cls")
BACKENDS = ("torch", *ENGINES)
LIBRARIES = ("torch", "transformers", "tokenizers")  # another version may round otherwise


class TextTooLongError(ValueError):
    """A text has more tokens than the model reads, and was not to be cut."""


class TextEncoder:
    """A pre-trained encoder that turns each text into one vector.

    Parameters
    ----------
    name : str or None; see ``model_name``
    device : str, torch.device or None; None takes a GPU when there is one
    cache : bool; keep vectors on disk and take them from there, bit for bit as the model gave
        them; the model is loaded when a vector is not kept
    backend : {"torch", "onnx", "onnx-int8"}; what runs the model. ONNX Runtime works on the
        processor: with the same weights it gives the same vectors to 1e-5; with weights of eight
        bits it was 2.6 to 4.6 times as fast as torch on two cores, by the texts, its file is a
        quarter as large, and a vector is near the exact one (a cosine of about 0.99) and depends a
        little on the texts that share its batch. The file is made on first use and kept in the
        cache folder.

    Attributes
    ----------
    tokenizer, model : of transformers; once the weights are changed, the cache is passed by; an
        ONNX backend has no ``model``
    dimension : int; d of a text's vector
    max_length : int; tokens the model reads, special tokens included
    folder : pathlib.Path; of the model's files

    Raises
    ------
    ModelError: the model cannot be had, or (on first use) its files are damaged
    ModuleNotFoundError: ONNX Runtime is asked for and not installed
    RuntimeError: the device is not there
    ValueError: the backend is unknown, or does not run on the device
    """

    def __init__(self, name=None, device=None, cache=False, backend="torch"):
        check_choice("backend", backend, BACKENDS)
        self.backend = backend
        if backend != "torch":
            device = _processor(device, backend)
        self._asked_device = device
        if device not in (None, "cpu"):
            self.device  # noqa: B018  a device that is not there is named before anything is loaded
        self.name = model_name(name)
        self.folder = model_folder(self.name)
        self.cache = cache

    @functools.cached_property
    def device(self):
        """The torch device that the model runs on."""
        return pick_device(self._asked_device)

    @functools.cached_property
    def _loaded(self):
        """Tokenizer, model, and the state of its weights."""
        if self.backend != "torch":
            raise AttributeError(
                f"backend={self.backend!r} has no model whose layers can be seen or trained: use "
                'TextEncoder(backend="torch")'
            )
        tokenizer, model = load_pretrained(self.name)
        tokenizer.padding_side = "right"  # left padding leaves rows that attend to nothing
        model = model.to(self.device)
        return tokenizer, model, _state(model)

    @functools.cached_property
    def _engine(self):
        """What runs the model in place of torch."""
        return OnnxEngine(self.name, self.backend)

    @functools.cached_property
    def tokenizer(self):
        """The model's tokenizer."""
        return self._loaded[0] if self.backend == "torch" else self._engine.tokenizer

    @functools.cached_property
    def model(self):
        """The model, in evaluation mode."""
        return self._loaded[1]

    @property
    def dimension(self):
        """Length d of a text's vector."""
        if self.backend != "torch":
            return self._engine.dimension
        return int(self.model.config.hidden_size)

    @property
    def max_length(self):
        """The most tokens the model reads, special tokens included."""
        longest = self.tokenizer.model_max_length
        if self.backend != "torch":
            return int(min(longest, self._engine.max_positions or longest))
        return int(min(longest, getattr(self.model.config, "max_position_embeddings", longest)))

    def encode(self, texts, pooling="mean", batch_size=64, normalize=True, truncate=False):
        """Encode texts, sorted by length so that little is spent on padding.

        Parameters
        ----------
        texts : sequence of n str; none empty
        pooling : {"mean", "cls"} or sequence of them; the mean of the token vectors, or the vector
            of the first token; one pass through the model serves several
        batch_size : int; texts that go through the model at once; at most 16 in ONNX Runtime
        normalize : bool; scale each vector to length 1
        truncate : bool; cut a text that is longer than the model reads, instead of refusing it

        Returns
        -------
        float32 array (n, d), or (n_poolings, n, d) for a sequence of poolings; batches depend only
            on the set of distinct texts, so permuting the input permutes the rows, bit for bit

        Raises
        ------
        TypeError: ``texts`` is one string, or holds something that is not a string
        ValueError: a text is empty or too long (`TextTooLongError`), or an option is unknown

        Source: Devlin et al. 2019 ([CLS]); Reimers and Gurevych 2019 (mean pooling).
        """
        texts = check_texts(texts)
        poolings = [pooling] if isinstance(pooling, str) else list(pooling)
        if not poolings or not set(poolings) <= set(POOLINGS):
            raise ValueError(f"pooling={pooling!r}: use one of {', '.join(map(repr, POOLINGS))}")
        if batch_size < 1:
            raise ValueError(f"batch_size={batch_size}: encode at least one text a batch")
        distinct = sorted(set(texts))
        settings = {"batch_size": batch_size, "normalize": normalize, "truncate": truncate}
        vectors = self._recall_or_compute(distinct, poolings, settings)
        position = {text: i for i, text in enumerate(distinct)}
        vectors = vectors[:, [position[text] for text in texts]]  # (n_poolings, n, d)
        return vectors[0] if isinstance(pooling, str) else vectors

    def _recall_or_compute(self, texts, poolings, settings):
        """Vectors of distinct texts, (n_poolings, n, d): from the cache if it has all of them."""
        if not self.cache or not texts or not self._as_published():
            return self._compute(texts, poolings, **settings)
        origin = {library: version(library) for library in LIBRARIES}
        origin |= {"model": fingerprint(self.folder), "device": str(self._asked_device)}
        if self.backend != "torch":
            origin |= {"backend": self.backend, **onnx_versions()}
        keys = [vectors_key(texts, pooling=pooling, **origin, **settings) for pooling in poolings]
        kept = [load_vectors(key, len(texts)) for key in keys]
        if all(vectors is not None for vectors in kept):
            return np.stack(kept)
        vectors = self._compute(texts, poolings, **settings)
        for key, rows in zip(keys, vectors, strict=True):
            keep_vectors(key, rows)
        return vectors

    def _compute(self, texts, poolings, batch_size, normalize, truncate):
        """Vectors of distinct texts, (n_poolings, n, d)."""
        tokens = self._tokenize(texts, truncate) if texts else []
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        vectors = np.empty((len(poolings), len(texts), self.dimension), dtype=np.float32)
        step = batch_size if self.backend == "torch" else min(batch_size, TEXTS_AT_ONCE)
        batches = [order[start : start + step] for start in range(0, len(order), step)]
        run = functools.partial(self._forward, poolings=poolings, normalize=normalize)
        passes = map if self.backend == "torch" else self._engine.map
        given = passes(run, [[tokens[i] for i in rows] for rows in batches])
        for rows, found in zip(progress(batches, "encoding texts"), given, strict=True):
            vectors[:, rows] = found
        return vectors

    def _as_published(self):
        """Whether the model is as it was loaded, or is not loaded yet."""
        if "model" not in self.__dict__:
            return True
        return "_loaded" in self.__dict__ and _state(self.model) == self._loaded[2]

    def token_vectors(self, text):
        """Return the tokens of one text and the vector of each after every layer.

        Parameters
        ----------
        text : str; not empty, and no longer than the model reads

        Returns
        -------
        tokens : list of T str; special tokens included
        vectors : float32 array (n_layers + 1, T, d); ``vectors[0]`` enters the first layer
        """
        (ids,) = self._tokenize(check_texts([text]), truncate=False)
        import torch

        with torch.inference_mode():
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
            raise TextTooLongError(
                f"{len(too_long)} text(s) are longer than the {self.max_length} tokens that "
                f"{self.name!r} reads; the longest has {len(ids[worst])} and begins "
                f"{texts[worst][:40]!r}: shorten it, or pass truncate=True to keep its beginning"
            )
        return ids

    def _forward(self, ids, poolings, normalize):
        """Vectors of one batch of token ids, (n_poolings, B, d)."""
        if self.backend != "torch":
            return self._engine.vectors(ids, poolings, normalize)
        import torch

        with torch.inference_mode():
            batch = self.tokenizer.pad({"input_ids": ids}, return_tensors="pt").to(self.device)
            hidden = self.model(**batch).last_hidden_state  # (B, T, d)
            mask = batch["attention_mask"].unsqueeze(-1)  # (B, T, 1)
            pooled = {"mean": (hidden * mask).sum(1) / mask.sum(1), "cls": hidden[:, 0]}
            chosen = torch.stack([pooled[name] for name in poolings])  # (n_poolings, B, d)
            if normalize:
                chosen = torch.nn.functional.normalize(chosen, dim=-1)
            return chosen.float().cpu().numpy()


def _state(model):
    """What changes when somebody trains a model or puts other weights into it."""
    weights = tuple((p.data_ptr(), p._version, p.dtype) for p in model.parameters())
    return model.training, weights


def _processor(device, backend):
    """The device of an ONNX backend, refused if it is not the processor."""
    if device is not None and str(device) != "cpu":
        raise ValueError(
            f"device={device!r}: backend={backend!r} runs on the processor; leave the device out, "
            'or use backend="torch"'
        )
    onnx_versions()  # ONNX Runtime is missed here, not after hours
    return "cpu"
