"""A privacy budget: an epsilon, and all that it means nothing without."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from plmrec_lite.checks import check_choice, check_number

SAMPLING = ("poisson",)
NO_NOISE = math.inf  # epsilon of a training that promises nothing


@dataclass(frozen=True)
class PrivacyBudget:
    r"""What a training may give away of any one person, or other unit.

    With a data set and the same one without a unit, no outcome may be more than
    :math:`e^\epsilon` times as likely in one as in the other, up to a probability of
    :math:`\delta`.

    Parameters
    ----------
    epsilon : float; above 0; ``math.inf`` trains without noise
    delta : float; below 1 / n
    unit : str; whose data one row is, such as ``"person"`` or ``"sentence"``
    n : int; units in the training data
    clip : float; the largest norm of one unit's gradient; a longer one is scaled to it
    rate : float; with which probability a unit is in the batch of a step
    n_steps : int; steps of the training
    sampling : {"poisson"}; how a batch is drawn: each unit for itself. Shuffled batches of equal
        size have another epsilon, which is not computed here.

    Raises
    ------
    ValueError: a part is missing, or out of range (the message says which)

    Source: Dwork et al. 2006; Abadi et al. 2016.
    """

    epsilon: float
    delta: float | None = None
    unit: str | None = None
    n: int | None = None
    clip: float | None = None
    rate: float | None = None
    n_steps: int | None = None
    sampling: str | None = None

    def __post_init__(self):
        if missing := [name for name, value in vars(self).items() if value is None]:
            raise ValueError(
                f"epsilon={self.epsilon} without {', '.join(missing)}: an epsilon alone promises "
                "nothing; state delta, unit, n, clip, rate, n_steps and sampling"
            )
        if self.epsilon != NO_NOISE:
            check_number("epsilon", self.epsilon, above=0)
        check_number("n", self.n, least=2, whole=True)
        check_number("delta", self.delta, above=0, below=1)
        if self.delta >= 1 / self.n:
            raise ValueError(
                f"delta={self.delta} with n={self.n}: to publish one unit at random would be "
                f"allowed; give less than {1 / self.n:.2g}"
            )
        check_number("clip", self.clip, above=0)
        check_number("rate", self.rate, above=0, most=1)
        check_number("n_steps", self.n_steps, least=1, whole=True)
        check_choice("sampling", self.sampling, SAMPLING)

    @property
    def noise(self):
        """The standard deviation of the noise, in units of ``clip``: float."""
        if self.epsilon == NO_NOISE:
            return 0.0
        return _noise(self.epsilon, self.delta, self.rate, self.n_steps)

    def most_found(self, at=0.01):
        r"""Return the highest true-positive rate that an attack of any kind can reach.

        Parameters
        ----------
        at : float; its false-positive rate

        Returns
        -------
        float; the lower of two bounds:
            :math:`e^\epsilon a + \delta` and :math:`1 - e^{-\epsilon} (1 - \delta - a)`

        Source: Kairouz et al. 2015, theorem 2.1.
        """
        check_number("at", at, least=0, most=1)
        if self.epsilon == NO_NOISE:
            return 1.0
        up = math.exp(self.epsilon) * at + self.delta
        down = 1 - math.exp(-self.epsilon) * (1 - self.delta - at)
        return min(1.0, up, down)


@cache
def _noise(epsilon, delta, rate, n_steps):
    """The least noise that keeps the budget, by Opacus; it takes seconds."""
    from opacus.accountants.utils import get_noise_multiplier

    return get_noise_multiplier(
        target_epsilon=epsilon,
        target_delta=delta,
        sample_rate=rate,
        steps=n_steps,
        accountant="rdp",
        epsilon_tolerance=0.01 * epsilon,
    )
