"""Shilling under the hand: made-up people push film D on a small matrix."""

from itertools import chain, combinations

import numpy as np
from plmrec_lite.applications.attacks.shilling import log_of, with_profiles
from plmrec_lite.recommenders import ItemKNN
from scipy.sparse import csr_array

FILMS = "ABCD"
REAL = [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 1, 1]]
PUSHED = FILMS.index("D")
MOST = 6
FILLERS = [list(s) for s in chain(*(combinations(range(3), k) for k in range(4)))]


def scores_of(filler, n):
    """What item-kNN gives the first person for C and D, with n profiles of these fillers."""
    log = log_of(csr_array(np.array(REAL, dtype=np.float32)))
    if n:
        profile = np.isin(range(len(FILMS)), [*filler, PUSHED]).astype(np.float32)
        log = with_profiles(log, csr_array(np.tile(profile, (n, 1))))
    return ItemKNN().fit(log).score(np.array([0]))[0][[2, PUSHED]].astype(np.float64)


def make():
    """The two scores for each choice of fillers and number of profiles."""
    return {
        "fillers": ["".join(FILMS[i] for i in filler) for filler in FILLERS],
        "scores": [
            [scores_of(filler, n).round(4).tolist() for n in range(MOST + 1)] for filler in FILLERS
        ],
    }


def words(data):
    """The scores before, with two profiles that fit the person, and with two that do not."""
    fits, other = (data["scores"][data["fillers"].index(f)] for f in ("AB", "C"))
    return {
        "c-before": f"{fits[0][0]:.2f}",
        "d-before": f"{fits[0][1]:.2f}",
        "c-after": f"{fits[2][0]:.2f}",
        "d-after": f"{fits[2][1]:.2f}",
        "c-other": f"{other[2][0]:.2f}",
        "d-other": f"{other[2][1]:.2f}",
    }


def part(data):
    """The scores with three profiles, for all fillers."""
    held = np.array(data["scores"])[:, 3]
    return {"scores": held}, {"scores": np.array([scores_of(f, 3) for f in FILLERS])}
