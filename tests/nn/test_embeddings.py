"""Embeddings: a lookup is a one-hot product, and skip-gram puts companions side by side."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck
from torch.nn import functional

from plmrec_lite.nn.embeddings import SkipGram, lookup, nearest, one_hot
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


# skip-gram


def random_model(n=6, d=3, dtype=torch.float64):
    model = SkipGram(range(n), d).to(dtype)
    torch.manual_seed(0)
    torch.nn.init.normal_(model.vectors)
    torch.nn.init.normal_(model.contexts)
    return model


pairs = torch.tensor([0, 1]), torch.tensor([2, 3]), torch.tensor([[4, 5, 4], [0, 1, 2]])


def test_loss_equals_its_closed_form():
    model, wanted = random_model(), 0.0
    for c, o, drawn in zip(*pairs, strict=True):
        wanted -= functional.logsigmoid(model.vectors[c] @ model.contexts[o]) / 2
        for negative in drawn:
            wanted -= functional.logsigmoid(-(model.vectors[c] @ model.contexts[negative])) / 2
    torch.testing.assert_close(model.loss(*pairs), wanted)
    parameters = [model.vectors, model.contexts]
    torch.testing.assert_close(
        torch.autograd.grad(model.loss(*pairs), parameters), torch.autograd.grad(wanted, parameters)
    )


def test_gradient_of_the_loss_equals_finite_differences():
    def loss(vectors, contexts):
        return SkipGram.loss(SimpleNamespace(vectors=vectors, contexts=contexts), *pairs)

    model = random_model()
    assert gradcheck(loss, (model.vectors, model.contexts))


def two_circles(n_texts=300, seed=0):
    """Texts about ships or about courts, with "the" everywhere."""
    rng = np.random.default_rng(seed)
    circles = (["ship", "sea", "captain", "storm"], ["court", "judge", "law", "trial"])
    return [
        [word for topic in rng.choice(circles[i % 2], 6) for word in ("the", str(topic))]
        for i in range(n_texts)
    ], circles


@pytest.fixture(scope="module")
def circles():
    texts, circles = two_circles()
    return SkipGram.fit(texts, d=12, window=4, epochs=6, batch_size=256, subsample=0.05), circles


def test_fit_puts_companions_side_by_side(circles):
    model, groups = circles
    for group in groups:
        for word in group:
            own, the = model.ids[word], model.ids["the"]
            ids, _ = nearest(model.vectors, model.vector(word), 3, exclude=[own, the])
            assert {model.tokens[i] for i in ids.tolist()} == set(group) - {word}


def test_fit_learns(circles):
    model, _ = circles
    assert len(model.losses) == 6
    assert model.losses[-1] < model.losses[0] < 6 * np.log(2)


def test_fit_takes_histories_of_items():
    rng = np.random.default_rng(0)
    histories = [rng.choice(np.arange(5) + 5 * (user % 2), 8).tolist() for user in range(120)]
    model = SkipGram.fit(histories, d=8, epochs=8, batch_size=256, subsample=1.0)
    ids, _ = nearest(model.vectors, model.vector(3), 4, exclude=[model.ids[3]])
    assert {model.tokens[i] for i in ids.tolist()} == {0, 1, 2, 4}


def test_same_seed_same_vectors():
    texts, _ = two_circles(20)
    once, again, other = (SkipGram.fit(texts, d=4, epochs=1, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(once.vectors, again.vectors)
    assert not torch.equal(once.vectors, other.vectors)


def test_fit_leaves_the_global_seed_alone():
    texts, _ = two_circles(20)
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    SkipGram.fit(texts, d=4, epochs=1)
    assert torch.equal(torch.rand(1), wanted)


class Recorder(SkipGram):
    """Remembers what it is trained on."""

    seen = ()

    def loss(self, center, context, negatives):
        self.seen = (*self.seen, (center, negatives))
        return super().loss(center, context, negatives)


def test_frequent_tokens_are_thinned_out_and_noise_is_drawn_by_their_dampened_count():
    counts = np.array([8000, 1000, 800, 200])
    text = np.random.default_rng(0).permutation(np.repeat(np.arange(4), counts)).tolist()
    model = Recorder.fit([text], d=2, window=1, epochs=1, n_negatives=20, subsample=0.1)
    assert model.tokens == [0, 1, 2, 3]
    centers = torch.cat([center for center, _ in model.seen])
    negatives = torch.cat([drawn.flatten() for _, drawn in model.seen])

    stay = np.minimum(1, np.sqrt(0.1 / (counts / 10_000)))
    np.testing.assert_allclose(np.bincount(centers) / 2, counts * stay, rtol=0.04)
    noise = counts**0.75 / (counts**0.75).sum()
    np.testing.assert_allclose(np.bincount(negatives) / len(negatives), noise, rtol=0.03)


def test_unknown_token_is_named():
    with pytest.raises(KeyError, match="'whale' is not among the 3 tokens"):
        SkipGram(["a", "b", "c"]).vector("whale")


def test_fit_refuses_a_text_without_neighbours():
    with pytest.raises(ValueError, match="min_count=5 times"):
        SkipGram.fit([["rare", "words"]])
    with pytest.raises(ValueError, match=r"subsample=1e-09 left no neighbours"):
        SkipGram.fit([["a", "b"]], min_count=1, subsample=1e-9)
    with pytest.raises(ValueError, match="no two neighbours"):
        SkipGram.fit([["a"], ["a"]], min_count=1)
