import math

import pytest
import torch

from plmrec_lite.recommenders.sequential.losses import gbce_loss, sampled_softmax_loss, softmax_loss

N_ITEMS, P = 40, 25


@pytest.fixture
def guess():
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(P, 6, generator=generator)
    items = torch.randn(N_ITEMS, 6, generator=generator, requires_grad=True)
    targets = torch.randint(N_ITEMS, (P,), generator=generator)
    return hidden, items, targets


def draws(n, seed=1):
    return torch.randint(N_ITEMS, (n,), generator=torch.Generator().manual_seed(seed))


def test_the_full_softmax_is_by_hand_the_log_of_a_share():
    hidden, items = torch.tensor([[1.0]]), torch.tensor([[0.0], [math.log(3)]])
    assert softmax_loss(hidden, items, torch.tensor([1])).item() == pytest.approx(-math.log(0.75))


def test_many_draws_come_close_to_the_full_softmax(guess):
    full = softmax_loss(*guess).item()
    sampled = sampled_softmax_loss(*guess, draws(200_000)).item()
    assert sampled == pytest.approx(full, rel=0.01)


def test_gbce_without_calibration_is_binary_cross_entropy(guess):
    hidden, items, targets = guess
    wrong = (targets[0] + 1) % N_ITEMS
    loss = gbce_loss(hidden[:1], items, targets[:1], wrong[None], calibration=0.0)
    logits = items[torch.stack([targets[0], wrong])] @ hidden[0] - math.log(N_ITEMS)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, torch.tensor([1.0, 0.0])
    )
    torch.testing.assert_close(loss, expected)


def test_full_calibration_takes_the_yes_to_the_share_of_negatives(guess):
    hidden, items, targets = guess
    wrong = (targets[:1] + torch.tensor([1, 2])) % N_ITEMS
    losses = [gbce_loss(hidden[:1], items, targets[:1], wrong, calibration=t) for t in (0.0, 1.0)]
    yes = -torch.nn.functional.logsigmoid(hidden[0] @ items[targets[0]] - math.log(N_ITEMS))
    alpha = 2 / (N_ITEMS - 1)
    torch.testing.assert_close(losses[0] - losses[1], (1 - alpha) * yes / 3)


@pytest.mark.parametrize("loss", [sampled_softmax_loss, gbce_loss])
def test_the_right_item_is_no_negative(loss, guess):
    hidden, items, targets = (tensor[:1] for tensor in guess)
    items = guess[1]
    others = torch.tensor([i for i in range(N_ITEMS) if i != targets[0]])[:5]
    hit = torch.cat([others[:4], targets])
    value = loss(hidden, items, targets, hit)
    value.backward()
    assert math.isfinite(value.item())
    assert items.grad.isfinite().all()
    pushed_up = -(items.grad[targets[0]] @ hidden[0])
    assert pushed_up > 0


def test_who_knows_nothing_says_yes_once_in_the_catalogue():
    hidden, items = torch.zeros(1, 2), torch.zeros(N_ITEMS, 2)
    loss = gbce_loss(hidden, items, torch.tensor([0]), torch.arange(1, N_ITEMS), calibration=0.0)
    yes = 1 / (N_ITEMS + 1)  # odds of 1 to n_items
    expected = -(math.log(yes) + (N_ITEMS - 1) * math.log(1 - yes)) / N_ITEMS
    assert loss.item() == pytest.approx(expected, rel=1e-5)
