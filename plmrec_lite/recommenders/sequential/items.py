"""What a sequence model knows of an item: its id, its text, or both."""

from __future__ import annotations

import math

import torch
from torch import nn

from plmrec_lite.checks import check_choice

ITEMS = ("id", "text", "both", "initialised")
START = 0.02  # deviation of an untrained number, as in BERT
TEXT_START = 0.06


class ItemEmbedding(nn.Module):
    r"""A vector for each item, in one of four ways.

    - ``"id"``: a free vector, as a word has in a language model;
    - ``"text"``: a linear map :math:`W v_i` of the item's text vector, so that an item that
      nobody has met has a vector too;
    - ``"both"``: the sum :math:`e_i + W v_i`, so that the id learns what the text does not say;
    - ``"initialised"``: a free vector that starts at the text vector's first numbers.

    Parameters
    ----------
    n_items : int; how many items
    d_model : int; numbers an item, C
    items : {"id", "text", "both", "initialised"}; which way
    item_vectors : float array (n_items, d) or None; text vectors; not needed for ``"id"``. Whitened
        ones come with their numbers in order of spread and on one scale, as is best here. They are
        scaled to a mean square of 1.

    Raises
    ------
    ValueError: ``items`` is unknown, or vectors are needed and missing

    Source: Hou et al. 2022 (text), Yuan et al. 2023 (both, compared).
    """

    def __init__(self, n_items, d_model, items="id", item_vectors=None):
        super().__init__()
        check_choice("items", items, ITEMS)
        if items != "id" and item_vectors is None:
            raise ValueError(f"items={items!r} needs item_vectors: call fit(train, item_vectors)")
        self.ids = self.text = None
        if items != "text":
            self.ids = nn.Parameter(START * torch.randn(n_items, d_model))
        if items == "id":
            return
        vectors = torch.as_tensor(item_vectors, dtype=torch.float32)  # (n_items, d)
        scale = vectors.square().mean().sqrt()
        vectors = vectors / (scale if scale > 0 else 1.0)
        if items == "initialised":
            width = min(d_model, vectors.size(1))
            self.ids.data[:, :width] = START * vectors[:, :width]
            return
        self.register_buffer("vectors", vectors)
        self.text = nn.Linear(vectors.size(1), d_model, bias=False)
        nn.init.normal_(self.text.weight, std=TEXT_START / math.sqrt(vectors.size(1)))

    def forward(self):
        """Return all items' vectors.

        Returns
        -------
        float tensor (n_items, C); one row an item
        """
        if self.text is None:
            return self.ids
        return self.text(self.vectors) if self.ids is None else self.ids + self.text(self.vectors)
