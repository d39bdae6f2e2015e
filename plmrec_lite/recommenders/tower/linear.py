"""What a tower has to beat: a linear map of given vectors, trained in the same way."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from plmrec_lite.recommenders.tower.base import Tower
from plmrec_lite.recommenders.tower.training import centre_and_scale
from plmrec_lite.text.upper_layers import LowerStates
from plmrec_lite.training import Training

TRAINING = Training(n_steps=60, batch_size=128, learning_rate=1e-3)


class LinearTower(Tower):
    r"""Train a linear map of item vectors so that they predict who will like an item.

    The loss, its batches and what is served are those of ``TextTower``; in place of a language
    model's layers it trains :math:`v \mapsto v + vA`, which starts at :math:`A = 0`. The vectors
    may be frozen ones of a language model, or facts as columns. They are centred and scaled over
    the items with events.

    Parameters
    ----------
    loss, regularization, training, watch, folder, resume
        As in ``TextTower``.

    Attributes
    ----------
    item_vectors_ : float32 array (n_items, d): what is served
    user_vectors_ : float32 array (n_users, d): one taste a user
    history_ : pandas.DataFrame of ``train``: a row a step

    Source: Bertinetto et al. 2019 (loss "cold start").
    """

    name = "linear tower"
    needs_item_vectors = True

    def __init__(
        self,
        loss="cold start",
        regularization=10.0,
        training=TRAINING,
        watch=None,
        folder=None,
        resume=False,
    ):
        self.loss = loss
        self.regularization = regularization
        super().__init__(training, watch, folder, resume)

    def _fit(self, train_log, item_vectors):
        self.upper_ = LinearMap(item_vectors.shape[1])
        warm = train_log.popularity() > 0
        known = item_vectors[warm if warm.any() else slice(None)]
        self.given_centre_, self.given_scale_ = centre_and_scale(known)
        self._learn(train_log, self._rows(item_vectors), device=None)

    def _rows(self, vectors):
        """Scaled vectors as texts of one token."""
        rows = torch.from_numpy((vectors - self.given_centre_) / self.given_scale_).float()
        return LowerStates(list(rows[:, None]))

    def encode(self, vectors):
        """Turn vectors of other items into vectors of the same kind as ``item_vectors_``.

        Parameters
        ----------
        vectors : float array (n, d); of the kind given to ``fit``

        Returns
        -------
        float32 array (n, d): its product with a row of ``user_vectors_`` is a score

        Raises
        ------
        sklearn.exceptions.NotFittedError: if the tower is not fitted
        ValueError: another number of columns, NaN or infinity
        """
        self._known_users([])
        vectors, n_columns = np.asarray(vectors, dtype=np.float64), len(self.given_centre_)
        if vectors.ndim != 2 or vectors.shape[1] != n_columns or not np.isfinite(vectors).all():
            raise ValueError(
                f"vectors of shape {vectors.shape}: give finite numbers in {n_columns} columns, of "
                "the kind that the tower was fitted with"
            )
        return (self.upper_.all_vectors(self._rows(vectors)) - self.centre_) / self.scale_

    def _restore(self, parts):
        self.upper_ = LinearMap(len(parts["given_centre_"]))
        super()._restore(parts)


class LinearMap(nn.Module):
    """Rows plus a trained linear map of them, in the form of `UpperLayers`.

    Parameters
    ----------
    d : int; columns of a row
    """

    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(d, d))

    def forward(self, states, mask=None):
        """Return what is made of rows.

        Parameters
        ----------
        states : float tensor (B, 1, d); a row is a text of one token
        mask : None or int tensor (B, 1); not needed

        Returns
        -------
        float tensor (B, d)
        """
        rows = states[:, 0]
        return rows + rows @ self.weight

    @torch.no_grad()
    def all_vectors(self, lower):
        """Return what is made of all rows.

        Parameters
        ----------
        lower : LowerStates; of n rows

        Returns
        -------
        float32 array (n, d)
        """
        rows = torch.stack(lower.states).to(self.weight.device)  # (n, 1, d)
        return self(rows).cpu().numpy()
