"""Published numbers on MovieLens-1M, each looked up, with what its source says of the protocol."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from plmrec_lite.evaluation.protocols import Protocol


class Published(NamedTuple):
    """One published number.

    Attributes
    ----------
    model : str
    value : float
    protocol : Protocol; None in a field where the place that was read, or its code, does not say
    source : str; a key of the bibliography
    where : str; which number of the source, and how it was made
    """

    model: str
    value: float
    protocol: Protocol
    source: str
    where: str


_ML = Protocol(data="MovieLens-1M", split="leave-one-out", relevant="one", k=10)
_UNIFORM = replace(_ML, candidates="100 uniform", seen="left out")
_KANG = replace(
    _UNIFORM, filtered="users and items with fewer than 5 events", chosen_on="validation"
)
_POPULAR = replace(_ML, candidates="100 popular", seen="left out")
_ALL = replace(_ML, candidates="all")


def _pair(model, hit_rate, ndcg, protocol, source, where):
    return [
        Published(model, hit_rate, replace(protocol, metric="HR"), source, where),
        Published(model, ndcg, replace(protocol, metric="NDCG"), source, where),
    ]


PUBLISHED = (
    *_pair("SASRec", 0.8245, 0.5905, _KANG, "kang2018", "the paper"),
    *_pair("SASRec", 0.8190, 0.5897, _UNIFORM, "huang2020", "port to PyTorch, first run"),
    *_pair("SASRec", 0.8225, 0.5918, _UNIFORM, "huang2020", "port to PyTorch, second run"),
    *_pair("BERT4Rec", 0.7657, 0.5463, _UNIFORM, "petrov-issue2022", "trained for 1 hour"),
    *_pair("BERT4Rec", 0.8040, 0.6009, _UNIFORM, "petrov-issue2022", "trained for 16 hours"),
    *_pair("BERT4Rec", 0.8039, 0.6008, _UNIFORM, "petrov2022b", "replication, long training"),
    *_pair("BERT4Rec", 0.6975, 0.4751, _POPULAR, "petrov2022b", "the same model"),
    *_pair("BERT4Rec", 0.2821, 0.1516, _ALL, "petrov2022b", "the same model"),
    *_pair("GRU4Rec", 0.2548, 0.1406, _ALL, "recbole2021", "a reader's run in RecBole"),
)
