"""Weights set to zero, the smallest ones or random ones."""

from __future__ import annotations

import copy

from torch import nn
from torch.nn.utils import prune

from plmrec_lite.applications.compress.networks import layers_of, with_network
from plmrec_lite.checks import check_choice, check_number
from plmrec_lite.runtime import check_seed, own_seed


def zero_weights(encoder, share, which="smallest", seed=0):
    """Return an encoder in each of whose matrices a share of the weights is 0.

    The matrices keep their shape, so a dense product takes as long as before.

    Parameters
    ----------
    encoder : TextEncoder; a model of BERT's kind; not changed
    share : float; of each matrix of the layers, 0 or more, below 1; biases, norms and embeddings
        stay
    which : {"smallest", "random"}; by absolute value, or drawn
    seed : int; of the draw

    Returns
    -------
    TextEncoder

    Source: Han et al. 2015 (magnitude); torch (``torch.nn.utils.prune``).
    """
    check_seed(seed)
    check_number("share", share, least=0, below=1)
    check_choice("which", which, ("smallest", "random"))
    set_to_zero = prune.l1_unstructured if which == "smallest" else prune.random_unstructured
    network = copy.deepcopy(encoder.model).cpu()  # where the draw is the same on every machine
    with own_seed(seed):
        for module in layers_of(network).modules():
            if isinstance(module, nn.Linear):
                set_to_zero(module, "weight", amount=float(share))
                prune.remove(module, "weight")
    return with_network(encoder, network)
