"""A cross-encoder reads query and document together, and says how well they fit."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from plmrec_lite.checks import check_number, check_texts
from plmrec_lite.nn.losses import cross_entropy
from plmrec_lite.runtime import check_seed, evaluation_mode, own_seed, progress
from plmrec_lite.text.pretrained import load_pretrained, model_name
from plmrec_lite.training import train

N_LAST = 2  # layers that are trained, beside the head


class Reranker(nn.Module):
    """A pre-trained encoder that reads two texts at once, and one number as its answer.

    Parameters
    ----------
    name : str or None; the pre-trained model, see ``load_pretrained``
    max_length : int; tokens of both texts together; the longer one is cut first
    n_layers : int; layers at the top that training may move
    seed : int; of the head's first weights

    Raises
    ------
    ModelError: the model cannot be loaded
    ValueError: a setting out of range

    Source: Nogueira and Cho 2019.
    """

    def __init__(self, name=None, max_length=160, n_layers=N_LAST, seed=0):
        super().__init__()
        check_seed(seed)
        check_number("max_length", max_length, least=8, whole=True)
        self.tokenizer, self.encoder = load_pretrained(model_name(name))
        self.tokenizer.padding_side = "right"
        limit = getattr(self.encoder.config, "max_position_embeddings", max_length)
        self.max_length = int(min(max_length, limit, self.tokenizer.model_max_length))
        layers = max((m for m in self.encoder.modules() if isinstance(m, nn.ModuleList)), key=len)
        check_number("n_layers", n_layers, least=1, most=len(layers), whole=True)
        self.encoder.requires_grad_(False)
        layers[-n_layers:].requires_grad_(True)
        with own_seed(seed):
            self.head = nn.Linear(self.encoder.config.hidden_size, 1, bias=False)

    def tokens(self, queries, documents):
        """Turn pairs of texts into padded token ids.

        Parameters
        ----------
        queries, documents : sequence of n str; none empty

        Returns
        -------
        dict of int tensor (n, T)

        Raises
        ------
        ValueError: unequal lengths, or a text is empty
        """
        queries, documents = check_texts(queries, "queries"), check_texts(documents, "documents")
        if len(queries) != len(documents):
            raise ValueError(f"{len(queries)} queries and {len(documents)} documents: give pairs")
        return dict(
            self.tokenizer(
                queries,
                documents,
                truncation="longest_first",
                max_length=self.max_length,
                padding=True,
                return_tensors="pt",
            )
        )

    def forward(self, batch):
        """Return the loss of groups of pairs: in each, the first document is the right one.

        Parameters
        ----------
        batch : dict; of ``GroupBatches``; its tensors have shape (B, G, T)

        Returns
        -------
        dict; ``"loss"``, this part's share of the mean over the batch, and ``"found"``
        """
        tokens = {k: v for k, v in batch.items() if isinstance(v, torch.Tensor)}
        B, G, T = tokens["input_ids"].shape
        scores = self._scores({k: v.reshape(B * G, T) for k, v in tokens.items()}).reshape(B, G)
        right = torch.zeros(B, dtype=torch.long, device=scores.device)
        n = batch["n_groups"]
        found = (scores.argmax(1) == 0).float().sum() / n
        return {"loss": cross_entropy(scores.float(), right, reduction="sum") / n, "found": found}

    def _scores(self, tokens):
        hidden = self.encoder(**tokens)[0]  # (n, T, d)
        mask = tokens["attention_mask"].unsqueeze(-1).to(hidden.dtype)  # (n, T, 1)
        return self.head((hidden * mask).sum(1) / mask.sum(1)).squeeze(-1)  # (n,)

    @torch.no_grad()
    def score(self, queries, documents, batch_size=64):
        """Score pairs, similar lengths together.

        Parameters
        ----------
        queries, documents : sequence of n str; none empty
        batch_size : int

        Returns
        -------
        float32 array (n,); the higher, the better the document answers the query
        """
        sizes = [len(q) + len(d) for q, d in zip(queries, documents, strict=True)]
        order = np.argsort(sizes, kind="stable")
        scores = np.empty(len(order), dtype=np.float32)
        with evaluation_mode(self):
            for start in progress(range(0, len(order), batch_size), "reranking"):
                rows = order[start : start + batch_size]
                pairs = ([queries[row] for row in rows], [documents[row] for row in rows])
                tokens = {k: v.to(self.head.weight.device) for k, v in self.tokens(*pairs).items()}
                scores[rows] = self._scores(tokens).float().cpu().numpy()
        return scores


class GroupBatches:
    """Queries, each with the right document and wrong ones, in batches for ``train``.

    Parameters
    ----------
    reranker : Reranker; its tokenizer reads the pairs
    queries : list of n str
    documents : list of n lists of G str; the right one first
    batch_size : int; queries a step; the last batch may be smaller
    seed : int; of the order

    Raises
    ------
    ValueError: unequal lengths, or nothing to compare
    """

    def __init__(self, reranker, queries, documents, batch_size, seed=0):
        sizes = {len(group) for group in documents}
        if len(queries) != len(documents) or len(sizes) != 1 or min(sizes) < 2:
            raise ValueError(
                f"{len(queries)} queries, {len(documents)} groups of {sorted(sizes)} documents: "
                "give each query as many, the right one and at least one wrong"
            )
        self.reranker, self.queries, self.documents = reranker, queries, documents
        self.batch_size, self.seed = batch_size, seed

    def __len__(self):
        return -(-len(self.queries) // self.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch.

        Parameters
        ----------
        number : int; from 0

        Yields
        ------
        dict of int tensor (B, G, T), and ``n_groups``, the number B
        """
        order = np.random.default_rng([self.seed, number]).permutation(len(self.queries))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            size = len(self.documents[0])
            tokens = self.reranker.tokens(
                [self.queries[row] for row in rows for _ in range(size)],
                [document for row in rows for document in self.documents[row]],
            )
            yield {
                **{key: value.reshape(len(rows), size, -1) for key, value in tokens.items()},
                "n_groups": len(rows),
            }


def tune_reranker(reranker, queries, documents, training, **options):
    """Train a reranker, in place, to put the right document of each group first.

    Parameters
    ----------
    reranker : Reranker; it ends in evaluation mode
    queries, documents : as in ``GroupBatches``
    training : Training
    **options : of ``train``

    Returns
    -------
    pandas.DataFrame; the history of ``train``

    Raises
    ------
    ValueError: as ``GroupBatches`` and ``train``
    """
    batches = GroupBatches(reranker, queries, documents, training.batch_size, training.seed)
    return train(reranker, batches, training, title="tuning the reranker", **options)
