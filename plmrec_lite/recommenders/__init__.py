"""One contract for all models: fit, score, recommend.

The default settings were chosen on the validation parts of MovieLens 100K. Of a grid, the
setting won whose NDCG@10, as a share of the grid's best, was highest on average over
leave-one-out and the temporal split. The test parts were not looked at.
"""

from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.blend import Blend
from plmrec_lite.recommenders.cold_start import ColdStartPolicy, Demographics
from plmrec_lite.recommenders.content import ContentBased
from plmrec_lite.recommenders.ease import EASE
from plmrec_lite.recommenders.fusion import fuse
from plmrec_lite.recommenders.hybrid_ease import HybridEASE
from plmrec_lite.recommenders.matrix_factorization import MatrixFactorization
from plmrec_lite.recommenders.neighbours import ItemKNN, UserKNN
from plmrec_lite.recommenders.popularity import Popularity
from plmrec_lite.recommenders.rank_fusion import RankFusion
from plmrec_lite.recommenders.ridge import ItemRidge
from plmrec_lite.recommenders.sequential import SequentialTransformer
from plmrec_lite.recommenders.text_tower import TextTower

__all__ = [
    "EASE",
    "Blend",
    "ColdStartPolicy",
    "ContentBased",
    "Demographics",
    "HybridEASE",
    "ItemKNN",
    "ItemRidge",
    "MatrixFactorization",
    "Popularity",
    "RankFusion",
    "Recommender",
    "SequentialTransformer",
    "TextTower",
    "UserKNN",
    "fuse",
]
