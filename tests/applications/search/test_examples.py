"""A head learns from reviews that are no query, and never meets one among what describes it."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications.search.examples import head_examples
from plmrec_lite.applications.search.shop import open_shop


@pytest.fixture(scope="module")
def shop():
    """Six items of 1 to 30 reviews, the first of several; each review has a number of its own."""
    rows = [
        {"item": item, "title": f"t{item}x{n}", "text": f"a{item}x{n} one two three four."}
        for item, size in enumerate((2, 1, 5, 10, 20, 30))
        for n in range(size)
    ]
    facets = {"division": "d", "department": "e", "kind": "k"}
    return open_shop(pd.DataFrame(rows).assign(**facets), n_described=6)


def read(texts):
    """A vector for each text: which review it is of, by its numbers."""
    vectors = np.zeros((len(texts), 31), dtype=np.float32)
    for row, text in enumerate(texts):
        item, number = text.split()[0].rstrip(".")[1:].split("x")
        vectors[row, int(number)] = 1.0
        vectors[row, 30] = 0.01 * int(item)
    return vectors


def test_no_text_stands_in_what_describes_its_item(shop):
    queries, own, items, vectors = head_examples(shop, read)
    assert len(queries) == len(own) == len(items)
    assert vectors.shape == (6, 31)
    number = queries[:, :30].argmax(axis=1)
    assert np.allclose(own[np.arange(len(own)), number], 0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(own, axis=1), 1, rtol=1e-5)


def test_queries_are_not_learned_from_and_a_lone_review_neither(shop):
    queries, _, items, _ = head_examples(shop, read)
    seen = {(item, row) for item, row in zip(items, queries[:, :30].argmax(1), strict=True)}
    first = shop.reviews.groupby("row").cumcount().to_numpy()
    for row in np.concatenate([shop.validation, shop.test]):
        assert (shop.about([row])[0], first[row]) not in seen
    learned = {(shop.about([row])[0], first[row]) for row in shop.learned}
    assert seen == {(item, row) for item, row in learned if item != 1}


def test_no_item_asks_more_often_than_told(shop):
    _, _, items, _ = head_examples(shop, read, most=3)
    described = np.bincount(shop.about(shop.described), minlength=6)
    expected = np.where(described > 1, described + 2 * np.minimum(described, 3), 0)
    np.testing.assert_array_equal(np.bincount(items, minlength=6), expected)
    with pytest.raises(ValueError, match="most=0"):
        head_examples(shop, read, most=0)
