"""Membership inference: was this person, or this sentence, among what a model was trained on?"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed

LEAST_EACH = 2  # shadow models on a side, from which a spread can be computed


def random_halves(n, n_models, seed=0):
    """Draw who is in the training data of each model: two models share out everybody between them.

    Parameters
    ----------
    n : int; people, or sentences
    n_models : int; an even number
    seed : int

    Returns
    -------
    bool array (n_models, n); True for a member; each of the n is a member of half of the models

    Raises
    ------
    ValueError: ``n`` is below 2, or ``n_models`` is odd or below 2

    Examples
    --------
    >>> random_halves(5, 4).sum(axis=0)
    array([2, 2, 2, 2, 2])

    Source: Carlini et al. 2022, section V-A.
    """
    check_seed(seed)
    check_number("n", n, least=2, whole=True)
    check_number("n_models", n_models, least=2, whole=True)
    if n_models % 2:
        raise ValueError(f"n_models={n_models}: give an even number, two models to a draw")
    rng = np.random.default_rng(seed)
    halves = np.zeros((n_models, n), dtype=bool)
    for first in range(0, n_models, 2):
        halves[first, rng.permutation(n)[: n // 2]] = True
        halves[first + 1] = ~halves[first]
    return halves


def likelihood_ratio(traces, members, target, *, two_sided=True, common_spread=False):
    r"""Score how much likelier a trace is if its owner was a member: the attack by shadow models.

    All models but the target are shadow models: the attacker trained them and knows their members.
    Of each person's traces in them a normal distribution is fitted to those of models with the
    person, and one to those without: the score is
    :math:`\log p_\mathrm{in}(t) - \log p_\mathrm{out}(t)`. An attacker who cannot train models
    with the person has the second one only: the score is then how far t lies above it.

    Parameters
    ----------
    traces : float array (n_models, n); how well each model fits each person, the higher the better
    members : bool array (n_models, n); of ``random_halves``
    target : int; the model that is attacked
    two_sided : bool; whether the attacker has shadow models with the person too
    common_spread : bool; one standard deviation for all people: for few shadow models

    Returns
    -------
    float array (n,); the higher, the more likely a member

    Raises
    ------
    ValueError: unequal shapes, an unknown target, a trace that is not finite, or too few shadow
        models on a side

    Source: Carlini et al. 2022, algorithm 1 and section IV-C (without the person).
    """
    traces, members = np.asarray(traces, dtype=float), np.asarray(members)
    if traces.ndim != 2 or traces.shape != members.shape or members.dtype != bool:
        raise ValueError(
            f"traces of shape {traces.shape} and members of shape {members.shape}, "
            f"{members.dtype}: give a row for each model, members as bool"
        )
    if not 0 <= target < len(traces):
        raise ValueError(f"target={target}: there are models 0 to {len(traces) - 1}")
    if (bad := np.argwhere(~np.isfinite(traces))).size:
        model, person = bad[0]
        raise ValueError(f"the trace of {person} in model {model} is not finite: leave them out")
    shadows = np.arange(len(traces)) != target
    seen = traces[target]
    outside = _normal(traces[shadows], ~members[shadows], "without", common_spread)
    if not two_sided:
        return (seen - outside[0]) / outside[1]
    inside = _normal(traces[shadows], members[shadows], "with", common_spread)
    return norm.logpdf(seen, *inside) - norm.logpdf(seen, *outside)


def _normal(traces, chosen, side, common):
    """Mean and standard deviation of the chosen traces of each column, (n,) each."""
    n = chosen.sum(axis=0)
    if n.min() < LEAST_EACH:
        raise ValueError(
            f"{n.min()} shadow models {side} person {n.argmin()}: train at least {LEAST_EACH} on "
            "each side"
        )
    mean = np.where(chosen, traces, 0).sum(axis=0) / n
    squares = np.where(chosen, (traces - mean) ** 2, 0)
    spread = np.sqrt(squares.sum() / (n - 1).sum() if common else squares.sum(axis=0) / (n - 1))
    return mean, np.broadcast_to(np.maximum(spread, 1e-12), mean.shape)
