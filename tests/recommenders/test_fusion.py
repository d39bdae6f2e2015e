import pytest
import torch

from plmrec_lite.recommenders.fusion import Gate, fuse
from plmrec_lite.runtime import seed_everything

USER = torch.tensor([[1.0, 0.0, 2.0], [0.0, -1.0, 4.0]])
ITEM = torch.tensor([[0.5, 2.0, 2.0], [1.0, 1.0, 0.0]])


@pytest.fixture
def gate():
    seed_everything(0)
    return Gate(3)


def test_add_and_concat():
    assert fuse(USER, ITEM).tolist() == [[1.5, 2.0, 4.0], [1.0, 0.0, 4.0]]
    together = fuse(USER, ITEM[:, :2], how="concat")
    assert together.tolist() == [[1.0, 0.0, 2.0, 0.5, 2.0], [0.0, -1.0, 4.0, 1.0, 1.0]]


def test_the_gate_by_hand(gate):
    with torch.no_grad():
        gate.linear.weight.zero_()
        gate.linear.bias.copy_(torch.logit(torch.tensor([0.25, 0.5, 0.75])))
    expected = torch.tensor([[0.625, 1.0, 2.0], [0.75, 0.0, 3.0]])
    torch.testing.assert_close(fuse(USER, ITEM, how="gate", gate=gate), expected)


def test_the_gate_looks_at_both(gate):
    share = gate(USER, ITEM)
    assert share.shape == (2, 3)
    assert ((share > 0) & (share < 1)).all()
    assert not torch.equal(share, gate(USER + 1, ITEM))
    assert not torch.equal(share, gate(USER, ITEM + 1))


def test_the_gate_opens_and_shuts(gate):
    for bias, kept in ((50.0, USER), (-50.0, ITEM)):
        with torch.no_grad():
            gate.linear.bias.fill_(bias)
        torch.testing.assert_close(fuse(USER, ITEM, how="gate", gate=gate), kept)


def test_gradients_reach_both_vectors_and_the_gate(gate):
    user, item = USER.clone().requires_grad_(), ITEM.clone().requires_grad_()
    fuse(user, item, how="gate", gate=gate).sum().backward()
    for tensor in (user, item, gate.linear.weight, gate.linear.bias):
        assert tensor.grad.abs().sum() > 0


def test_an_unknown_way_is_named():
    with pytest.raises(ValueError, match="how='mean': use one of 'add', 'concat', 'gate'"):
        fuse(USER, ITEM, how="mean")


def test_a_gate_where_it_belongs_and_only_there(gate):
    with pytest.raises(ValueError, match="how='gate' with gate=None"):
        fuse(USER, ITEM, how="gate")
    with pytest.raises(ValueError, match="how='add' with gate=Gate"):
        fuse(USER, ITEM, gate=gate)


@pytest.mark.parametrize(
    ("user", "item", "how", "words"),
    [
        (USER, ITEM[:, :2], "add", r"shape \(2, 3\) and item \(2, 2\)"),
        (USER, ITEM[:1], "add", r"shape \(2, 3\) and item \(1, 3\)"),
        (USER, ITEM[:1], "concat", r"shape \(2, 3\) and item \(1, 3\)"),
        (USER[0], ITEM[0], "add", r"shape \(3,\) and item \(3,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(user, item, how, words):
    with pytest.raises(ValueError, match=words):
        fuse(user, item, how=how)
