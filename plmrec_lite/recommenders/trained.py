"""What the recommenders share that ``train`` trains: their last settings, history and weights."""

from __future__ import annotations

import pandas as pd
import torch

from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.saving import taken
from plmrec_lite.training import Training, train


class TrainedRecommender(Recommender):
    """A model that the one training loop trains.

    Parameters
    ----------
    training : Training
    watch, folder, resume : as in ``train``; ``watch(step, model)`` is given this model

    Attributes
    ----------
    history_ : pandas.DataFrame; of ``train``: a row a step; empty where nothing could be learned
    """

    def __init__(self, training, watch=None, folder=None, resume=False):
        self.training = training
        self.watch = watch
        self.folder = folder
        self.resume = resume

    def _check_settings(self):
        if not isinstance(self.training, Training):
            raise ValueError(f"training={self.training!r}: give Training(...)")

    def _train(self, objective, batches, title, serve=None, **options):
        """Train, and keep the history; ``watch`` sees the model as ``serve()`` leaves it."""

        def watch(step, _):
            if serve is not None:
                serve()
            return self.watch(step, self)

        self.history_ = pd.DataFrame({"step": [], "loss": []})
        if len(batches):
            self.history_ = train(
                objective,
                batches,
                self.training,
                watch=self.watch and watch,
                folder=self.folder,
                resume=self.resume,
                title=title,
                **options,
            )

    def _settings(self):
        return super()._settings() | {"folder": None, "resume": False}


def weights_as_parts(parts, name):
    """Replace a module among a model's parts by its weights, which ``save`` can write.

    Parameters
    ----------
    parts : dict; of ``Recommender._parts``
    name : str; such as ``"network_"``

    Returns
    -------
    dict; the weights by names such as ``"network.head.weight"``, float32 arrays
    """
    weights = parts.pop(name).state_dict()
    return parts | {f"{name[:-1]}.{key}": value.cpu().numpy() for key, value in weights.items()}


def weights_from_parts(parts, name):
    """Take back from parts what ``weights_as_parts`` put there.

    Parameters
    ----------
    parts : dict; the weights are removed
    name : str; as it was there

    Returns
    -------
    dict of tensor; for ``load_state_dict``
    """
    return {k: torch.from_numpy(v) for k, v in taken(f"{name[:-1]}.", parts).items()}
