"""Softmax with a temperature under the hand: three genres and their scores."""

import torch
from plmrec_lite.nn.softmax import softmax

NAMES, LOGITS = ["comedy", "drama", "horror"], [2.0, 0.7, 0.0]


def make():
    """The scores that the sliders start from."""
    return {"names": NAMES, "logits": LOGITS}


def words(data):
    """Probabilities, entropy, and the loss of horror, at three temperatures."""
    said = {"most": f"{torch.tensor(len(data['names'])).log():.3f}"}
    for name, temperature in (("low", 0.1), ("one", 1), ("high", 10)):
        z = torch.tensor(data["logits"], dtype=torch.float64) / temperature
        p = softmax(z)
        first, second, third = (f"{100 * share:.1f} %" for share in p)
        said[f"shares-{name}"] = f"{first}, {second} and {third}"
        said[f"entropy-{name}"] = f"{-(p * p.log()).sum():.3f}"
        said[f"loss-{name}"] = f"{torch.logsumexp(z, 0) - z[-1]:.3f}"
    return said


def part(data):
    """All of it."""
    return {"logits": data["logits"]}, {"logits": LOGITS}
