"""The quality of an encoder: one that knows the answers gets all, and no part knows another."""

import numpy as np
import pytest

from plmrec_lite.applications.compress.quality import (
    ColdFilms,
    CountedWords,
    Opinions,
    ShopSearch,
)
from plmrec_lite.evaluation import evaluate
from plmrec_lite.evaluation.classification import macro_f1
from plmrec_lite.recommenders import ItemRidge
from plmrec_lite.vectors import unit_scale


class Knows:
    """Gives each text the vector of its answer."""

    def __init__(self, texts, answers):
        self.answers = dict(zip(texts, np.asarray(answers).tolist(), strict=True))
        self.n = max(self.answers.values()) + 1

    def encode(self, texts):
        return np.eye(self.n, dtype=np.float32)[[self.answers[text] for text in texts]]


class Nothing:
    def encode(self, texts):
        return np.ones((len(texts), 3), dtype=np.float32)


@pytest.fixture(scope="module")
def films():
    return ColdFilms(2, n_users=60)


@pytest.fixture(scope="module")
def opinions():
    return Opinions(60, 30, 90)


@pytest.fixture(scope="module")
def shop():
    return ShopSearch(12, 2)


def test_cold_films_are_ranked_as_the_book_ranks_them(films):
    words = CountedWords(films.texts)
    words.counter.max_features = 60
    words.counter.fit(films.texts)
    vectors, found = words.encode(films.texts), films.ndcg(words)
    assert found.shape == (2,)
    assert np.array_equal(found, films.ndcg_of(vectors))
    rows = np.zeros((films.log.n_items, vectors.shape[1]))
    rows[films.told] = unit_scale(vectors)
    split = next(iter(films._splits()))
    reached = [
        evaluate(ItemRidge(penalty).fit(split.known("test"), rows), split).mean()["ndcg"]
        for penalty in (1.0, 3.0, 10.0, 30.0, 100.0)
    ]
    assert min(abs(found[0] - value) for value in reached) < 1e-9
    assert found.mean() > films.ndcg(Nothing()).mean()


def test_the_sizes_are_those_of_a_choice(films):
    for split in films._splits():
        assert split.candidates["test"].sum() == pytest.approx(films.n_test, abs=1)
        n_train = (split.train.popularity() > 0).sum()
        assert n_train == pytest.approx(films.n_train, abs=2)


def test_the_choices_of_five_cover_every_film_once():
    five = ColdFilms(5, n_users=20)
    cold = np.sum([split.candidates["test"] for split in five._splits()], axis=0)
    assert cold[five.told].tolist() == [1] * len(five.told)
    assert cold.sum() == len(five.told)


def test_who_knows_the_class_is_right_and_who_knows_nothing_is_not(opinions):
    parts = [opinions.train, opinions.validation, opinions.test]
    texts = [text for part in parts for text in part.texts]
    labels = np.concatenate([part.labels for part in parts])
    right = opinions.predictions(Knows(texts, labels))
    assert np.array_equal(right, opinions.test.labels)
    assert macro_f1(opinions.test.labels, opinions.predictions(Nothing())) < 0.5
    assert [len(part) for part in parts] == [60, 30, 90]


def test_no_sentence_that_a_student_may_read_is_judged(opinions):
    judged = {*opinions.train.texts, *opinions.validation.texts, *opinions.test.texts}
    assert len(opinions.unused) > 2000
    assert judged.isdisjoint(opinions.unused)


def test_who_knows_the_item_finds_it_first(shop):
    texts, items = [*shop.documents, *shop.queries], [*shop.about, *shop.wanted]
    clear = {text: set() for text in texts}
    for text, item in zip(texts, items, strict=True):
        clear[text].add(item)
    alone = np.array([len(clear[text]) == 1 for text in shop.queries])
    ranks = shop.ranks(Knows(texts, items))
    assert (ranks[alone] == 1).all() and alone.mean() > 0.9
    by_number = shop.ranks(Nothing())  # equal scores: the lower item comes first
    assert np.array_equal(by_number, np.where(shop.wanted < 10, shop.wanted + 1, 0))
    assert shop.n_items == 12


def test_no_review_is_a_document_a_query_and_free_at_once(shop):
    asked = set(shop.shop.texts(shop.shop.test))
    assert asked.isdisjoint(shop.documents) and asked.isdisjoint(shop.unused)
    assert set(shop.documents).isdisjoint(shop.unused)
    assert len(shop.queries) == len(shop.wanted)


def test_counted_words_know_the_words_they_were_given():
    rows = CountedWords(["a war film", "a love story"]).encode(["war", "war love", "peace"])
    assert rows.dtype == np.float32 and rows.shape == (3, 4)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ColdFilms(0), "n_splits=0"),
        (lambda: Opinions(n_test=5000), "n_test=5000"),
        (lambda: ShopSearch(5), "n_items=5"),
    ],
)
def test_sizes_that_cannot_be_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
