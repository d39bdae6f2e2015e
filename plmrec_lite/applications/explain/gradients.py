"""Integrated gradients: what each number of the input adds to a score, along a straight path."""

from __future__ import annotations

import torch

from plmrec_lite.checks import check_number


def integrated_gradients(score, x, baseline, n_steps=20):
    r"""Spread the difference of two scores over the input that makes it.

    .. math:: a = (x - x') \odot \frac{1}{S} \sum_{s=1}^{S}
              \nabla f\left(x' + \tfrac{s - 1/2}{S} (x - x')\right)

    With many steps the sum of :math:`a` is :math:`f(x) - f(x')`.

    Parameters
    ----------
    score : callable; takes a tensor (S, ...) of inputs and returns their scores (S,)
    x : float tensor (...); the input to explain
    baseline : float tensor (...); :math:`x'`, an input that says nothing
    n_steps : int; S, the midpoints on the path

    Returns
    -------
    float tensor (...)

    Raises
    ------
    ValueError: another shape of the baseline, or no step

    Examples
    --------
    >>> square = lambda inputs: inputs.square().sum(1)
    >>> integrated_gradients(square, torch.tensor([3.0, 1.0]), torch.zeros(2)).tolist()
    [9.0, 1.0]

    Source: Sundararajan et al. 2017, eq. 3.
    """
    check_number("n_steps", n_steps, least=1, whole=True)
    if x.shape != baseline.shape:
        raise ValueError(
            f"x of shape {tuple(x.shape)} and a baseline of {tuple(baseline.shape)}: give the same"
        )
    steps = (torch.arange(n_steps, device=x.device) + 0.5) / n_steps
    steps = steps.view(-1, *[1] * x.dim())  # (S, 1, ...)
    path = (baseline + steps * (x - baseline)).detach().requires_grad_()  # (S, ...)
    (gradient,) = torch.autograd.grad(score(path).sum(), path)
    return (x - baseline).detach() * gradient.mean(0)
