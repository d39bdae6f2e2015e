import dataclasses

import numpy as np
import pytest

from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.registry import DATASETS
from plmrec_lite.text.word_vectors import WordVectors


@pytest.fixture(scope="module")
def encoder():
    return WordVectors()


@pytest.fixture(scope="module")
def raw():
    """The vectors as they lie on disk."""
    return np.load(fetch("glove-50d")["glove_6B_50d_emb.npy"], mmap_mode="r")


def test_one_word_is_its_row(encoder, raw):
    the, comma_skipped = encoder.encode(["The", "the, the."], normalize=False)
    np.testing.assert_allclose(the, raw[0], rtol=1e-6)
    np.testing.assert_allclose(comma_skipped, raw[0], rtol=1e-6)
    of = encoder.encode(["of"], normalize=False)[0]
    np.testing.assert_allclose(of, raw[3], rtol=1e-6)  # the, comma, full stop, of


def test_a_text_is_the_mean_of_its_words_each_time_it_occurs(encoder, raw):
    (found,) = encoder.encode(["the of of zzzxqy"], normalize=False)
    np.testing.assert_allclose(found, (raw[0] + 2 * raw[3]) / 3, rtol=1e-5)


def test_frequent_words_count_less(raw):
    (found,) = WordVectors("frequency", a=0.01).encode(["the of"], normalize=False)
    total = (1 / np.arange(1, 400_001)).sum()
    weights = [0.01 / (0.01 + 1 / rank / total) for rank in (1, 4)]
    np.testing.assert_allclose(found, (weights[0] * raw[0] + weights[1] * raw[3]) / 2, rtol=1e-5)
    other = WordVectors("frequency", a=0.001).encode(["the of"], normalize=False)
    assert not np.allclose(other, found)


def test_rows_have_length_one_and_do_not_depend_on_each_other(encoder):
    texts = ["a war film", "a love story", "Children's films"]
    vectors = encoder.encode(texts)
    assert vectors.shape == (3, encoder.dimension) == (3, 50)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(encoder.encode(texts[::-1]), vectors[::-1])
    np.testing.assert_array_equal(encoder.encode(texts[1:2]), vectors[1:2])


def test_order_does_not_count_and_meaning_does(encoder):
    dog, god, cat, tax = encoder.encode(["dog bites man", "man bites dog", "cat", "tax"])
    np.testing.assert_allclose(dog, god, rtol=1e-5)
    assert dog @ cat > dog @ tax


def test_possessives_are_two_words_as_in_its_training(encoder, raw):
    (found,) = encoder.encode(["the's"], normalize=False)
    np.testing.assert_allclose(found, (raw[0] + raw[9]) / 2, rtol=1e-5)  # 's is the tenth word


def test_a_text_without_a_known_word(encoder):
    with pytest.raises(ValueError, match=r"text 1, 'zzzxqy', has no word.*unknown=\"zero\""):
        encoder.encode(["film", "zzzxqy"])
    vectors = encoder.encode(["film", "zzzxqy"], unknown="zero")
    assert np.linalg.norm(vectors, axis=1).round(6).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda e: WordVectors("idf"), "weighting='idf': use one of 'mean', 'frequency'"),
        (lambda e: WordVectors(a=0), "a=0"),
        (
            lambda e: e.encode(["film"], unknown="drop"),
            "unknown='drop': use one of 'raise', 'zero'",
        ),
        (lambda e: e.encode([""]), "empty"),
    ],
)
def test_bad_settings_are_named(make, said, encoder):
    with pytest.raises(ValueError, match=said):
        make(encoder)


def test_one_string_is_no_list_of_texts(encoder):
    with pytest.raises(TypeError):
        encoder.encode("film")


def test_another_edition_is_refused(monkeypatch):
    record = DATASETS["glove-50d"]
    counts = record.counts | {"dimensions": 100}
    monkeypatch.setitem(DATASETS, "glove-50d", dataclasses.replace(record, counts=counts))
    with pytest.raises(ValueError, match="expected 100 dimensions, read 50"):
        WordVectors().encode(["film"])
