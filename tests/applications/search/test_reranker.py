"""A reranker learns which document answers, and scores pairs whatever stands beside them."""

from itertools import chain

import numpy as np
import pytest
import torch
from trainings import lines, write_tiny_bert

from plmrec_lite.applications.search.reranker import GroupBatches, Reranker, tune_reranker
from plmrec_lite.training import Training


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return str(write_tiny_bert(tmp_path_factory.mktemp("bert"), 0.0))


def groups(n, rng):
    """Each query is a word or two; the right document tells of love, three others do not."""
    others = ["war", "story", "film"]
    queries = [" ".join(rng.choice([*others, "a"], rng.integers(1, 3))) for _ in range(n)]
    documents = [[f"a {word}" for word in ("love", *rng.permutation(others))] for _ in range(n)]
    return queries, documents


def found(model, queries, documents):
    size = len(documents[0])
    scores = model.score(np.repeat(queries, size).tolist(), list(chain(*documents)))
    return (scores.reshape(-1, size).argmax(1) == 0).mean()


def test_it_learns_which_document_answers_and_nothing_from_shuffled_ones(folder):
    rng = np.random.default_rng(0)
    queries, documents = groups(48, rng)
    asked, answers = groups(40, rng)
    settings = Training(n_steps=80, batch_size=16, learning_rate=0.02)
    model = Reranker(folder, max_length=16)
    history = tune_reranker(model, queries, documents, settings)
    assert history["found"].iloc[-5:].mean() > 0.9
    assert found(model, asked, answers) > 0.9
    shuffled = [rng.permutation(group).tolist() for group in documents]
    model = Reranker(folder, max_length=16)
    tune_reranker(model, queries, shuffled, settings)
    assert found(model, asked, answers) < 0.5  # chance is a quarter


def test_only_the_last_layers_and_the_head_are_trained(folder):
    model = Reranker(folder, max_length=16, n_layers=1)
    moving = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert "head.weight" in moving
    assert all(name.startswith(("head.", "encoder.encoder.layer.1.")) for name in moving)


def test_scores_do_not_depend_on_what_stands_beside_them(folder):
    model = Reranker(folder, max_length=16).train()
    queries, documents = lines(12), lines(12, seed=1)
    together = model.score(queries, documents, batch_size=5)
    alone = [float(model.score([q], [d])[0]) for q, d in zip(queries, documents, strict=True)]
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert model.training


def test_the_two_texts_are_told_apart_and_cut_to_length(folder):
    model = Reranker(folder, max_length=10)
    tokens = model.tokens(["a war"], ["love " * 30])
    assert tokens["input_ids"].shape == (1, 10)
    words = model.tokenizer.convert_ids_to_tokens(tokens["input_ids"][0])
    assert words == ["[CLS]", "a", "war", "[SEP]", *["love"] * 5, "[SEP]"]
    assert tokens["token_type_ids"][0].tolist() == [0] * 4 + [1] * 6
    assert Reranker(folder, max_length=500).max_length == 16


def test_the_loss_is_the_softmax_of_a_group(folder):
    model = Reranker(folder, max_length=16).eval()
    queries, documents = ["war", "a film"], [["war", "love", "a"], ["story", "a film", "love"]]
    (batch,) = GroupBatches(model, queries, documents, 2).epoch(0)
    scores = model.score([q for q in queries for _ in range(3)], list(chain(*documents))).reshape(
        2, 3
    )
    expected = -torch.log_softmax(torch.from_numpy(scores), 1)[:, 0].mean()
    torch.testing.assert_close(model(batch)["loss"].detach(), expected, atol=1e-5, rtol=1e-5)
    assert float(model(batch)["found"]) == (scores.argmax(1) == 0).mean()


def test_each_query_of_a_smaller_batch_counts_as_much(folder):
    model = Reranker(folder, max_length=16).eval()
    queries, documents = ["war", "a film", "love"], [["war", "love"], ["story", "a"], ["a", "film"]]
    batches = GroupBatches(model, queries, documents, 2)
    for batch in batches.epoch(0):
        size = len(batch["input_ids"])
        scores = model._scores({k: v.flatten(0, 1) for k, v in batch.items() if k != "n_groups"})
        expected = -torch.log_softmax(scores.reshape(size, 2), 1)[:, 0].mean()
        torch.testing.assert_close(model(batch)["loss"], expected)
    assert size == 1


def test_an_epoch_has_each_query_once_and_the_seed_decides_the_order(folder):
    model = Reranker(folder, max_length=16)
    queries, documents = lines(7), [[text, "a"] for text in lines(7, seed=1)]

    def epoch(seed, number):
        batches = GroupBatches(model, queries, documents, 3, seed)
        assert len(batches) == 3
        return [row.tolist() for b in batches.epoch(number) for row in b["input_ids"][:, 0]]

    def plain(rows):
        return [[token for token in row if token] for row in rows]

    assert sorted(plain(epoch(0, 0))) == sorted(plain(epoch(1, 0)))
    assert epoch(0, 0) == epoch(0, 0) != epoch(1, 0)
    assert plain(epoch(0, 0)) != plain(epoch(0, 1))


def test_bad_input(folder):
    model = Reranker(folder, max_length=16)
    with pytest.raises(ValueError, match="2 queries and 1 documents"):
        model.tokens(["a", "war"], ["a"])
    with pytest.raises(ValueError, match="text 0 of documents is empty"):
        model.tokens(["a"], [""])
    for documents in ([["a"]], [["a", "war"], ["a"]], [["a", "war"]] * 2):
        with pytest.raises(ValueError, match="give each query as many"):
            GroupBatches(model, ["a"], documents, 2)
    with pytest.raises(ValueError, match="max_length=3"):
        Reranker(folder, max_length=3)
    with pytest.raises(ValueError, match="n_layers=3"):
        Reranker(folder, n_layers=3)
