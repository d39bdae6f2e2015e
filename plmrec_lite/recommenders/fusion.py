"""Three ways to make one vector of a user's and an item's: add, concatenate, gate."""

from __future__ import annotations

import torch
from torch import nn

from plmrec_lite.checks import check_choice

WAYS = ("add", "concat", "gate")


class Gate(nn.Module):
    """A learned share between 0 and 1 for each dimension, which depends on both vectors.

    Parameters
    ----------
    dimension : int; the length d of either vector

    Attributes
    ----------
    linear : torch.nn.Linear; from both vectors, (2d), to one number a dimension, (d)

    Source: Arevalo et al. 2017, eq. 1.
    """

    def __init__(self, dimension):
        super().__init__()
        self.linear = nn.Linear(2 * dimension, dimension)

    def forward(self, user, item):
        """Return the user's share in each dimension.

        Parameters
        ----------
        user, item : float tensor (n, d); one vector each

        Returns
        -------
        float tensor (n, d); above 0 and below 1; what is left of 1 is the item's
        """
        return torch.sigmoid(self.linear(torch.cat([user, item], dim=-1)))


def fuse(user, item, how="add", gate=None):
    """Make one vector of two, row by row.

    ``"add"`` needs vectors that mean the same by each dimension, and forgets which part came
    from whom. ``"concat"`` keeps both, of any lengths, at the price of a longer vector.
    ``"gate"`` learns from both, dimension by dimension, whom to trust.

    Parameters
    ----------
    user : float tensor (n, d); one vector a row
    item : float tensor (n, d); the other; for ``"concat"`` its length may differ
    how : {"add", "concat", "gate"}; the way
    gate : Gate or None; for ``"gate"``, and only there: the module whose weights are learned with
        the rest of the model

    Returns
    -------
    float tensor (n, d), or (n, d + d) for ``"concat"``; the fused vectors

    Raises
    ------
    ValueError: ``how`` is unknown, the shapes do not fit (the message names both), or if
        ``gate`` is missing or not used

    Source: the gate is Arevalo et al. 2017, eq. 1.
    """
    check_choice("how", how, WAYS)
    if (gate is None) == (how == "gate"):
        raise ValueError(f"how={how!r} with gate={gate!r}: give a Gate for 'gate', and only there")
    shapes = tuple(user.shape), tuple(item.shape)
    fits = len(user) == len(item) if how == "concat" else shapes[0] == shapes[1]
    if user.ndim != 2 or item.ndim != 2 or not fits:
        raise ValueError(
            f"user has the shape {shapes[0]} and item {shapes[1]}: give one row each for every "
            "pair, of equal length unless how='concat'"
        )
    if how == "concat":
        return torch.cat([user, item], dim=-1)  # (n, d + d)
    if how == "add":
        return user + item  # (n, d)
    share = gate(user, item)
    return share * user + (1 - share) * item  # (n, d)
