"""TextEncoder and whiten: equal to the library, exact under permutation, clear about bad input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer

from plmrec_lite.text import ModelError, TextEncoder, encoder
from plmrec_lite.text.pretrained import minilm_folder
from plmrec_lite.vectors import whiten

TEXTS = [
    "Alien (1979). Action, Horror, Sci-Fi, Thriller.",
    "a love story",
    "Le Fabuleux Destin d'Amélie Poulain, a long and tender comedy about a shy waitress in Paris",
    "霸王别姬",
    "war",
]


@pytest.fixture(scope="module")
def minilm():
    return TextEncoder(device="cpu")


@pytest.fixture(scope="module")
def tiny(tiny_bert):
    return TextEncoder(str(tiny_bert), device="cpu")


def test_equal_to_sentence_transformers(minilm):
    peer = SentenceTransformer(str(minilm_folder()), device="cpu")
    np.testing.assert_allclose(minilm.encode(TEXTS), peer.encode(TEXTS), atol=1e-6)


def test_cls_pooling_is_the_first_token(minilm):
    ids = minilm.tokenizer(TEXTS[:1], return_tensors="pt")
    hidden = minilm.model(**ids).last_hidden_state[0, 0].detach().numpy()
    vector = minilm.encode(TEXTS[:1], pooling="cls", normalize=False)[0]
    np.testing.assert_allclose(vector, hidden, atol=1e-6)


def test_several_poolings_are_each_one_alone(minilm):
    both = minilm.encode(TEXTS, pooling=("cls", "mean"))
    assert both.shape == (2, len(TEXTS), 384)
    np.testing.assert_array_equal(both[0], minilm.encode(TEXTS, pooling="cls"))
    np.testing.assert_array_equal(both[1], minilm.encode(TEXTS, pooling="mean"))


@pytest.mark.parametrize("pooling", [(), ("mean", "max"), ["sum"]])
def test_bad_poolings(tiny, pooling):
    with pytest.raises(ValueError, match="use one of 'mean', 'cls'"):
        tiny.encode(["war"], pooling=pooling)


def test_token_vectors_end_in_what_encode_pools(minilm):
    tokens, vectors = minilm.token_vectors("Alien is a war film")
    assert tokens == ["[CLS]", "alien", "is", "a", "war", "film", "[SEP]"]
    assert vectors.shape == (7, 7, 384)
    assert vectors.dtype == np.float32
    mean = minilm.encode(["Alien is a war film"], normalize=False)[0]
    np.testing.assert_allclose(vectors[-1].mean(0), mean, atol=1e-6)
    first = minilm.encode(["Alien is a war film"], pooling="cls", normalize=False)[0]
    np.testing.assert_allclose(vectors[-1, 0], first, atol=1e-6)


def test_token_vectors_begin_with_the_embeddings(minilm):
    ids = minilm.tokenizer("war film", return_tensors="pt")["input_ids"]
    entering = minilm.model.embeddings(ids)[0].detach().numpy()
    np.testing.assert_allclose(minilm.token_vectors("war film")[1][0], entering, atol=1e-6)


@pytest.mark.parametrize(
    ("text", "error"), [("", ValueError), (3, TypeError), ("war " * 20, ValueError)]
)
def test_token_vectors_bad_text(tiny, text, error):
    with pytest.raises(error, match="text"):
        tiny.token_vectors(text)


def test_normalize(minilm):
    vectors = minilm.encode(TEXTS, normalize=False)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    assert np.ptp(lengths) > 0.01
    np.testing.assert_allclose(minilm.encode(TEXTS), vectors / lengths, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    words=st.lists(
        st.lists(st.sampled_from(["a", "war", "film", "love", "storys"]), min_size=1, max_size=7),
        min_size=1,
        max_size=12,
    ),
    batch_size=st.integers(1, 5),
    data=st.data(),
)
def test_permuting_texts_permutes_vectors_bit_for_bit(tiny, words, batch_size, data):
    texts = [" ".join(w) for w in words]
    order = data.draw(st.permutations(range(len(texts))))
    vectors = tiny.encode(texts, batch_size=batch_size)
    permuted = tiny.encode([texts[i] for i in order], batch_size=batch_size)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(permuted, vectors[order])


def test_batches_are_padded_to_their_own_longest_text(tiny, monkeypatch):
    widths = []
    forward = tiny.model.forward

    def spy(*positional, **named):
        widths.append(tuple(named["input_ids"].shape))
        return forward(*positional, **named)

    monkeypatch.setattr(tiny.model, "forward", spy)
    tiny.encode(["a war film a war film", "a", "war", "a love story"], batch_size=2)
    assert widths == [(2, 3), (2, 8)]


def test_batch_size_changes_nothing_that_matters(minilm):
    np.testing.assert_allclose(
        minilm.encode(TEXTS, batch_size=1), minilm.encode(TEXTS, batch_size=64), atol=1e-6
    )


def test_no_texts_no_vectors(tiny):
    assert tiny.encode([]).shape == (0, 8)
    assert tiny.encode([], pooling=("mean", "cls")).shape == (2, 0, 8)


def test_long_work_shows_progress(tiny, monkeypatch):
    seen = []

    def spy(iterable, desc):
        seen.append((desc, len(iterable)))
        return iterable

    monkeypatch.setattr(encoder, "progress", spy)
    tiny.encode(["a", "war", "film"], batch_size=1)
    assert seen == [("encoding texts", 3)]


def test_a_text_longer_than_the_model(tiny):
    long = "war " * 20
    with pytest.raises(ValueError, match=r"longer than the 16 tokens.*has 22.*truncate=True"):
        tiny.encode(["a film", long])
    cut = tiny.encode([long], truncate=True)
    np.testing.assert_allclose(cut, tiny.encode(["war " * 14]), atol=1e-6)


@pytest.mark.parametrize(
    ("texts", "kind", "message"),
    [
        ("one string", TypeError, "pass a list"),
        (["fine", ""], ValueError, "text 1 of texts is empty"),
        (["fine", " \n"], ValueError, "text 1 of texts is empty"),
        (["fine", None], TypeError, "text 1 of texts is None"),
        (["fine", float("nan")], TypeError, "text 1 of texts is nan"),
        (pd.DataFrame({"text": ["fine"]}), TypeError, r'DataFrame.*table\["text"\]'),
        (np.array([["fine"]]), TypeError, "ndarray: pass a list of texts"),
        ({"a": "fine"}, TypeError, r"dict.*list\(texts.values\(\)\)"),
        ({"fine", "too"}, TypeError, "texts is a set"),
        (pd.Series(["fine", None]), TypeError, "text 1 of texts is"),
    ],
)
def test_bad_texts(tiny, texts, kind, message):
    with pytest.raises(kind, match=message):
        tiny.encode(texts)


@pytest.mark.parametrize(
    "column",
    [
        np.array(["a war film", "love"]),
        np.array(["a war film", "love"], dtype=object),
        pd.Series(["a war film", "love"], index=[7, 3]),
        pd.Series(["a war film", "love"], dtype="string"),
        ("a war film", "love"),
        (text for text in ["a war film", "love"]),
    ],
    ids=["numpy str", "numpy object", "series", "pandas string", "tuple", "generator"],
)
def test_columns_of_strings(tiny, column):
    np.testing.assert_array_equal(tiny.encode(column), tiny.encode(["a war film", "love"]))


def test_bad_options(tiny):
    with pytest.raises(ValueError, match=r"pooling=.max..*.mean."):
        tiny.encode(["a"], pooling="max")
    with pytest.raises(ValueError, match="batch_size=0"):
        tiny.encode(["a"], batch_size=0)


def test_an_absent_device_is_named_before_anything_is_loaded(monkeypatch):
    monkeypatch.setattr(encoder, "load_pretrained", lambda name: pytest.fail("loaded anyway"))
    with pytest.raises(RuntimeError, match="'cuda:99' was asked for"):
        TextEncoder(device="cuda:99")


def test_the_model_is_loaded_on_first_use_and_once(tiny_bert, monkeypatch):
    loaded = []
    load = encoder.load_pretrained
    monkeypatch.setattr(encoder, "load_pretrained", lambda name: loaded.append(name) or load(name))
    made = TextEncoder(str(tiny_bert), device="cpu")
    assert loaded == []
    assert (made.dimension, made.max_length, made.device.type) == (8, 16, "cpu")
    assert made.tokenizer.padding_side == "right"
    made.encode(["war"])
    assert loaded == [str(tiny_bert)]


def test_a_model_that_cannot_be_had_is_named_at_once(tmp_path):
    with pytest.raises(ModelError, match="check the spelling"):
        TextEncoder("a/b/c d")


@settings(max_examples=30, deadline=None)
@given(n=st.integers(5, 40), d=st.integers(1, 4), seed=st.integers(0, 10**6))
def test_whitened_vectors_are_centred_and_uncorrelated(n, d, seed):
    generator = np.random.default_rng(seed)
    vectors = generator.normal(size=(n, d)) @ generator.normal(size=(d, d)) + 3
    white = whiten(vectors)
    np.testing.assert_allclose(white.mean(0), 0, atol=1e-8)
    np.testing.assert_allclose(white.T @ white / n, np.eye(white.shape[1]), atol=1e-6)


def test_whiten_keeps_the_widest_directions():
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(200, 3)) * [1, 10, 0.1]
    first = whiten(vectors, n_components=1)[:, 0]
    assert abs(np.corrcoef(first, vectors[:, 1])[0, 1]) > 0.99


@pytest.mark.parametrize(
    ("vectors", "components", "message"),
    [
        (np.array([[1.0, np.nan], [0, 1]]), None, "NaN"),
        (np.ones((4, 3)), None, "spread in 0"),
        (np.eye(4), 4, "spread in 3"),
        (np.ones(3), None, "table"),
    ],
)
def test_whiten_bad_input(vectors, components, message):
    with pytest.raises(ValueError, match=message):
        whiten(vectors, components)
