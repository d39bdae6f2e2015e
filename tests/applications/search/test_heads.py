"""A head learns which item a query is about; log q keeps popular items from being pushed down."""

import numpy as np
import pytest
import torch

from plmrec_lite.applications.search.dense import cosines, mean_by_item, unit
from plmrec_lite.applications.search.heads import (
    HeadBatches,
    HeadObjective,
    QueryHead,
    all_items_loss,
    in_batch_loss,
    tune_head,
)
from plmrec_lite.applications.search.relevance import known_item_values
from plmrec_lite.training import Training

N_ITEMS, D = 12, 16


def shop(n=600, seed=0, popular=0):
    """Queries that are their item's vector turned by one rotation, and noise."""
    rng = np.random.default_rng(5)
    vectors = unit(rng.normal(size=(N_ITEMS, D))).astype(np.float32)
    turned = np.linalg.qr(rng.normal(size=(D, D)))[0]
    rng = np.random.default_rng(seed)
    items = rng.integers(N_ITEMS, size=n)
    items[rng.random(n) < popular] = 0
    queries = unit(vectors[items] @ turned + 0.1 * rng.normal(size=(n, D))).astype(np.float32)
    return queries, items, vectors


def tensors(*arrays):
    return [torch.as_tensor(array) for array in arrays]


def head_of(negatives="all", log_q=False, n_epochs=20, popular=0, shuffled=False):
    queries, items, vectors = shop(popular=popular)
    if shuffled:
        items = np.random.default_rng(1).permutation(items)
    settings = Training(n_epochs=n_epochs, batch_size=100, learning_rate=0.03)
    how = {"negatives": negatives, "log_q": log_q, "device": "cpu"}
    return tune_head(queries, vectors[items], items, vectors, settings, **how)


def mrr(head, seed=9):
    queries, items, vectors = shop(200, seed)
    return known_item_values(cosines(head.vectors(queries), vectors), items, k=5).mean()


@pytest.mark.parametrize("how", [("all", False), ("batch", False), ("batch", True)])
def test_it_learns_to_turn_queries_towards_their_items(how):
    assert mrr(QueryHead(D)) < 0.45
    head, history = head_of(*how)
    assert mrr(head) > 0.9
    assert abs(head.log_scale.item() - np.log(20)) > 0.05  # the temperature is learned as well
    assert history["loss"].iloc[-3:].mean() < 0.5 * history["loss"].iloc[0]
    assert not head.training


def test_from_shuffled_items_it_learns_nothing():
    assert mrr(head_of(shuffled=True)[0]) < 0.45


def test_it_begins_as_the_encoder_gave_the_vectors():
    queries = shop(20)[0]
    head = QueryHead(D, temperature=0.1)
    np.testing.assert_allclose(head.vectors(queries), queries, atol=1e-6)
    assert head.log_scale.exp().item() == pytest.approx(10)
    np.testing.assert_allclose(head.vectors(3 * queries), queries, atol=1e-6)


def test_the_loss_among_all_items_by_hand():
    """Cosines 0.6 and 0.8 with items 0 and 1; the own item without the query has 0.8."""
    queries, vectors, own = tensors([[0.6, 0.8]], [[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0]])
    loss = all_items_loss(queries, own, vectors, torch.tensor([0]), torch.tensor(2.0))
    assert loss.item() == pytest.approx(np.log(2), abs=1e-6)  # equal scores: item 0 has 0.8 too
    loss = all_items_loss(queries, vectors[:1], vectors, torch.tensor([0]), torch.tensor(2.0))
    assert loss.item() == pytest.approx(np.log(1 + np.exp(2 * 0.2)), abs=1e-6)


def test_the_loss_within_a_batch_by_hand():
    """The third query is about the item of the first, so neither is the other's negative."""
    queries, items = torch.eye(2)[[0, 1, 0]], torch.tensor([1, 0, 1])
    loss = in_batch_loss(queries, queries, items, torch.tensor(3.0))
    one = np.log(1 + np.exp(-3))
    assert loss.item() == pytest.approx((one + np.log(1 + 2 * np.exp(-3)) + one) / 3, abs=1e-6)


def test_log_q_is_subtracted_from_the_score_of_each_item():
    queries, items = torch.eye(2), torch.tensor([0, 1])
    share = torch.log(torch.tensor([0.9, 0.1]))
    loss = in_batch_loss(queries, queries, items, torch.tensor(3.0), share)
    popular = np.log(1 + np.exp(-3) * 0.9 / 0.1)  # a rare item is a strong negative for it
    rare = np.log(1 + np.exp(-3) * 0.1 / 0.9)
    assert loss.item() == pytest.approx((popular + rare) / 2, abs=1e-6)
    assert loss != in_batch_loss(queries, queries, items, torch.tensor(3.0))


def test_without_log_q_popular_items_sink():
    """Half of the queries are about item 0: how near is it to queries about the others?"""
    asked, items, vectors = shop(300, seed=4)
    near = {}
    for log_q in (False, True):
        head, _ = head_of("batch", log_q, n_epochs=6, popular=0.6)
        near[log_q] = cosines(head.vectors(asked[items > 0]), vectors)[:, 0].mean()
    assert near[True] > near[False] + 0.05


def test_the_first_step_by_hand():
    """Adam's first step moves each weight by the rate, against the sign of its gradient."""
    queries, items, vectors = shop(40)
    settings = Training(
        n_steps=1, batch_size=40, learning_rate=0.01, warmup=0, weight_decay=0, clip=1e9
    )
    head, history = tune_head(queries, vectors[items], items, vectors, settings, device="cpu")
    q, v = tensors(queries, vectors)
    change = torch.zeros(D, D, requires_grad=True)
    moved = torch.nn.functional.normalize(q + q @ change)
    loss = torch.nn.functional.cross_entropy(20 * moved @ v.T, torch.as_tensor(items))
    loss.backward()
    assert history["loss"].item() == pytest.approx(loss.item(), rel=1e-5)
    seen = change.grad.abs() > 1e-5
    assert seen.float().mean() > 0.9
    torch.testing.assert_close(
        head.change.detach()[seen], -0.01 * change.grad.sign()[seen], atol=1e-4, rtol=0
    )


def test_batches_hold_each_query_once_an_epoch_with_what_is_its():
    queries, items, vectors = shop(30)
    batches = HeadBatches(queries, vectors[items], items, vectors, batch_size=10, seed=3)
    assert len(batches) == 3
    epoch = list(batches.epoch(0))
    assert sorted(row for b in epoch for row in b["queries"][:, 0].tolist()) == sorted(
        queries[:, 0].tolist()
    )
    for batch in epoch:
        torch.testing.assert_close(batch["own"], torch.from_numpy(vectors)[batch["items"]])
    assert not torch.equal(epoch[0]["items"], next(batches.epoch(1))["items"])
    assert torch.equal(epoch[0]["items"], next(batches.epoch(0))["items"])
    shares = np.bincount(items, minlength=N_ITEMS) / 30
    expected = np.log(np.maximum(shares, 0.5 / 30))
    np.testing.assert_allclose(epoch[0]["shared"]["log_share"], expected, rtol=1e-6)


@pytest.mark.parametrize(("n", "sizes"), [(30, [10] * 3), (39, [10] * 3), (7, [7])])
def test_a_batch_is_whole_or_holds_all_there_is(n, sizes):
    queries, items, vectors = shop(n)
    batches = HeadBatches(queries, vectors[items], items, vectors, batch_size=10)
    assert [len(batch["items"]) for batch in batches.epoch(0)] == sizes
    assert len(batches) == len(sizes)


def test_bad_input():
    queries, items, vectors = shop(10)
    with pytest.raises(ValueError, match=r"lengths \[9, 10\]"):
        HeadBatches(queries, vectors[items], items[:9], vectors)
    with pytest.raises(ValueError, match=r"lengths \[0\]"):
        HeadBatches(queries[:0], queries[:0], items[:0], vectors)
    with pytest.raises(ValueError, match="negatives='some'"):
        HeadObjective(QueryHead(D), "some")
    with pytest.raises(ValueError, match="log_q=True with negatives='all'"):
        HeadObjective(QueryHead(D), "all", log_q=True)
    with pytest.raises(ValueError, match="temperature=0"):
        QueryHead(D, temperature=0)
    with pytest.raises(ValueError, match="dimension=0"):
        QueryHead(0)


def test_an_item_that_is_described_by_many_is_found_with_mean_by_item():
    """The head takes what ``mean_by_item`` gives, as it is."""
    queries, items, _ = shop(60)
    vectors = mean_by_item(queries, items, N_ITEMS)
    settings = Training(n_steps=2, batch_size=30)
    head, _ = tune_head(queries, vectors[items], items, vectors, settings, device="cpu")
    assert head.vectors(queries).shape == queries.shape
