"""Three losses of a text tower: predict the users, match within a batch, predict cold items."""

from __future__ import annotations

import torch

from plmrec_lite.nn.losses import sampled_softmax

LOSSES = ("cold start", "who", "match")


def who_loss(item_vectors, user_vectors, user_bias, met):
    """Predict from an item's vector which users met it, by a softmax over all users.

    An item met by many has several right answers; each counts alike.

    Parameters
    ----------
    item_vectors : float tensor (B, d); the vectors of a batch of items
    user_vectors : float tensor (n_users, d); one vector a user, learned along
    user_bias : float tensor (n_users,); how active each user is, as a logit
    met : float tensor (B, n_users); 1 where the user met the item; every item was met by someone

    Returns
    -------
    float tensor (); the mean cross-entropy of an event

    Source: Covington et al. 2016 with the roles of users and items exchanged.
    """
    logits = item_vectors @ user_vectors.T + user_bias  # (B, n_users)
    return -(met * torch.log_softmax(logits, dim=1)).sum() / met.sum()


def match_loss(item_vectors, user_vectors, met, log_q):
    """In-batch contrastive: each event's user must find the event's item among the batch's.

    Parameters
    ----------
    item_vectors : float tensor (B, d); the item of each of B events
    user_vectors : float tensor (B, d); the user of each event
    met : bool tensor (B, B); whether the user of row a met the item of column b: but for the
        event's own item, such columns are no negatives and are left out
    log_q : float tensor (B,); log of the share of all events that each column's item has: popular
        items are in many batches, and would be pushed down most. Zeros leave the correction out.

    Returns
    -------
    float tensor (); the mean loss of an event

    Source: Yi et al. 2019, section 3.
    """
    own = torch.eye(len(met), dtype=torch.bool, device=met.device)
    logits = (user_vectors @ item_vectors.T).masked_fill(met & ~own, -torch.inf)  # (B, B)
    return sampled_softmax(logits, torch.arange(len(logits), device=logits.device), log_q)


def cold_start_loss(item_vectors, met, n_cold, regularization):
    r"""Hide some items' events, and predict them from the other items: cold start, in training.

    The tastes of all users are the ridge regression of ``ItemRidge`` on the items that are not
    hidden. It has a closed form, so the error on the hidden items has a gradient with respect to
    all vectors. What helps with items seen in training, and only with them, earns nothing here.

    Parameters
    ----------
    item_vectors : float tensor (B, d); the vectors of a batch of items
    met : float tensor (B, n_users); 1 where the user met the item
    n_cold : int; how many items, the first of the batch, are hidden; at least 1, and at most B - 2
    regularization : float; :math:`\lambda` of the ridge regression; above 0

    Returns
    -------
    float tensor (); the squared error of a hidden item, summed over the users, mean over the items

    Raises
    ------
    ValueError: ``n_cold`` leaves nothing to hide or fewer than two items to learn from

    Source: Bertinetto et al. 2019 (ridge regression as the inner step); Vinyals et al. 2016
    (episodes).
    """
    B = len(item_vectors)
    if not 1 <= n_cold <= B - 2:
        raise ValueError(f"n_cold={n_cold} of {B} items: hide at least 1 and leave at least 2")
    warm, cold = item_vectors[n_cold:], item_vectors[:n_cold]
    centre, mean = warm.mean(0), met[n_cold:].mean(0)
    warm, cold = warm - centre, cold - centre  # (B - n_cold, d), (n_cold, d)
    gram = warm @ warm.T + regularization * torch.eye(len(warm), device=warm.device)
    predicted = cold @ warm.T @ torch.linalg.solve(gram, met[n_cold:] - mean) + mean
    return ((met[:n_cold] - predicted) ** 2).sum(1).mean()
