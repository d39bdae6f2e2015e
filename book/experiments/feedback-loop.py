"""What a recommender that learns from its own lists does to exposure and quality.

People begin with ten events each. Round by round EASE is fitted, shows ten films to
everybody, and learns from simulated clicks. A seed decides the split behind the
taste, the first events and the clicks.
"""

from plmrec_lite.applications.fairness.feedback import feedback_loop
from plmrec_lite.applications.fairness.taste import fitted_taste
from plmrec_lite.data import load_movielens, random_split
from plmrec_lite.data.sparsity import keep_per_user
from plmrec_lite.recommenders import EASE, MatrixFactorization

SEEDS = (0, 1, 2, 3, 4)
ARMS = {
    "loop": {},
    "a tenth at random": {"explore": 0.1},
    "a third at random": {"explore": 0.3},
    "no loop": {"learns": "taste"},
}
CASES = {"rounds": {"n_rounds": 20}}
CHECK = {"n_rounds": 2}
MEASURED = ("gini", "gini_own", "liked", "liked_own", "clicks")


def run(seed, n_rounds):
    """Each measure of each arm, one value a round."""
    split = random_split(load_movielens().interactions, seed=seed)
    world = MatrixFactorization(seed=seed).fit(split.train)
    taste = fitted_taste(world, split)
    start = keep_per_user(split.train, 10, seed=seed)
    values = {}
    for name, options in ARMS.items():
        found = feedback_loop(EASE(), start, taste, n_rounds, seed=seed, **options)
        values |= {f"{name}, {m}": found[m].tolist() for m in MEASURED}
    return values
