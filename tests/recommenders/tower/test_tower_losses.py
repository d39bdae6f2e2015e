import math

import numpy as np
import pytest
import torch

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import ItemRidge
from plmrec_lite.recommenders.tower.losses import cold_start_loss, match_loss, who_loss


def some(n_items=12, n_users=7, d=4):
    torch.manual_seed(0)
    vectors = torch.randn(n_items, d, dtype=torch.float64)
    met = (torch.rand(n_items, n_users) < 0.5).double()
    met[:, 0] = 1  # every item was met
    return vectors, met


@pytest.mark.parametrize("n_cold", [1, 3, 10])  # of 12: the fewest and the most that can be hidden
def test_cold_start_is_item_ridge_on_the_hidden_items(n_cold):
    vectors, met = some()
    regularization = 2.0
    warm = met[n_cold:]
    items, users = warm.nonzero().T.numpy()
    log = Interactions(
        users, items, np.ones(len(users)), np.zeros(len(users), int), met.size(1), len(warm)
    )
    ridge = ItemRidge(regularization).fit(log, vectors[n_cold:].numpy())
    cold = vectors[:n_cold].numpy() - vectors[n_cold:].numpy().mean(0)
    predicted = cold @ ridge.W_ + warm.numpy().mean(0)
    expected = ((met[:n_cold].numpy() - predicted) ** 2).sum(1).mean()
    loss = cold_start_loss(vectors, met, n_cold, regularization)
    assert loss.item() == pytest.approx(expected, rel=1e-9)


def test_cold_start_sends_a_gradient_to_hidden_and_other_items():
    vectors, met = some()
    vectors.requires_grad_()
    assert torch.autograd.gradcheck(lambda v: cold_start_loss(v, met, 3, 1.0), vectors)
    cold_start_loss(vectors, met, 3, 1.0).backward()
    assert (vectors.grad.abs().sum(1) > 0).all()


def test_cold_start_does_not_learn_from_what_it_hides():
    vectors, met = some()
    vectors.requires_grad_()
    flipped = met.clone()
    flipped[:3] = 1 - flipped[:3]
    predicted = []
    for events in (met, flipped):  # d loss / d events of hidden items = 2 (event - prediction)
        events = events.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(cold_start_loss(vectors, events, 3, 1.0), events)
        predicted.append(events[:3] - gradient[:3] * 3 / 2)
    torch.testing.assert_close(*predicted)


@pytest.mark.parametrize("n_cold", [0, 11, 12])
def test_an_impossible_number_of_hidden_items_is_named(n_cold):
    vectors, met = some()
    with pytest.raises(ValueError, match=rf"n_cold={n_cold} of 12 items"):
        cold_start_loss(vectors, met, n_cold, 1.0)


def test_who_by_hand():
    item, users = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    bias = torch.tensor([0.0, 1.0, 0.0])
    met = torch.tensor([[1.0, 1.0, 0.0]])
    log_sum = math.log(math.e + math.e + 1)  # logits 1, 1, 0
    assert who_loss(item, users, bias, met).item() == pytest.approx(log_sum - 1)


def test_who_weighs_events_not_items():
    vectors, met = some()
    users, bias = torch.randn(7, 4).double(), torch.zeros(7).double()
    rows = [who_loss(vectors[i : i + 1], users, bias, met[i : i + 1]).item() for i in range(12)]
    expected = np.average(rows, weights=met.sum(1).numpy())
    assert who_loss(vectors, users, bias, met).item() == pytest.approx(expected)


def test_match_by_hand():
    items, users = torch.eye(2), torch.eye(2)
    met = torch.eye(2, dtype=torch.bool)
    loss = match_loss(items, users, met, torch.zeros(2))
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-1)))
    shares = torch.tensor([0.5, 0.25])  # the second item's logit gains log 2
    first = math.log(1 + 2 * math.exp(-1))
    second = math.log(1 + math.exp(-1) / 2)
    loss = match_loss(items, users, met, shares.log())
    assert loss.item() == pytest.approx((first + second) / 2)


def test_match_takes_no_item_that_the_user_met_for_a_negative():
    items, users = torch.randn(3, 4), torch.randn(3, 4)
    met = torch.tensor([[True, True, False], [False, True, False], [True, True, True]])
    loss = match_loss(items, users, met, torch.zeros(3))
    scores = users @ items.T
    first = torch.logsumexp(scores[0, [0, 2]], 0) - scores[0, 0]
    second = torch.logsumexp(scores[1], 0) - scores[1, 1]
    assert loss.item() == pytest.approx((first + second).item() / 3, rel=1e-5)
