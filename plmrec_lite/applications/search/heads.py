"""A linear head on an encoder's vectors: a query's vector is moved towards its item's."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from plmrec_lite.checks import check_choice, check_number
from plmrec_lite.nn.losses import cross_entropy, sampled_softmax
from plmrec_lite.training import RowBatches, train

NEGATIVES = ("all", "batch")


class QueryHead(nn.Module):
    """A linear map of query vectors, the identity at first; items keep their vectors.

    Parameters
    ----------
    dimension : int; d of the vectors
    temperature : float; cosines are divided by it at first; it is learned

    Attributes
    ----------
    change : float tensor (d, d); what is added to the identity; weight decay draws it to zero
    log_scale : float tensor (); minus the logarithm of the temperature
    """

    def __init__(self, dimension, temperature=0.05):
        super().__init__()
        check_number("dimension", dimension, least=1, whole=True)
        check_number("temperature", temperature, above=0)
        self.change = nn.Parameter(torch.zeros(dimension, dimension))
        self.log_scale = nn.Parameter(torch.tensor(-math.log(temperature)))

    def forward(self, queries):
        """Map queries.

        Parameters
        ----------
        queries : float tensor (B, d)

        Returns
        -------
        float tensor (B, d); of length 1
        """
        return nn.functional.normalize(queries + queries @ self.change, dim=-1)

    @torch.inference_mode()
    def vectors(self, queries):
        """Map queries of NumPy.

        Parameters
        ----------
        queries : float32 array (n, d)

        Returns
        -------
        float32 array (n, d); of length 1
        """
        return self(torch.from_numpy(queries).to(self.change.device)).cpu().numpy()


def all_items_loss(queries, own, vectors, items, scale):
    """Cross-entropy of each query's item among all items: each one is a negative.

    Parameters
    ----------
    queries : float tensor (B, d); of length 1
    own : float tensor (B, d); what describes each query's item, the query itself left out
    vectors : float tensor (n_items, d); of all items
    items : int tensor (B,)
    scale : float tensor (); what cosines are multiplied by

    Returns
    -------
    float tensor ()
    """
    cosine = queries @ vectors.T  # (B, n_items)
    right = (queries * own).sum(1, keepdim=True)
    cosine = cosine.scatter(1, items[:, None], right.to(cosine.dtype))
    return cross_entropy(scale * cosine, items)


def in_batch_loss(queries, own, items, scale, log_share=None):
    """Cross-entropy of each query's item among those of the batch.

    Parameters
    ----------
    queries, own, items, scale : as in ``all_items_loss``
    log_share : float tensor (n_items,) or None; log of how often each item is drawn: subtracted
        from its score (log q), so that popular items are not pushed down; None corrects nothing

    Returns
    -------
    float tensor ()

    Source: Henderson et al. 2017; Yi et al. 2019, section 3 (log q).
    """
    targets = torch.arange(len(items), device=items.device)
    same = items[:, None] == items  # (B, B)
    same[targets, targets] = False
    logits = (scale * (queries @ own.T)).masked_fill(same, -torch.inf)  # right as well
    log_q = torch.zeros(len(items), device=items.device) if log_share is None else log_share[items]
    return sampled_softmax(logits, targets, log_q)


class HeadObjective(nn.Module):
    """A head, and the loss that it minimises.

    Parameters
    ----------
    head : QueryHead
    negatives : {"all", "batch"}
    log_q : bool; correct the negatives of a batch by how often each item is drawn
    """

    whole = True  # the rows of a batch are compared with each other

    def __init__(self, head, negatives="all", log_q=False):
        super().__init__()
        check_choice("negatives", negatives, NEGATIVES)
        if log_q and negatives == "all":
            raise ValueError("log_q=True with negatives='all': nothing is drawn, leave it False")
        self.head, self.negatives, self.log_q = head, negatives, log_q

    def forward(self, batch):
        """Return the loss of a batch.

        Parameters
        ----------
        batch : dict; of ``HeadBatches``

        Returns
        -------
        dict; ``"loss"``
        """
        queries, scale = self.head(batch["queries"]), self.head.log_scale.exp()
        shared, items = batch["shared"], batch["items"]
        if self.negatives == "all":
            return {"loss": all_items_loss(queries, batch["own"], shared["vectors"], items, scale)}
        log_share = shared["log_share"] if self.log_q else None
        return {"loss": in_batch_loss(queries, batch["own"], items, scale, log_share)}


class HeadBatches(RowBatches):
    """Queries in random order, each with what describes its item without it.

    Parameters
    ----------
    queries, own : float32 array (n, d)
    items : int array (n,)
    vectors : float32 array (n_items, d)
    batch_size, seed : int

    Raises
    ------
    ValueError: no queries, or unequal lengths
    """

    def __init__(self, queries, own, items, vectors, batch_size=256, seed=0):
        items = np.asarray(items, dtype=np.int64)
        share = np.bincount(items, minlength=len(vectors)) / max(len(items), 1)
        least = 0.5 / max(len(items), 1)  # of an item that no query is about
        shared = {
            "vectors": torch.from_numpy(vectors),
            "log_share": torch.from_numpy(np.log(np.maximum(share, least)).astype(np.float32)),
        }
        columns = {"queries": queries, "own": own, "items": items}
        super().__init__(columns, batch_size, seed, shared)


def tune_head(queries, own, items, vectors, training, *, negatives="all", log_q=False, **options):
    """Learn a head by which queries find their items.

    Parameters
    ----------
    queries : float32 array (n, d); vectors of texts, of length 1
    own : float32 array (n, d); the vector of its item, of ``dense.means_without`` where the text
        describes it
    items : int array (n,); what each is about
    vectors : float32 array (n_items, d); of ``mean_by_item``
    training : Training; its seed is that of the batches too
    negatives, log_q : as in ``HeadObjective``
    **options : of ``train``: watch, choose, folder, resume, device, ...

    Returns
    -------
    head : QueryHead; in evaluation mode
    history : pandas.DataFrame; of ``train``

    Raises
    ------
    ValueError: as ``HeadBatches``, ``HeadObjective`` and ``train``
    """
    batches = HeadBatches(queries, own, items, vectors, training.batch_size, training.seed)
    head = QueryHead(vectors.shape[1])
    objective = HeadObjective(head, negatives, log_q)
    return head, train(objective, batches, training, title="tuning the head", **options)
