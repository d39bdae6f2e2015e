import numpy as np
import pytest
import torch

from plmrec_lite.recommenders.trained import (
    TrainedRecommender,
    weights_as_parts,
    weights_from_parts,
)
from plmrec_lite.text.upper_layers import LowerStates, joined_vectors


def test_weights_come_back_from_parts():
    network = torch.nn.Linear(3, 2)
    parts = weights_as_parts({"other_": 1, "network_": network}, "network_")
    assert parts.keys() == {"other_", "network.weight", "network.bias"}
    assert all(isinstance(parts[f"network.{n}"], np.ndarray) for n in ("weight", "bias"))
    weights = weights_from_parts(parts, "network_")
    assert parts == {"other_": 1}
    torch.testing.assert_close(weights, dict(network.state_dict()))


def test_settings_that_are_no_training_are_refused():
    with pytest.raises(ValueError, match=r"training=3: give Training\(...\)"):
        TrainedRecommender(3)._check_settings()


def test_texts_padded_apart_come_back_in_their_order(monkeypatch):
    monkeypatch.setattr("plmrec_lite.text.upper_layers.TEXTS_AT_ONCE", 2)
    lower = LowerStates([torch.full((n, 1), float(n)) for n in (4, 1, 3, 2, 5)])
    batch = lower.apart([4, 0, 1, 2, 3])
    assert [len(texts["mask"]) for texts in batch["texts"].values()] == [2, 2, 1]
    longest = joined_vectors(lambda states, mask: states.amax(1), batch)
    assert longest[:, 0].tolist() == [5, 4, 1, 3, 2]
