"""The losses: equal to torch or to their closed form, and the sampled softmax unbiased."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck
from torch.nn import functional

from plmrec_lite.nn.losses import (
    binary_cross_entropy,
    bpr,
    cross_entropy,
    info_nce,
    sampled_softmax,
)
from plmrec_lite.runtime import device

DEVICES = sorted({"cpu", device().type})
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}
thorough = settings(derandomize=True, deadline=None, max_examples=60)
reductions = st.sampled_from(["mean", "sum", "none"])
seeds = st.integers(0, 2**32 - 1)


def dtypes(on):
    return [t for t in TOLERANCE if not (on == "mps" and t == torch.float64)]


def agree(ours, theirs, inputs):
    """Assert equal values, equal gradients, and gradients equal to finite differences."""
    results = []
    for function in (ours, theirs):
        leaves = [x.detach().clone().requires_grad_() for x in inputs]
        out = function(*leaves)
        torch.manual_seed(1)
        (out * torch.rand(out.shape).to(out)).sum().backward()
        results.append([out.detach(), *(x.grad for x in leaves)])
    tolerance = TOLERANCE[inputs[0].dtype]
    rounding = max(8 * torch.finfo(x.dtype).eps * x.abs().max().item() for x in inputs)
    (ours, *our_gradients), (theirs, *their_gradients) = results
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=max(tolerance, rounding))
    torch.testing.assert_close(our_gradients, their_gradients, rtol=tolerance, atol=tolerance)


def random(on, dtype, *shape, scale=1.0):
    return torch.randn(shape).to(on, dtype) * scale


# cross-entropy


@pytest.mark.parametrize("on", DEVICES)
@thorough
@given(
    data=st.data(),
    n=st.integers(1, 5),
    n_classes=st.integers(1, 6),
    scale=st.sampled_from([0.0, 1.0, 1e4]),
    smoothing=st.sampled_from([0.0, 0.1, 1.0]),
    soft=st.booleans(),
    reduction=reductions,
    seed=seeds,
)
def test_cross_entropy_equals_torch(
    on, data, n, n_classes, scale, smoothing, soft, reduction, seed
):
    dtype = data.draw(st.sampled_from(dtypes(on)))
    torch.manual_seed(seed)
    logits = random(on, dtype, n, n_classes, scale=scale)
    if soft:
        targets = torch.softmax(random(on, dtype, n, n_classes), -1)
    else:
        targets = torch.randint(n_classes, (n,), device=on)
    agree(
        lambda z: cross_entropy(z, targets, smoothing, reduction),
        lambda z: functional.cross_entropy(
            z, targets, label_smoothing=smoothing, reduction=reduction
        ),
        [logits],
    )


def test_cross_entropy_keeps_leading_axes():
    torch.manual_seed(0)
    logits, targets = torch.randn(2, 3, 5), torch.randint(5, (2, 3))
    wanted = functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    torch.testing.assert_close(cross_entropy(logits, targets, reduction="none"), wanted)


def test_cross_entropy_takes_impossible_classes():
    logits = torch.tensor([[0.0, -torch.inf, 0.0], [1.0, 2.0, -torch.inf]], requires_grad=True)
    loss = cross_entropy(logits, torch.tensor([0, 1]), reduction="none")
    torch.testing.assert_close(loss, torch.tensor([math.log(2), math.log1p(math.exp(-1))]))
    soft = torch.tensor([[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]])
    loss = cross_entropy(logits, soft)
    loss.backward()
    torch.testing.assert_close(loss.item(), (math.log(2) + math.log1p(math.exp(-1))) / 2)
    torch.testing.assert_close(logits.grad, (torch.softmax(logits, -1) - soft).detach() / 2)
    assert cross_entropy(logits, torch.tensor([1, 2])).item() == math.inf


def test_cross_entropy_of_seven_in_ten_is_positive():
    logits = torch.log(torch.tensor([[0.7, 0.2, 0.1]]))
    assert cross_entropy(logits, torch.tensor([0])).item() == pytest.approx(0.3567, abs=5e-5)


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (torch.tensor([0, 3]), r"target 3 is outside 0\.\.2"),
        (torch.tensor([-100, 0]), r"target -100 is outside 0\.\.2.*leave out"),
        (torch.tensor([0]), r"targets \(1,\) and logits \(2, 3\)"),
        (torch.rand(2, 4), r"targets \(2, 4\) and logits \(2, 3\)"),
        (torch.ones(2, 3), r"sum to 3\.\.3.*sum to 1"),
        (torch.tensor([[1.5, -0.5, 0.0]] * 2), "negative"),
    ],
)
def test_cross_entropy_refuses_targets_that_are_none(targets, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy(torch.zeros(2, 3), targets)


def test_options_that_do_not_exist_are_refused():
    logits, targets = torch.zeros(2, 3), torch.tensor([0, 1])
    with pytest.raises(ValueError, match=r"label_smoothing=1\.5"):
        cross_entropy(logits, targets, label_smoothing=1.5)
    with pytest.raises(ValueError, match=r"reduction='max'.*'mean', 'sum' or 'none'"):
        cross_entropy(logits, targets, reduction="max")


# binary cross-entropy


@pytest.mark.parametrize("on", DEVICES)
@thorough
@given(
    data=st.data(),
    shape=st.lists(st.integers(1, 4), max_size=3),
    scale=st.sampled_from([0.0, 1.0, 1e4]),
    hard=st.booleans(),
    reduction=reductions,
    seed=seeds,
)
def test_binary_cross_entropy_equals_torch(on, data, shape, scale, hard, reduction, seed):
    dtype = data.draw(st.sampled_from(dtypes(on)))
    torch.manual_seed(seed)
    targets = torch.rand(shape).to(on, dtype)
    targets = targets.round() if hard else targets
    agree(
        lambda z: binary_cross_entropy(z, targets, reduction),
        lambda z: functional.binary_cross_entropy_with_logits(z, targets, reduction=reduction),
        [random(on, dtype, *shape, scale=scale)],
    )


def test_binary_cross_entropy_is_cross_entropy_over_two_scores():
    torch.manual_seed(0)
    z, y = torch.randn(6), torch.randint(2, (6,))
    two = torch.stack([torch.zeros(6), z], dim=-1)
    torch.testing.assert_close(binary_cross_entropy(z, y.float()), cross_entropy(two, y))


def test_binary_cross_entropy_refuses_targets_that_are_none():
    with pytest.raises(ValueError, match=r"target 2\.0 is outside \[0, 1\]"):
        binary_cross_entropy(torch.zeros(2), torch.tensor([0.0, 2.0]))
    with pytest.raises(ValueError, match=r"logits \(2,\) and targets \(2, 1\)"):
        binary_cross_entropy(torch.zeros(2), torch.zeros(2, 1))


# losses of rankings


@pytest.mark.parametrize("on", DEVICES)
@thorough
@given(
    data=st.data(),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=2),
    n=st.sampled_from([None, 1, 3]),
    scale=st.sampled_from([0.0, 1.0, 1e4]),
    seed=seeds,
)
def test_bpr_equals_its_closed_form(on, data, shape, n, scale, seed):
    dtype = data.draw(st.sampled_from(dtypes(on)))
    torch.manual_seed(seed)
    positive = random(on, dtype, *shape, scale=scale)
    negative = random(on, dtype, *shape, *([] if n is None else [n]), scale=scale)

    def closed_form(positive, negative):
        if n is None:
            return -functional.logsigmoid(positive - negative)
        return sum(-functional.logsigmoid(positive - negative[..., j]) for j in range(n)) / n

    agree(lambda p, m: bpr(p, m, reduction="none"), closed_form, [positive, negative])
    assert bpr(positive, negative, reduction="none").shape == positive.shape
    torch.testing.assert_close(bpr(positive, negative), closed_form(positive, negative).mean())


def test_bpr_falls_as_the_liked_item_rises():
    assert bpr(torch.zeros(1), torch.zeros(1)).item() == pytest.approx(math.log(2))
    assert bpr(torch.ones(1), torch.zeros(1)) < bpr(torch.zeros(1), torch.zeros(1))


def test_bpr_refuses_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"positive \(3,\) and negative \(2,\)"):
        bpr(torch.zeros(3), torch.zeros(2))


@pytest.mark.parametrize("on", DEVICES)
@thorough
@given(
    data=st.data(),
    B=st.integers(1, 5),
    extra=st.integers(0, 3),
    d=st.integers(1, 6),
    temperature=st.sampled_from([0.05, 1.0]),
    seed=seeds,
)
def test_info_nce_equals_its_closed_form(on, data, B, extra, d, temperature, seed):
    dtype = data.draw(st.sampled_from(dtypes(on)))
    torch.manual_seed(seed)
    queries, keys = random(on, dtype, B, d), random(on, dtype, B + extra, d)

    def closed_form(queries, keys):
        cosine = functional.cosine_similarity(queries[:, None], keys[None], dim=-1) / temperature
        return torch.stack([torch.logsumexp(row, 0) - row[i] for i, row in enumerate(cosine)])

    agree(lambda q, k: info_nce(q, k, temperature, "none"), closed_form, [queries, keys])
    assert info_nce(queries, keys, temperature, "none").shape == (B,)


def test_info_nce_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"queries \(2, 3\) and keys \(2, 4\)"):
        info_nce(torch.zeros(2, 3), torch.zeros(2, 4))
    with pytest.raises(ValueError, match="2 queries but 1 keys"):
        info_nce(torch.zeros(2, 3), torch.zeros(1, 3))
    with pytest.raises(ValueError, match="temperature=0"):
        info_nce(torch.zeros(2, 3), torch.zeros(2, 3), temperature=0)


# sampled softmax


@pytest.mark.parametrize("on", DEVICES)
@thorough
@given(B=st.integers(1, 4), M=st.integers(1, 5), rows=st.booleans(), seed=seeds)
def test_sampled_softmax_over_all_classes_once_is_cross_entropy(on, B, M, rows, seed):
    torch.manual_seed(seed)
    logits, targets = random(on, torch.float32, B, M), torch.randint(M, (B,), device=on)
    once = torch.zeros((B, M) if rows else (M,), device=on)
    agree(
        lambda z: sampled_softmax(z, targets, once, "none"),
        lambda z: functional.cross_entropy(z, targets, reduction="none"),
        [logits],
    )


def expected_sum(sign):
    """Mean of exp(loss) over every possible draw, and exp(full cross-entropy)."""
    scores = torch.tensor([0.3, -1.0, 2.0, 0.7], dtype=torch.float64)
    q = torch.tensor([0.4, 0.3, 0.1, 0.2], dtype=torch.float64)
    positive, n = 1, 3
    draws = torch.tensor(list(itertools.product(range(4), repeat=n)))  # (4^n, n)
    logits = scores[draws].masked_fill(draws == positive, -torch.inf)
    logits = torch.cat([scores[positive].expand(len(draws), 1), logits], dim=1)
    log_q = torch.cat([torch.zeros(len(draws), 1), torch.log(n * q)[draws]], dim=1)
    column = torch.zeros(len(draws), dtype=torch.long)
    loss = sampled_softmax(logits, column, sign * log_q, reduction="none")
    full = cross_entropy(scores[None], torch.tensor([positive]))
    return (q[draws].prod(1) * loss.exp()).sum(), full.exp()


def test_sampled_softmax_is_unbiased_over_all_draws():
    torch.testing.assert_close(*expected_sum(sign=1), rtol=1e-12, atol=0)


@pytest.mark.parametrize("sign", [-1, 0])
def test_the_same_check_rejects_a_flipped_or_missing_correction(sign):
    found, wanted = expected_sum(sign)
    assert abs(found / wanted - 1) > 0.2


def sampled_gradient(sign, way, n_batches=60, B=256, C=10):
    """Mean gradient, over random batches of popular items, and that of the full softmax."""
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(C, dtype=torch.float64, generator=generator)
    p = torch.softmax(-0.4 * torch.arange(C, dtype=torch.float64), 0)
    gradients = []
    for _ in range(n_batches):
        items = torch.multinomial(p, B, replacement=True, generator=generator)
        z = scores.clone().requires_grad_()
        logits, log_q = z[items].expand(B, B), torch.log(p)[items].expand(B, B)
        own = torch.eye(B, dtype=torch.bool)
        if way == "beside":
            twice = (items[:, None] == items) & ~own
            logits = logits.masked_fill(twice, -torch.inf)
            log_q = (log_q + math.log(B - 1)).masked_fill(own, 0.0)
        sampled_softmax(logits, torch.arange(B), sign * log_q).backward()
        gradients.append(z.grad + torch.bincount(items, minlength=C) / B)
    return torch.stack(gradients), torch.softmax(scores, 0)


def is_full_softmax(gradients, wanted):
    """Is the mean within four standard errors, give or take the bias of a finite batch?"""
    error = (gradients.mean(0) - wanted).abs()
    noise = gradients.std(0) / math.sqrt(len(gradients))
    return bool((error < 4 * noise + 0.005).all())


@pytest.mark.parametrize("way", ["beside", "short"])
def test_in_batch_gradient_is_that_of_the_full_softmax(way):
    assert is_full_softmax(*sampled_gradient(1, way))


@pytest.mark.parametrize("way", ["beside", "short"])
@pytest.mark.parametrize("sign", [-1, 0])
def test_the_gradient_check_rejects_a_flipped_or_missing_correction(sign, way):
    assert not is_full_softmax(*sampled_gradient(sign, way))


def test_sampled_softmax_refuses_what_does_not_fit():
    logits, targets = torch.zeros(2, 3), torch.tensor([0, 1])
    with pytest.raises(ValueError, match=r"logits \(2, 3\) and log_q \(2,\)"):
        sampled_softmax(logits, targets, torch.zeros(2))
    with pytest.raises(ValueError, match="log_q is not finite"):
        sampled_softmax(logits, targets, torch.log(torch.tensor([0.5, 0.5, 0.0])))
    with pytest.raises(ValueError, match="target 5 is outside"):
        sampled_softmax(logits, torch.tensor([0, 5]), torch.zeros(3))


# gradients by finite differences


def test_gradients_equal_finite_differences():
    torch.manual_seed(0)
    z = torch.randn(4, 4, dtype=torch.float64, requires_grad=True)
    other = torch.randn(4, 4, dtype=torch.float64, requires_grad=True)
    classes, log_q = torch.tensor([0, 3, 1, 1]), torch.randn(4, dtype=torch.float64)
    soft = torch.softmax(torch.randn(4, 4, dtype=torch.float64), -1)
    for reduction in ("mean", "sum", "none"):
        assert gradcheck(lambda z: cross_entropy(z, classes, 0.1, reduction), z)  # noqa: B023
        assert gradcheck(lambda z: cross_entropy(z, soft, 0.1, reduction), z)  # noqa: B023
        assert gradcheck(lambda z: binary_cross_entropy(z, soft, reduction), z)  # noqa: B023
        assert gradcheck(lambda p, n: bpr(p, n, reduction), (z, other))  # noqa: B023
        assert gradcheck(lambda p, n: bpr(p, n, reduction), (z[0], other))  # noqa: B023
        assert gradcheck(lambda q, k: info_nce(q, k, 0.5, reduction), (z, other))  # noqa: B023
        assert gradcheck(lambda z: sampled_softmax(z, classes, log_q, reduction), z)  # noqa: B023
