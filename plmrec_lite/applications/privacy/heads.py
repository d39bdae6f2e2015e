"""Small heads on a frozen language model: films for a taste, classes for a text."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from plmrec_lite.checks import check_number


class TasteHead(nn.Module):
    """Score films for a person from the mean vector of the films watched.

    Parameters
    ----------
    item_vectors : float array (n_items, d); of public texts; they stay as they are
    scale : float; what cosines are multiplied by, before anything is learned

    Attributes
    ----------
    map : torch.nn.Linear (d → d); the identity times ``scale`` until trained
    bias : float tensor (n_items,); how popular each film is; 0 until trained
    """

    def __init__(self, item_vectors, scale=5.0):
        super().__init__()
        check_number("scale", scale, above=0)
        vectors = torch.as_tensor(np.asarray(item_vectors), dtype=torch.float32)
        self.register_buffer("items", nn.functional.normalize(vectors, dim=-1))
        d = vectors.shape[1]
        self.map = nn.Linear(d, d, bias=False)
        with torch.no_grad():
            self.map.weight.copy_(scale * torch.eye(d))
        self.bias = nn.Parameter(torch.zeros(len(vectors)))

    def forward(self, taste):
        """Score all films.

        Parameters
        ----------
        taste : float tensor (..., d); of ``tastes``

        Returns
        -------
        float tensor (..., n_items); logits
        """
        return self.map(taste) @ self.items.T + self.bias

    def tastes(self, watched):
        """Return the mean vector of each person's films, of length 1.

        Parameters
        ----------
        watched : float array (n, n_items); 1 where a person met a film

        Returns
        -------
        float32 array (n, d); zeros for somebody without films
        """
        means = np.asarray(watched, dtype=np.float32) @ self.items.cpu().numpy()
        return means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)

    @torch.inference_mode()
    def scores(self, watched):
        """Score all films for people.

        Parameters
        ----------
        watched : as in ``tastes``

        Returns
        -------
        float32 array (n, n_items); logits
        """
        return self(torch.from_numpy(self.tastes(watched))).numpy()


def taste_loss(model, row):
    """Return the loss of one person: the mean negative log-probability of the films watched.

    Parameters
    ----------
    model : TasteHead, or a function like it
    row : dict; ``taste`` (d,) and ``watched`` (n_items,)

    Returns
    -------
    float tensor (); in nats
    """
    log_p = model(row["taste"]).log_softmax(-1)
    return -(log_p * row["watched"]).sum() / row["watched"].sum().clamp(min=1)


def class_loss(model, row):
    """Return the loss of one text: the negative log-probability of its class.

    Parameters
    ----------
    model : torch.nn.Linear (d → n_classes), or a function like it
    row : dict; ``vector`` (d,) and ``one_hot`` (n_classes,)

    Returns
    -------
    float tensor (); in nats
    """
    return -(model(row["vector"]).log_softmax(-1) * row["one_hot"]).sum()


def confidence(log_p):
    """Return the logit of a probability, from its logarithm: what an attacker compares.

    Parameters
    ----------
    log_p : float array; of the right class, below 0

    Returns
    -------
    float array; log p - log (1 - p)

    Source: Carlini et al. 2022, section IV-A.
    """
    log_p = np.minimum(np.asarray(log_p, dtype=float), -1e-12)
    return log_p - np.log(-np.expm1(log_p))
