"""Light graph convolution: vectors travel along the edges of a graph, without weights of its own.

The graph has a node for each user and for each item, and an edge for each event.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.sparse import block_array
from torch import nn


def normalized_adjacency(X):
    r"""Return the adjacency of users and items, each edge weighted by its two ends.

    .. math::
        \tilde{A} = D^{-1/2} \begin{pmatrix} 0 & X \\ X^\top & 0 \end{pmatrix} D^{-1/2}

    where :math:`D` holds the number of edges of each node.

    Parameters
    ----------
    X : scipy.sparse.csr_array (n_users, n_items); 1 where user and item met, 0 elsewhere

    Returns
    -------
    scipy.sparse.csr_array (n_nodes, n_nodes); users first; a row of zeros for a node without edges

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> normalized_adjacency(csr_array([[1.0, 1.0]])).toarray().round(2).tolist()
    [[0.0, 0.71, 0.71], [0.71, 0.0, 0.0], [0.71, 0.0, 0.0]]

    Source: He et al. 2020, eq. 7.
    """
    A = block_array([[None, X], [X.T, None]], format="csr")
    n_edges = np.diff(A.indptr)
    scale = np.divide(1, np.sqrt(n_edges), where=n_edges > 0, out=np.zeros(len(n_edges)))
    A.data = np.repeat(scale, n_edges) * scale[A.indices]
    return A


class Propagation(nn.Module):
    r"""The mean of a node's vector over 0, 1, ..., L steps along the edges.

    .. math:: E = \frac{1}{L + 1} \sum_{l=0}^{L} \tilde{A}^l E_0

    Parameters
    ----------
    adjacency : scipy.sparse.csr_array (n_nodes, n_nodes); of ``normalized_adjacency``
    n_layers : int; :math:`L`; 0 leaves the vectors as they are

    Source: He et al. 2020, eq. 4.
    """

    def __init__(self, adjacency, n_layers):
        super().__init__()
        edges = adjacency.tocoo()
        places = torch.from_numpy(np.stack([edges.row, edges.col]).astype(np.int64))
        self.register_buffer("places", places)  # (2, n_edges)
        self.register_buffer("weights", torch.from_numpy(edges.data).float())  # (n_edges,)
        self.n_layers = n_layers

    def forward(self, vectors):
        """Return the vectors after the steps.

        Parameters
        ----------
        vectors : float tensor (n_nodes, d)

        Returns
        -------
        float tensor (n_nodes, d)
        """
        n = len(vectors)
        A = torch.sparse_coo_tensor(
            self.places, self.weights, (n, n), is_coalesced=True, check_invariants=False
        )
        layers = [vectors]
        with torch.autocast(vectors.device.type, None, False):  # sparse products have no half
            for _ in range(self.n_layers):
                layers.append(torch.sparse.mm(A, layers[-1]))
        return torch.stack(layers).mean(dim=0)
