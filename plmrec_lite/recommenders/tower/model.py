"""A language model trained end to end on behaviour: a film's words in, who will like it out."""

from __future__ import annotations

import numpy as np
import torch

from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.ridge import ItemRidge
from plmrec_lite.recommenders.tower.losses import LOSSES
from plmrec_lite.recommenders.tower.training import train_tower
from plmrec_lite.text.encoder import TextEncoder
from plmrec_lite.text.upper_layers import UpperLayers, add_lora, lower_states


class TextTower(Recommender):
    r"""Fine-tune the upper layers of an encoder so that its vectors tell who will like an item.

    The lower layers read each text once; their outputs are cached. Training moves the upper
    layers by one of three losses (see ``tower_losses``). Then the tuned vectors, centred and
    scaled to a mean squared length of 1 over the items with events, go to ``ItemRidge``, which
    gives each user a taste vector :math:`w_u`: the score is :math:`v_i^\top w_u`. So items that
    nobody has met, and texts that were not there in training, are scored like any other.

    Parameters
    ----------
    texts : sequence of n_items str
        What is said of each item.
    model : str or None
        The language model, as ``TextEncoder`` takes it; one of BERT's kind.
    n_layers : int
        How many layers at the top are trained, 1 or more.
    loss : {"cold start", "who", "match"}
        What is learned: to predict hidden items, to guess an item's users, or to match users
        and items within a batch.
    n_steps : int
        Steps of training; 0 leaves the model as it is (frozen).
    batch_size : int
        Items a step; for "match", events.
    learning_rate : float
        Of AdamW, after a warm-up of a tenth of the steps, falling linearly to 0.
    regularization : float
        :math:`\lambda` of ``ItemRidge``; above 0.
    lora_rank : int or None
        Train low-rank additions to the layers' query and value matrices instead of all weights.
    max_length : int
        The most tokens of a text that are read.
    seed : int
        The seed of batches and dropout.
    watch : callable or None
        Called as ``watch(step, item_vectors)`` before the first step, five times on the way, and
        after the last one: for learning curves.

    Attributes
    ----------
    item_vectors_ : float32 array (n_items, d)
        What is served: one vector an item.
    user_vectors_ : float32 array (n_users, d)
        One taste a user; a score is the product of the two.
    losses_ : float array (n_steps,)
        The training loss of each step.

    Raises
    ------
    ValueError
        If a setting is out of range, or if there is not one text an item.
    plmrec_lite.text.pretrained.ModelError
        If the language model cannot be loaded (in ``fit``).

    Source: Bertinetto et al. 2019 (loss "cold start"); Hu et al. 2022 (LoRA).
    """

    name = "text tower"

    def __init__(
        self,
        texts,
        model=None,
        n_layers=1,
        loss="cold start",
        n_steps=60,
        batch_size=128,
        learning_rate=5e-4,
        regularization=10.0,
        lora_rank=None,
        max_length=64,
        seed=0,
        watch=None,
    ):
        if loss not in LOSSES:
            raise ValueError(f"loss={loss!r}: use one of {', '.join(map(repr, LOSSES))}")
        if n_layers < 1:
            raise ValueError(f"n_layers={n_layers}: train at least the last layer")
        if n_steps < 0:
            raise ValueError(f"n_steps={n_steps}: give an integer, 0 or larger")
        for setting, value in (("learning_rate", learning_rate), ("lora_rank", lora_rank)):
            if value is not None and not value > 0:
                raise ValueError(f"{setting}={value}: give a number above 0")
        if batch_size < 4:
            raise ValueError(f"batch_size={batch_size}: use 4 or more, or a batch teaches nothing")
        ItemRidge(regularization)._check_settings()
        self.texts = texts
        self.model = model
        self.n_layers = n_layers
        self.loss = loss
        self.n_steps = n_steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.regularization = regularization
        self.lora_rank = lora_rank
        self.max_length = max_length
        self.seed = seed
        self.watch = watch

    def _fit(self, train, item_vectors):
        if len(self.texts) != train.n_items:
            raise ValueError(
                f"{len(self.texts)} texts for {train.n_items} items: give one text for each item"
            )
        encoder = TextEncoder(self.model)
        lower = lower_states(encoder, self.texts, self.n_layers, self.max_length)
        upper = UpperLayers(encoder.model, self.n_layers).to(encoder.device)
        if self.lora_rank is not None:
            add_lora(upper, self.lora_rank, self.seed)
        self.losses_ = train_tower(
            upper,
            lower,
            train.matrix(),
            loss=self.loss,
            n_steps=self.n_steps,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            regularization=self.regularization,
            seed=self.seed,
            watch=self.watch,
        )
        self.encoder_, self.upper_ = encoder, upper.eval()
        vectors = upper.all_vectors(lower)  # (n_items, d)
        met = train.popularity() > 0
        warm = vectors[met] if met.any() else vectors
        self.centre_ = warm.mean(0)
        self.scale_ = np.sqrt(((warm - self.centre_) ** 2).sum(1).mean()) or np.float32(1)
        self.item_vectors_ = (vectors - self.centre_) / self.scale_
        ridge = ItemRidge(self.regularization).fit(train, self.item_vectors_)
        self.user_vectors_ = ridge.W_.T.astype(np.float32)  # (n_users, d)

    def _score(self, users):
        return self.user_vectors_[users] @ self.item_vectors_.T

    def encode(self, texts):
        """Turn texts into vectors of the same kind as ``item_vectors_``.

        Parameters
        ----------
        texts : sequence of str
            n texts, of items that training need not have known.

        Returns
        -------
        float32 array (n, d)
            One row a text. Its product with a row of ``user_vectors_`` is a score.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the tower is not fitted.
        """
        self._known_users([])
        lower = lower_states(self.encoder_, texts, self.n_layers, self.max_length)
        return (self.upper_.all_vectors(lower) - self.centre_) / self.scale_

    def _parts(self):
        parts = super()._parts()
        del parts["encoder_"]
        weights = parts.pop("upper_").state_dict()
        return parts | {f"upper.{name}": weight.cpu().numpy() for name, weight in weights.items()}

    def _restore(self, parts):
        weights = {
            name.removeprefix("upper."): torch.from_numpy(parts.pop(name))
            for name in list(parts)
            if name.startswith("upper.")
        }
        super()._restore(parts)
        self.encoder_ = TextEncoder(self.model)
        self.upper_ = UpperLayers(self.encoder_.model, self.n_layers)
        if self.lora_rank is not None:
            add_lora(self.upper_, self.lora_rank, self.seed)
        self.upper_.load_state_dict(weights)
        self.upper_.to(self.encoder_.device).eval()
