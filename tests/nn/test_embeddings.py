"""Embeddings: a lookup is a one-hot product; the nearest rows by cosine."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from plmrec_lite.nn.embeddings import lookup, nearest, one_hot
from plmrec_lite.runtime import device

DEVICES = sorted({"cpu", device().type})
thorough = settings(derandomize=True, deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)
shapes = st.lists(st.integers(0, 4), max_size=3)


@pytest.mark.parametrize("on", DEVICES)
@thorough
@given(n=st.integers(1, 6), d=st.integers(1, 5), shape=shapes, seed=seeds)
def test_a_one_hot_product_is_a_lookup(on, n, d, shape, seed):
    torch.manual_seed(seed)
    W, ids = torch.randn(n, d, device=on), torch.randint(n, shape, device=on)
    assert torch.equal(one_hot(ids, n) @ W, lookup(W, ids))
    assert torch.equal(lookup(W, ids), functional.embedding(ids, W))
    assert torch.equal(one_hot(ids, n), functional.one_hot(ids, n).to(W.dtype))
    assert lookup(W, ids).shape == (*shape, d)


def test_gradient_of_a_lookup_adds_up_over_repeated_ids():
    W, ids = torch.zeros(3, 2, requires_grad=True), torch.tensor([2, 0, 2])
    lookup(W, ids).sum().backward()
    assert W.grad.tolist() == [[1, 1], [0, 0], [2, 2]]


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (torch.tensor([0, 5]), r"id 5 is outside 0\.\.4"),
        (torch.tensor([[-1]]), r"id -1 is outside 0\.\.4"),
        (torch.tensor([1.0]), r"ids are torch\.float32: use integers"),
        (torch.tensor([True]), r"ids are torch\.bool: use integers"),
    ],
)
def test_ids_that_are_no_rows_are_refused(ids, message):
    with pytest.raises(ValueError, match=message):
        lookup(torch.zeros(5, 2), ids)
    with pytest.raises(ValueError, match=message):
        one_hot(ids, 5)


# nearest


@pytest.mark.parametrize("on", DEVICES)
@thorough
@given(data=st.data(), n=st.integers(1, 8), d=st.integers(1, 5), seed=seeds)
def test_nearest_is_the_sorted_cosine(on, data, n, d, seed):
    torch.manual_seed(seed)
    vectors, query = torch.randn(n, d), torch.randn(d)
    exclude = data.draw(st.sets(st.integers(0, n - 1), max_size=n - 1))
    k = data.draw(st.integers(1, n - len(exclude)))
    cosine = functional.cosine_similarity(vectors, query[None], dim=-1)
    wanted = sorted((i for i in range(n) if i not in exclude), key=lambda i: -cosine[i].item())[:k]
    ids, cosines = nearest(vectors.to(on), query.to(on), k, exclude)
    torch.testing.assert_close(cosines.cpu(), cosine[wanted], rtol=0, atol=1e-6)
    torch.testing.assert_close(cosine[ids.cpu()], cosine[wanted], rtol=0, atol=1e-6)
    assert not exclude & set(ids.tolist()) and len(set(ids.tolist())) == k


def test_nearest_breaks_ties_by_id_and_takes_arrays():
    vectors = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 1.0], [-1.0, 0.0], [1.0, 1.0]])
    ids, cosines = nearest(vectors, np.array([2.0, 2.0]), k=4)
    assert ids.tolist() == [1, 2, 4, 0]
    assert cosines[:3].tolist() == pytest.approx([1, 1, 1]) and cosines[3] == 0


def test_nearest_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"vectors \(3, 2\) and query \(3,\)"):
        nearest(torch.zeros(3, 2), torch.zeros(3))
    with pytest.raises(ValueError, match="k=3: 2 rows are left"):
        nearest(torch.zeros(3, 2), torch.zeros(2), k=3, exclude=[1])
    with pytest.raises(ValueError, match="k=0"):
        nearest(torch.zeros(3, 2), torch.zeros(2), k=0)
    with pytest.raises(ValueError, match="id 9 is outside"):
        nearest(torch.zeros(3, 2), torch.zeros(2), k=1, exclude=[9])


def test_of_equally_near_rows_the_earlier_come_first():
    kinds = torch.randint(2, (1000,), generator=torch.Generator().manual_seed(0))
    found, _ = nearest(torch.eye(2)[kinds], torch.tensor([0.0, 1.0]), k=1000)
    assert found.tolist() == [*(kinds == 1).nonzero()[:, 0], *(kinds == 0).nonzero()[:, 0]]
