"""A language model trained end to end on behaviour: a film's words in, who will like it out."""

from __future__ import annotations

import hashlib
import json

from plmrec_lite.checks import check_number, check_texts
from plmrec_lite.recommenders.saving import read_model
from plmrec_lite.recommenders.tower.base import Tower
from plmrec_lite.text.encoder import TextEncoder
from plmrec_lite.text.upper_layers import LowerStates, UpperLayers, add_lora, lower_states
from plmrec_lite.training import Training

TRAINING = Training(n_steps=60, batch_size=128, learning_rate=5e-4)


class TextTower(Tower):
    r"""Fine-tune the upper layers of an encoder so that its vectors predict who will like an item.

    The lower layers read each text once; their outputs are cached. Training moves the upper
    layers by one of three losses (see ``tower.losses``). Then the tuned vectors, centred and
    scaled to a mean squared length of 1 over the items with events, go to ``ItemRidge``, which
    gives each user a taste vector :math:`w_u`: the score is :math:`v_i^\top w_u`. So items that
    nobody has met, and texts that were not there in training, are scored like any other.

    Parameters
    ----------
    texts : sequence of n_items str
    encoder : TextEncoder, str or None; of BERT's kind, not changed; a name as in ``TextEncoder``
    n_layers : int; how many layers at the top are trained, 1 or more
    loss : {"cold start", "who", "match"}; see ``tower.losses``
    regularization : float; :math:`\lambda` of ``ItemRidge``; above 0
    lora_rank : int or None; of additions to query and value matrices, trained in place of all
    max_length : int; the most tokens of a text, special tokens included
    training : Training; the examples of a batch are items, for "match" events
    watch : callable or None; called as ``watch(step, tower)`` before training, about six times on
        the way, and after the last step; it may return numbers for ``history_``
    folder, resume : as in ``train``
    lower : LowerStates or None; ``lower_states(encoder, texts, n_layers, max_length)``, for several
        towers of the same texts

    Attributes
    ----------
    item_vectors_ : float32 array (n_items, d)
    user_vectors_ : float32 array (n_users, d); a score is the product of the two
    history_ : pandas.DataFrame; of ``train``; empty if fewer than four items have events

    Raises
    ------
    TypeError: by ``fit``: a text that is no string, an encoder that cannot be tuned, or
        ``lower`` of another kind
    ValueError: by ``fit``: a setting out of range, or not one text, or one lower state, an item
    plmrec_lite.text.pretrained.ModelError: by ``fit``: the language model cannot be loaded

    Source: Bertinetto et al. 2019 (loss "cold start"); Hu et al. 2022 (LoRA).
    """

    name = "text tower"

    def __init__(
        self,
        texts,
        encoder=None,
        n_layers=1,
        loss="cold start",
        regularization=10.0,
        lora_rank=None,
        max_length=64,
        training=TRAINING,
        watch=None,
        folder=None,
        resume=False,
        lower=None,
    ):
        self.texts = texts
        self.encoder = encoder
        self.n_layers = n_layers
        self.loss = loss
        self.regularization = regularization
        self.lora_rank = lora_rank
        self.max_length = max_length
        super().__init__(training, watch, folder, resume)
        self.lower = lower

    def _check_settings(self):
        super()._check_settings()
        check_number("n_layers", self.n_layers, least=1, whole=True)
        if self.lora_rank is not None:
            check_number("lora_rank", self.lora_rank, least=1, whole=True)
        check_number("max_length", self.max_length, least=3, whole=True)  # two are special tokens
        if not isinstance(self.encoder, TextEncoder | str | None):
            raise TypeError(
                f"encoder={self.encoder!r} has no layers that can be trained here: give a "
                "TextEncoder, the name of a model of BERT's kind, or None"
            )
        if not isinstance(self.lower, LowerStates | None):
            raise TypeError(f"lower is a {type(self.lower).__name__}: give lower_states(...)")

    def _fit(self, train_log, item_vectors):
        texts = check_texts(self.texts)
        if len(texts) != train_log.n_items:
            raise ValueError(
                f"{len(texts)} texts for {train_log.n_items} items: give one text for each item"
            )
        if self.lower is not None and len(self.lower) != len(texts):
            raise ValueError(
                f"lower holds {len(self.lower)} texts, and there are {len(texts)}: give "
                "lower_states(encoder, texts, ...) of these texts"
            )
        self._take(self.encoder)
        lower = self.lower
        if lower is None:
            lower = lower_states(self.encoder_, texts, self.n_layers, self.max_length)
        self._learn(train_log, lower, self.encoder_.device)

    def _take(self, encoder):
        """Load the encoder, and copy the layers that are trained."""
        self.encoder_ = encoder if isinstance(encoder, TextEncoder) else TextEncoder(encoder)
        self.upper_ = UpperLayers(self.encoder_.model, self.n_layers).to(self.encoder_.device)
        if self.lora_rank is not None:
            add_lora(self.upper_, self.lora_rank, self.training.seed)
        self.upper_.eval()

    def encode(self, texts):
        """Turn texts into vectors of the same kind as ``item_vectors_``.

        Parameters
        ----------
        texts : sequence of n str; of items that training need not have known

        Returns
        -------
        float32 array (n, d); its product with a row of ``user_vectors_`` is a score

        Raises
        ------
        sklearn.exceptions.NotFittedError: the tower is not fitted
        TypeError, ValueError: ``texts`` is not a list of texts, or one is empty
        """
        self._known_users([])
        lower = lower_states(self.encoder_, check_texts(texts), self.n_layers, self.max_length)
        return (self.upper_.all_vectors(lower) - self.centre_) / self.scale_

    @classmethod
    def load(cls, folder, encoder=None):
        """Read a tower that ``save`` wrote.

        Of the layers that were not trained it holds a name and a checksum only.

        Parameters
        ----------
        folder : str or pathlib.Path
        encoder : TextEncoder, str or None; None: the saved name, whatever ``PLMREC_MODEL`` says

        Returns
        -------
        TextTower; fitted

        Raises
        ------
        FileNotFoundError: a file is missing (the message names it)
        ValueError: a damaged folder, a model of another kind, another language model than then
        plmrec_lite.text.pretrained.ModelError: the language model cannot be loaded
        """
        return read_model(folder, cls, **({} if encoder is None else {"encoder": encoder}))

    def _settings(self):
        settings = super()._settings() | {"lower": None}
        return settings | {"texts": list(self.texts), "encoder": str(self.encoder_.name)}

    def _parts(self):
        parts = super()._parts()
        del parts["encoder_"]
        return parts | {"checksum": _checksum(self.encoder_, self.n_layers)}

    def _restore(self, parts):
        self._take(self.encoder)
        checksum = parts.pop("checksum")
        if (found := _checksum(self.encoder_, self.n_layers)) != checksum:
            raise ValueError(
                f"the tower was trained on another model than {self.encoder_.name!r} is now "
                f"(checksum {checksum[:12]}, here {found[:12]}): load it with encoder= that model, "
                "or fit it again"
            )
        super()._restore(parts)


def _checksum(encoder, n_layers):
    """The sha256 of what a tower reads through: words, embeddings, and the layers below it."""
    words = json.dumps(sorted(encoder.tokenizer.get_vocab().items()))
    digest = hashlib.sha256(words.encode())
    for part in (encoder.model.embeddings, encoder.model.encoder.layer[:-n_layers]):
        for name, weights in sorted(part.state_dict().items()):
            digest.update(name.encode())
            digest.update(weights.cpu().numpy().tobytes())
    return digest.hexdigest()
