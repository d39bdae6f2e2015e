"""The codes that exist, as a tree in arrays: which digits may follow which beginnings."""

from __future__ import annotations

import numpy as np


class CodeTrie:
    """All beginnings of some codes, level by level, each level in lexicographic order.

    Parameters
    ----------
    tokens : int array (n_items, n_levels); no two rows equal

    Attributes
    ----------
    tokens : list of n_levels int arrays (n_nodes,); the last digit of each beginning
    starts : list of n_levels int arrays; the beginnings of level l that continue node i of the
        level before are ``starts[l][i]`` to ``starts[l][i + 1] - 1``
    items : int array (n_items,); the item of each whole code

    Source: Fredkin 1960, with arrays for pointers.
    """

    def __init__(self, tokens):
        self.items = np.lexsort(tokens.T[::-1])
        ordered = tokens[self.items]
        is_new = np.zeros(len(ordered), dtype=bool)
        is_new[:1] = True
        node, n_nodes = np.zeros(len(ordered), dtype=np.int64), 1  # the root
        self.tokens, self.starts = [], []
        for column in ordered.T:
            is_new[1:] |= column[1:] != column[:-1]
            self.tokens.append(column[is_new])
            self.starts.append(np.searchsorted(node[is_new], np.arange(n_nodes + 1)))
            node = np.cumsum(is_new) - 1
            n_nodes = len(self.tokens[-1])

    def children(self, level, nodes):
        """List what continues some beginnings.

        Parameters
        ----------
        level : int; of the next digit, from 0
        nodes : int array (n,); of the level before; the root is 0

        Returns
        -------
        parents : int array (m,); which of the ``nodes`` each child continues, from 0
        children : int array (m,); nodes of ``level``
        """
        first = self.starts[level][nodes]
        counts = self.starts[level][nodes + 1] - first
        parents = np.repeat(np.arange(len(nodes)), counts)
        before = np.cumsum(counts) - counts
        return parents, np.arange(len(parents)) + (first - before)[parents]
