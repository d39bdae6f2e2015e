"""Skip-gram: its loss by hand, its pairs, and companions side by side."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.autograd import gradcheck
from torch.nn import functional

from plmrec_lite.nn.embeddings import nearest
from plmrec_lite.nn.skip_gram import SKIP_GRAM, SkipGram

SHORT = replace(SKIP_GRAM, n_epochs=6, batch_size=256)
ONE = replace(SKIP_GRAM, n_epochs=1, batch_size=64)


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
    return SkipGram.fit(texts, SHORT, d_model=12, window=4, subsample=0.05), circles


def test_fit_puts_companions_side_by_side(circles):
    model, groups = circles
    for group in groups:
        for word in group:
            own, the = model.ids[word], model.ids["the"]
            ids, _ = nearest(model.vectors, model.vector(word), 3, exclude=[own, the])
            assert {model.tokens[i] for i in ids.tolist()} == set(group) - {word}


def test_fit_learns(circles):
    model, _ = circles
    first, *_, last = np.array_split(model.history.loss, 6)  # epochs
    assert last.mean() < 0.8 * first.mean() < 5 * np.log(2)


def test_fit_takes_histories_of_items():
    rng = np.random.default_rng(0)
    histories = [rng.choice(np.arange(5) + 5 * (user % 2), 8).tolist() for user in range(120)]
    model = SkipGram.fit(histories, replace(SHORT, n_epochs=8), d_model=8, subsample=1.0)
    ids, _ = nearest(model.vectors, model.vector(3), 4, exclude=[model.ids[3]])
    assert {model.tokens[i] for i in ids.tolist()} == {0, 1, 2, 4}


def test_same_seed_same_vectors():
    texts, _ = two_circles(20)
    once, again, other = (
        SkipGram.fit(texts, replace(ONE, seed=seed), d_model=4) for seed in (1, 1, 2)
    )
    assert torch.equal(once.vectors, again.vectors)
    assert not torch.equal(once.vectors, other.vectors)


def test_fit_leaves_the_global_seed_alone():
    texts, _ = two_circles(20)
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    SkipGram.fit(texts, ONE, d_model=4)
    assert torch.equal(torch.rand(1), wanted)


class Recorder(SkipGram):
    """Remembers what it is trained on."""

    seen = ()

    def loss(self, center, context, negatives):
        self.seen = (*self.seen, (center, context, negatives))
        return super().loss(center, context, negatives)


def test_no_pair_crosses_into_another_text_or_over_the_window():
    texts = [[f"{text}{place}" for place in range(7)] for text in "abcdef"]
    whole = {"min_count": 1, "subsample": 1, "d_model": 2}
    model = Recorder.fit(texts, SHORT, window=3, **whole)
    pairs = [
        (model.tokens[a], model.tokens[b])
        for center, context, _ in model.seen
        for a, b in zip(center.tolist(), context.tolist(), strict=True)
    ]
    assert {a[0] + b[0] for a, b in pairs} == {letter * 2 for letter in "abcdef"}
    assert {abs(int(a[1]) - int(b[1])) for a, b in pairs} == {1, 2, 3}
    # a reach of 1, 2 or 3 is drawn for each centre: neighbours are met most often
    near, far = (sum(abs(int(a[1]) - int(b[1])) == d for a, b in pairs) for d in (1, 3))
    assert near / far == pytest.approx(3 * 6 / 4, rel=0.2)


def test_pairs_are_shuffled_and_drawn_anew_in_each_epoch():
    texts = [[str(i) for i in range(60)]] * 2
    settings = replace(SKIP_GRAM, n_epochs=2, batch_size=40)
    model = Recorder.fit(texts, settings, window=4, min_count=1, subsample=1, d_model=2)
    half = len(model.seen) // 2
    first, second = (
        [torch.cat(column) for column in zip(*part, strict=True)]
        for part in (model.seen[:half], model.seen[half:])
    )
    for one, other in zip(first, second, strict=True):
        assert not torch.equal(one[:100], other[:100])
    assert len(first[0]) != len(second[0])  # another reach of each centre
    assert abs(np.corrcoef(first[0][:-1], first[0][1:])[0, 1]) < 0.2
    sizes = {len(center) for center, _, _ in model.seen}
    assert max(sizes) <= 1.2 * 40 and max(sizes) - min(sizes) <= 8


def test_as_many_steps_in_every_epoch():
    texts, _ = two_circles(10)
    settings = replace(SKIP_GRAM, n_epochs=3, batch_size=1)
    model = Recorder.fit(texts, settings, d_model=2, subsample=0.02, min_count=2)
    assert len(model.seen) == len(model.history) and len(model.history) % 3 == 0
    assert all(len(center) for center, _, _ in model.seen)


@pytest.mark.parametrize("seed", [1, 2])
def test_batches_of_the_first_epoch_are_as_large_as_asked_for(seed):
    """Their number is that of the pairs which the same seed keeps: one pair a step, none left."""
    texts, _ = two_circles(10)
    settings = replace(SKIP_GRAM, n_epochs=1, batch_size=1, seed=seed)
    model = Recorder.fit(texts, settings, d_model=2, subsample=0.02, min_count=2)
    assert {len(center) for center, _, _ in model.seen} == {1}


CHANGES = {
    "d_model": 5,
    "window": 1,
    "n_negatives": 2,
    "min_count": 12,
    "subsample": 0.01,
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_setting_changes_the_result(name):
    texts, _ = two_circles(20)
    plain, changed = (
        SkipGram.fit(texts, ONE, **{"d_model": 4, "subsample": 0.5} | change)
        for change in ({}, {name: CHANGES[name]})
    )
    assert plain.vectors.shape != changed.vectors.shape or not torch.equal(
        plain.vectors, changed.vectors
    )


def test_parts_of_a_batch_add_up():
    texts, _ = two_circles(20)
    whole, parts = (SkipGram.fit(texts, replace(ONE, accumulation=n), d_model=4) for n in (1, 3))
    torch.testing.assert_close(whole.vectors, parts.vectors, atol=1e-6, rtol=0)
    np.testing.assert_allclose(whole.history.loss, parts.history.loss, rtol=1e-6)


def test_frequent_tokens_are_thinned_out_and_noise_is_drawn_by_their_dampened_count():
    counts = np.array([8000, 1000, 800, 200])
    text = np.random.default_rng(0).permutation(np.repeat(np.arange(4), counts)).tolist()
    model = Recorder.fit([text], ONE, d_model=2, window=1, n_negatives=20, subsample=0.1)
    assert model.tokens == [0, 1, 2, 3]
    centers = torch.cat([center for center, _, _ in model.seen])
    negatives = torch.cat([drawn.flatten() for _, _, drawn in model.seen])

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
