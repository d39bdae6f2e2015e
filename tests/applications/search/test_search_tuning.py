"""A tuned bi-encoder learns which reviews are of one item, and nothing from shuffled ones."""

import numpy as np
import pytest
import torch
from trainings import write_tiny_bert

from plmrec_lite.applications.search import tuning
from plmrec_lite.applications.search.dense import cosines, mean_by_item
from plmrec_lite.applications.search.relevance import known_item_values
from plmrec_lite.applications.search.tuning import (
    HalfStates,
    PairBatches,
    PairObjective,
    half_states,
    pair_loss,
    tune_upper,
)
from plmrec_lite.nn.losses import info_nce
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.upper_layers import LowerStates, UpperLayers, lower_states
from plmrec_lite.training import Training

ABOUT = ("war", "love", "story", "film")  # an item each, told by its own word


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return TextEncoder(str(write_tiny_bert(tmp_path_factory.mktemp("bert"), 0.0)), device="cpu")


def reviews(n, seed=0):
    """Reviews of four items: the item's word among others that say nothing."""
    rng = np.random.default_rng(seed)
    items = np.arange(n) % len(ABOUT)
    texts = []
    for item in items:
        words = [*rng.choice(["a", "s", "##s"], rng.integers(1, 5)), ABOUT[item]]
        texts.append(" ".join(rng.permutation(words)))
    return texts, items


def states(n_texts, seed=0):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, n_texts)
    return LowerStates([torch.full((int(t), 3), float(i)) for i, t in enumerate(sizes)])


def mrr_after_tuning(encoder, items_learned, seed=0, n_steps=100):
    texts, items = reviews(80)
    asked, right = reviews(40, seed=9)
    upper = UpperLayers(encoder.model, 2)
    settings = Training(n_steps=n_steps, batch_size=16, learning_rate=0.01, seed=seed)
    history = tune_upper(upper, half_states(encoder, texts, 2), items_learned(items), settings)
    known, queries = (upper.all_vectors(half_states(encoder, t, 2)) for t in (texts, asked))
    scores = cosines(queries, mean_by_item(known, items, len(ABOUT)))
    return history, known_item_values(scores, right, k=4).mean()


def test_it_learns_what_tells_items_apart(encoder):
    history, mrr = mrr_after_tuning(encoder, lambda items: items)
    assert history["found"].iloc[-10:].mean() > 0.8
    assert history["loss"].iloc[-10:].mean() < 0.4 * history["loss"].iloc[:3].mean()
    assert mrr > 0.85


def test_from_shuffled_items_it_learns_nothing(encoder):
    """Chance among four items is (1 + 1/2 + 1/3 + 1/4) / 4 = 0.52."""
    shuffled = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        history, _ = mrr_after_tuning(encoder, rng.permutation, seed, n_steps=30)
        shuffled.append(history["found"].iloc[-10:].mean())
    assert np.mean(shuffled) < 0.3


def test_half_states_are_the_states_in_half_the_bytes(encoder, monkeypatch):
    texts = reviews(9)[0]
    half, full = half_states(encoder, texts, 1), lower_states(encoder, texts, 1)
    assert {state.dtype for state in half.states} == {torch.float16}
    for ours, theirs in zip(half.states, full.states, strict=True):
        torch.testing.assert_close(ours.float(), theirs, atol=2e-3, rtol=2e-3)
    assert isinstance(half, HalfStates)
    assert half.batch([3, 1])[0].dtype == torch.float32
    assert [len(half.of([3, 1])), half.of([3, 1]).lengths[0]] == [2, half.lengths[3]]
    assert half_states(encoder, ["a war film a story"], 1, max_length=4).lengths.tolist() == [4]
    monkeypatch.setattr(tuning, "CHUNK", 4)
    chunks = half_states(encoder, texts, 1)
    assert chunks.lengths.tolist() == half.lengths.tolist()


def test_the_loss_is_info_nce_where_items_differ():
    rng = torch.Generator().manual_seed(0)
    queries = torch.nn.functional.normalize(torch.randn(5, 4, generator=rng), dim=1)
    keys = torch.nn.functional.normalize(torch.randn(8, 4, generator=rng), dim=1)
    found = pair_loss(queries, keys, torch.arange(5), torch.arange(8), 0.1)
    torch.testing.assert_close(found["loss"], info_nce(queries, keys, 0.1))
    nearest = (queries @ keys.T).argmax(1) == torch.arange(5)
    assert found["found"] == nearest.float().mean()


def test_other_keys_of_the_same_item_are_no_negatives():
    vectors = torch.eye(3)
    keys = torch.stack([vectors[0], vectors[0], vectors[2], vectors[0]])
    items, key_items = torch.tensor([4, 4, 5]), torch.tensor([4, 4, 5, 4])
    loss = pair_loss(vectors, keys, items, key_items, 1.0)["loss"]
    # Query 0 sees its own key (cosine 1) and that of item 5 (0); query 1: 0 and 0;
    # query 2 its own (1) and three of item 4 (0).
    rows = [np.log(1 + np.exp(-1.0)), np.log(2), np.log(1 + 3 * np.exp(-1.0))]
    assert float(loss) == pytest.approx(np.mean(rows))


def items_of_states(batch):
    """The numbers of a batch's texts, in the batch's order: each state holds its own."""
    numbers = torch.cat([texts["states"][:, 0, 0] for texts in batch["texts"].values()])
    return numbers[batch["order"]].long().numpy()


@pytest.mark.parametrize("at_once", [32, 3])
def test_a_batch_holds_queries_and_the_means_of_their_items_other_reviews(at_once, monkeypatch):
    monkeypatch.setattr("plmrec_lite.text.upper_layers.TEXTS_AT_ONCE", at_once)
    items = np.array([0, 0, 0, 1, 1, 2, 3, 3, 3, 3])
    batches = PairBatches(states(10), items, batch_size=4, n_keys=2, seed=3)
    assert len(batches) == 2  # nine reviews have another one of their item
    seen = []
    for batch in [*batches.epoch(0), *batches.epoch(1)]:
        texts = items_of_states(batch)
        queries = texts[:4]
        seen.extend(queries)
        assert 5 not in texts
        assert batch["items"].tolist() == batch["key_items"].tolist() == items[queries].tolist()
        torch.testing.assert_close(batch["keys"].sum(1), torch.ones(4))
        for query, shares in zip(queries, batch["keys"].numpy(), strict=True):
            of = texts[np.flatnonzero(shares)]
            assert query not in of and (items[of] == items[query]).all()
            assert len(of) == len(set(of)) == min(2, (items == items[query]).sum() - 1)
    assert len(set(seen[:8])) == len(set(seen[8:])) == 8
    assert seen[:8] != seen[8:]


def test_titles_ask_and_are_never_keys_and_a_reviews_title_does_not_find_it():
    items, source = np.array([0, 0, 0, 1, 1, 0, 0, 1]), np.array([0, 1, 2, 3, 4, 0, 2, 3])
    batches = PairBatches(states(8), items, batch_size=5, n_keys=3, source=source, seed=0)
    asked = set()
    for number in range(12):
        (batch,) = batches.epoch(number)
        texts = items_of_states(batch)
        queries, keys = texts[:5], texts[5:]
        asked |= set(queries.tolist())
        assert sorted(source[queries]) == [0, 1, 2, 3, 4]  # each review once, in one form
        assert max(keys) < 5
        for query, shares in zip(queries, batch["keys"].numpy(), strict=True):
            assert source[query] not in texts[np.flatnonzero(shares)]
    assert asked == set(range(8))


def test_hard_negatives_are_keys_for_all_and_never_the_right_item():
    items = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    hard = np.stack([(items + 1) % 4, (items + 2) % 4], axis=1)
    batches = PairBatches(states(8), items, batch_size=2, n_keys=1, hard=hard, seed=0)
    added = []
    for number in range(5):
        for batch in batches.epoch(number):
            mined = hard[items_of_states(batch)[:2]]
            extra = batch["key_items"][2:].tolist()
            added += extra
            assert set(extra) <= set(mined.ravel().tolist()) and len(extra) in (1, 2)
            for shares, item in zip(batch["keys"].numpy(), batch["key_items"], strict=True):
                (of,) = np.flatnonzero(shares)
                assert items[items_of_states(batch)[of]] == int(item)
    assert set(added) == {0, 1, 2, 3}


def test_an_item_without_reviews_is_no_hard_negative():
    items = np.array([0, 0, 1, 1])
    batches = PairBatches(states(4), items, 2, hard=np.full((4, 1), 7), seed=0)
    assert all(len(batch["key_items"]) == 2 for batch in batches.epoch(0))


def test_the_seed_decides_the_batches():
    def drawn(seed, number):
        items = np.arange(30) % 6
        batches = PairBatches(states(30), items, 5, seed=seed)
        return [items_of_states(batch).tolist() for batch in batches.epoch(number)]

    assert drawn(0, 0) == drawn(0, 0)
    assert drawn(0, 0) != drawn(1, 0) and drawn(0, 0) != drawn(0, 1)


def test_padding_does_not_change_the_loss(encoder):
    texts, items = reviews(12)
    lower, upper = half_states(encoder, texts, 2), UpperLayers(encoder.model, 2).eval()
    (batch,) = PairBatches(lower, items, 12, n_keys=1).epoch(0)
    expected = upper.all_vectors(lower)
    vectors = torch.cat([upper(**part) for part in batch["texts"].values()])[batch["order"]]
    close = np.abs(vectors.detach().numpy()[:, None] - expected[None]).max(2).min(1)
    assert close.max() < 1e-5
    loss = PairObjective(upper)(batch)["loss"]
    assert torch.isfinite(loss)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.arange(3),), r"4 texts, but rows \[3, 4\]"),
        ((np.arange(4),), "no item has two texts"),
        ((np.zeros(4, int), 2, 0), "n_keys=0"),
        ((np.zeros(4, int), 2, 1, np.zeros((3, 1))), "give one item a text"),
        ((np.zeros(4, int), 2, 1, np.array([[1], [2], [0], [1]])), "text 2 has its own item"),
        ((np.array([0, 0, 0, 1]), 2, 1, None, [0, 1, 2, 2]), "text 3: its source is no review"),
        ((np.zeros(4, int), 2, 1, None, [0, 1, 1, 2]), "text 3: its source is no review"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        PairBatches(states(4), *arguments)


def test_the_first_loss_is_that_of_the_first_batch_with_each_setting_as_asked_for(encoder):
    texts, items = reviews(12)
    lower, source = half_states(encoder, texts, 1), np.arange(12)
    source[8:] = [0, 1, 2, 3]  # the last four are made of the first
    hard = (items[:, None] + [1, 2]) % 4
    settings, first = Training(n_steps=1, batch_size=6, seed=4), []
    for options in ({}, {"temperature": 0.5}, {"n_keys": 1}, {"hard": hard}, {"source": source}):
        given = {"n_keys": 2, "hard": None, "source": None} | options
        temperature = given.pop("temperature", 0.05)
        batch = next(PairBatches(lower, items, 6, **given, seed=4).epoch(0))
        upper = UpperLayers(encoder.model, 1)
        first.append(PairObjective(upper.eval(), temperature)(batch)["loss"].item())
        history = tune_upper(upper, lower, items, settings, **options)
        assert history["loss"].item() == pytest.approx(first[-1], rel=1e-5)
    assert np.diff(np.sort(first)).min() > 1e-3


def test_a_temperature_of_zero_is_refused(encoder):
    with pytest.raises(ValueError, match="temperature=0"):
        PairObjective(UpperLayers(encoder.model, 1), 0)
