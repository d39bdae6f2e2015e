"""Which shelf does a thing belong on? Words and its picture, fused early, late or by a gate."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from plmrec_lite.applications.multimodal.twin_heads import KINDS
from plmrec_lite.checks import check_choice, check_number
from plmrec_lite.nn.losses import cross_entropy
from plmrec_lite.runtime import evaluation_mode, own_seed
from plmrec_lite.training import RowBatches, train

FUSIONS = ("words", "pictures", "early", "gated")


class ShelfNet(nn.Module):
    """A network with one hidden layer that scores shelves.

    Parameters
    ----------
    n_words, n_pictures, n_shelves : int
    fusion : {"words", "pictures", "early", "gated"}; one kind alone; both side by side; or a gate
        that says for each hidden number how much of it comes from the words, the rest being the
        picture's
    hidden : int; of the hidden layer
    dropout : float; of the hidden layer
    missing : float; the share of training rows that lose their words, and of those that lose
        their picture; a lost vector is zeros, the mean of all

    Raises
    ------
    ValueError: an unknown fusion, a setting out of range

    Source: Arevalo et al. 2017 (the gate); Neverova et al. 2016 (leaving kinds out in training).
    """

    def __init__(
        self, n_words, n_pictures, n_shelves, fusion, hidden=128, dropout=0.3, missing=0.0
    ):
        super().__init__()
        check_choice("fusion", fusion, FUSIONS)
        check_number("missing", missing, least=0, most=0.5)
        self.fusion, self.missing = fusion, missing
        sizes = {"words": n_words, "pictures": n_pictures}
        if fusion == "gated":
            self.sides = nn.ModuleDict({kind: nn.Linear(sizes[kind], hidden) for kind in KINDS})
            self.gate = nn.Linear(n_words + n_pictures, hidden)
        else:
            n_in = n_words + n_pictures if fusion == "early" else sizes[fusion]
            self.first = nn.Linear(n_in, hidden)
        self.dropout = nn.Dropout(dropout)
        self.last = nn.Linear(hidden, n_shelves)

    def hidden(self, words, pictures):
        """Return the hidden layer.

        Parameters
        ----------
        words, pictures : float tensors (B, n_words) and (B, n_pictures)

        Returns
        -------
        float tensor (B, hidden)
        """
        both = torch.cat([words, pictures], dim=-1)
        if self.fusion == "gated":
            of_words, of_pictures = self.sides["words"](words), self.sides["pictures"](pictures)
            share = self.gate(both).sigmoid()  # (B, hidden)
            return share * of_words.relu() + (1 - share) * of_pictures.relu()
        given = {"early": both, "words": words, "pictures": pictures}[self.fusion]
        return self.first(given).relu()

    def forward(self, batch):
        """Return the loss of a batch.

        Parameters
        ----------
        batch : dict; ``"words"``, ``"pictures"``, ``"shelf"`` (B,) and ``"lost"`` (B,), a number
            from 0 to 1 that says whether a row loses a kind

        Returns
        -------
        dict; ``"loss"``
        """
        lost = batch["lost"][:, None]
        words = batch["words"] * (lost >= self.missing)
        pictures = batch["pictures"] * (lost < 1 - self.missing)
        scores = self.last(self.dropout(self.hidden(words, pictures)))
        loss = cross_entropy(scores, batch["shelf"], reduction="none")
        return {"loss": loss.sum() / batch["n"]}

    def words_share(self, words, pictures):
        """Return how much of the hidden layer a gate takes from the words.

        Parameters
        ----------
        words, pictures : float32 arrays (n, n_words) and (n, n_pictures)

        Returns
        -------
        float32 array (n,); 0 to 1, the mean over the hidden layer

        Raises
        ------
        ValueError: the network has no gate
        """
        if self.fusion != "gated":
            raise ValueError(f"fusion={self.fusion!r} has no gate: use a network with 'gated'")
        with torch.inference_mode():
            both = torch.from_numpy(np.hstack([words, pictures])).to(self.last.weight.device)
            return self.gate(both).sigmoid().mean(-1).cpu().numpy()

    def log_shares(self, words, pictures):
        """Return the logarithm of what each shelf gets, without dropout.

        Parameters
        ----------
        words, pictures : float32 arrays (n, n_words) and (n, n_pictures)

        Returns
        -------
        float32 array (n, n_shelves)
        """
        with evaluation_mode(self), torch.inference_mode():
            where = self.last.weight.device
            given = (torch.from_numpy(some).to(where) for some in (words, pictures))
            return self.last(self.hidden(*given)).log_softmax(-1).cpu().numpy()


class ShelfBatches(RowBatches):
    """Rows with their shelf, the number by which each may lose a kind, and the batch's size.

    Parameters
    ----------
    columns, batch_size, seed, shared
        As of ``RowBatches``.
    """

    def epoch(self, number):
        """Yield the batches of an epoch.

        Parameters
        ----------
        number : int; from 0

        Yields
        ------
        dict; the columns, ``"lost"`` (B,) and ``"n"``
        """
        rng = np.random.default_rng([self.seed, number, 1])
        for batch in super().epoch(number):
            lost = torch.from_numpy(rng.random(self.batch_size, dtype=np.float32))
            yield batch | {"lost": lost, "n": self.batch_size}


def tune_shelves(
    words, pictures, shelves, held_out, fusion, training, *, missing=0.0, dropout=0.3, **options
):
    """Learn on which shelf things belong.

    Parameters
    ----------
    words, pictures : float32 arrays (n, n_words) and (n, n_pictures); of ``scaled_by``
    shelves : int array (n,); from 0
    held_out : tuple of words, pictures and shelves of other things; the weights that give them
        the highest mean log share of the right shelf stay
    fusion : str; as of ``ShelfNet``
    training : Training
    missing, dropout : float; as of ``ShelfNet``
    **options : of ``train``

    Returns
    -------
    net : ShelfNet; in evaluation mode
    history : pandas.DataFrame; of ``train``, with ``likelihood`` on what is held out

    Raises
    ------
    ValueError: as ``ShelfNet``, ``RowBatches`` and ``train``
    """
    known = np.asarray(shelves, dtype=np.int64)
    columns = {"words": words, "pictures": pictures, "shelf": known}
    batches = ShelfBatches(columns, training.batch_size, training.seed)
    n_shelves = int(max(known.max(), np.max(held_out[2]))) + 1
    with own_seed(training.seed):
        net = ShelfNet(
            words.shape[1], pictures.shape[1], n_shelves, fusion, dropout=dropout, missing=missing
        )

    def watch(step, net):
        shares = net.log_shares(*held_out[:2])
        return {"likelihood": float(shares[np.arange(len(shares)), held_out[2]].mean())}

    options = {"watch": watch, "choose": "likelihood", "title": f"shelves, {fusion}"} | options
    return net, train(net, batches, training, **options)


def shelf_codes(subgroups, families, least=5):
    """Number the shelves that enough families stand on.

    Parameters
    ----------
    subgroups : sequence of n str; the shelf of each thing
    families : int array (n,)
    least : int; families that a shelf must have to be learned and tested

    Returns
    -------
    int array (n,); from 0 in alphabetical order, -1 on a smaller shelf

    Raises
    ------
    ValueError: no shelf has that many
    """
    subgroups, families = np.asarray(subgroups, dtype=object), np.asarray(families)
    n_families = {one: len(set(families[subgroups == one])) for one in set(subgroups)}
    kept = sorted(one for one, n in n_families.items() if n >= least)
    if not kept:
        raise ValueError(f"least={least}: no shelf has so many families")
    number = {one: code for code, one in enumerate(kept)}
    return np.array([number.get(one, -1) for one in subgroups])


def late_fusion(words, pictures, weight):
    """Average what two networks say, each of one kind.

    Parameters
    ----------
    words, pictures : float arrays (n, n_shelves); of ``log_shares``
    weight : float; the share of the picture, 0 to 1

    Returns
    -------
    float array (n, n_shelves)

    Raises
    ------
    ValueError: the weight is out of range
    """
    check_number("weight", weight, least=0, most=1)
    return (1 - weight) * words + weight * pictures


def right(shares, shelves):
    """Say of each thing whether the shelf with the highest share is its own.

    Parameters
    ----------
    shares : float array (n, n_shelves)
    shelves : int array (n,)

    Returns
    -------
    float array (n,); 0 or 1
    """
    return (shares.argmax(axis=1) == np.asarray(shelves)).astype(np.float64)
