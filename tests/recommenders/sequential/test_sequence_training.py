import numpy as np
import pytest
import torch

from plmrec_lite.recommenders.sequential.items import ItemEmbedding
from plmrec_lite.recommenders.sequential.losses import softmax_loss
from plmrec_lite.recommenders.sequential.network import SequenceNetwork
from plmrec_lite.recommenders.sequential.training import batch_loss, train_network
from plmrec_lite.recommenders.sequential.windows import PADDING, padded, shifted

HISTORIES = [np.array([0, 1, 2, 3]), np.array([2, 3, 4]), np.array([4, 5])]


def network(causal=True):
    torch.manual_seed(0)
    return SequenceNetwork(
        ItemEmbedding(6, 8), 8, 2, 1, dropout=0.0, causal=causal, positions="recency", length=4
    )


def test_a_batch_is_judged_where_something_is_guessed():
    net, windows = network().eval(), padded(HISTORIES)
    inputs, targets = shifted(windows)
    hidden, items = net(inputs)
    asked = targets != PADDING
    expected = softmax_loss(hidden[asked], items, targets[asked])
    found = batch_loss(net, windows, np.random.default_rng(0), "next", "softmax", 3)
    torch.testing.assert_close(found, expected)
    assert asked.sum() == 3 + 2 + 1


@pytest.mark.parametrize("objective", ["next", "masked"])
def test_training_lowers_the_loss(objective):
    losses = train_network(
        network(causal=objective == "next"),
        HISTORIES * 4,
        np.random.default_rng(0),
        objective=objective,
        length=3,
        n_epochs=60,
        batch_size=4,
        learning_rate=0.02,
    )
    assert losses.shape == (60,)
    assert losses[-10:].mean() < losses[:10].mean() - 0.5


def test_without_histories_there_is_nothing_to_train():
    assert train_network(network(), [], np.random.default_rng(0)).size == 0
