"""What an encoder is good for: cold films, opinions and a shop's search, in a minute or less."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from plmrec_lite.applications.search.dense import cosines, mean_by_item
from plmrec_lite.applications.search.queries import queries_of
from plmrec_lite.applications.search.relevance import known_item_ranks
from plmrec_lite.applications.search.shop import open_shop
from plmrec_lite.checks import check_number
from plmrec_lite.data import (
    cold_item_split,
    item_text,
    load_clothing_reviews,
    load_movielens,
)
from plmrec_lite.data.sources.opinions import load_sentiments
from plmrec_lite.data.text_splits import stratified_split
from plmrec_lite.evaluation.tuning import tune
from plmrec_lite.recommenders import ItemRidge
from plmrec_lite.text.baselines import fit_frozen
from plmrec_lite.vectors import unit_scale

FIELDS = ("title", "year", "genres", "director")
PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0)
N_FOLDS = 5
SHARES = (0.1, 0.2)  # of films: validation and test
DEPTH = 10  # places that count
N_REVIEWS = 60  # of an item
N_SENTENCES = 5000  # of which the parts are drawn


class ColdFilms:
    """Films nobody has met, ranked by a ridge regression on the vectors of their facts.

    Parameters
    ----------
    n_splits : int; choices of a fifth of the films; over five of them each film is cold once
    n_users : int or None; the first ones only

    Attributes
    ----------
    texts : list of str; of the films with events
    n_test, n_train : int; films of a choice that are ranked, and that are learned from: what
        ``compare_choices`` asks for
    """

    def __init__(self, n_splits=20, n_users=None):
        check_number("n_splits", n_splits, least=1, whole=True)
        movielens = load_movielens()
        log = movielens.interactions
        self.log = log if n_users is None else log.select(log.users < n_users)
        self.told = np.flatnonzero(self.log.popularity())
        self.texts = item_text(movielens.items.iloc[self.told], FIELDS)
        self.n_splits = n_splits
        self.n_test = int(SHARES[1] * len(self.told))
        self.n_train = len(self.told) - self.n_test - int(SHARES[0] * len(self.told))

    def ndcg(self, encoder):
        """Return NDCG@10 among the cold films of each choice.

        Parameters
        ----------
        encoder : with ``.encode(texts)``

        Returns
        -------
        float array (n_splits,); the mean over people; the penalty is chosen on validation
        """
        return self.ndcg_of(encoder.encode(self.texts))

    def ndcg_of(self, read):
        """Return what `ndcg` does, for the vectors of ``texts``.

        Parameters
        ----------
        read : float array (n, d); scaled to length 1

        Returns
        -------
        float array (n_splits,)
        """
        read = unit_scale(np.asarray(read, dtype=np.float64))
        vectors = np.zeros((self.log.n_items, read.shape[1]))
        vectors[self.told] = read
        tried = {penalty: (ItemRidge(penalty), vectors) for penalty in PENALTIES}
        return np.array([tune(tried, split).report.mean()["ndcg"] for split in self._splits()])

    def _splits(self):
        for number in range(self.n_splits):
            seed, fold = divmod(number, N_FOLDS)
            yield cold_item_split(
                self.log, validation_share=SHARES[0], seed=seed, fold=fold, share=SHARES[1]
            )


class Opinions:
    """Negative, neutral and positive sentences, told apart by a linear head on their vectors.

    Parameters
    ----------
    n_train, n_validation, n_test : int; sentences of each part, drawn once

    Attributes
    ----------
    train, validation, test : LabelledTexts
    unused : list of str; sentences of the training part that no head learns from
    """

    def __init__(self, n_train=800, n_validation=200, n_test=800):
        everything = load_sentiments()
        drawn = np.random.default_rng(0).permutation(len(everything))[:N_SENTENCES]
        split = stratified_split(everything.take(np.sort(drawn)), seed=0)
        sizes = {"train": n_train, "validation": n_validation, "test": n_test}
        for name, n in sizes.items():
            whole = getattr(split, name)
            check_number(f"n_{name}", n, least=3, most=len(whole), whole=True)
            rows = np.random.default_rng(0).permutation(len(whole))
            setattr(self, name, whole.take(np.sort(rows[:n])))
            if name == "train":
                self.unused = [whole.texts[row] for row in np.sort(rows[n:])]

    def predictions(self, encoder):
        """Return the class of each test sentence.

        Parameters
        ----------
        encoder : with ``.encode(texts)``

        Returns
        -------
        int array (n_test,); compare with ``test.labels`` by ``macro_f1``
        """
        return fit_frozen(self.train, self.validation, encoder.encode).predict(self.test.texts)


class ShopSearch:
    """Titles and sentences of reviews that look for the item that they are about.

    Parameters
    ----------
    n_items : int; those with the most reviews, of which the first 60 count; all are ranked
    n_described : int; reviews that describe an item, by the mean of their vectors

    Attributes
    ----------
    documents, queries : list of str
    about : int array; the item of each document
    wanted : int array; the item of each query
    unused : list of str; reviews that neither describe an item nor become queries
    """

    def __init__(self, n_items=100, n_described=5):
        check_number("n_items", n_items, least=DEPTH, whole=True)
        reviews = load_clothing_reviews()
        counts = reviews["item"].value_counts().sort_index()
        most = counts.sort_values(ascending=False, kind="stable").index[:n_items]
        reviews = reviews[reviews["item"].isin(most)].groupby("item").head(N_REVIEWS)
        shop = open_shop(reviews, n_described=n_described)
        self.shop, self.n_items = shop, len(shop.items)
        self.documents, self.about = shop.texts(shop.described), shop.about(shop.described)
        asked = [queries_of(shop, shop.test, form) for form in ("title", "sentence")]
        self.queries = [text for texts, _ in asked for text in texts]
        self.wanted = shop.about(np.concatenate([rows for _, rows in asked]))
        self.unused = shop.texts(np.setdiff1d(shop.learned, shop.described))

    def ranks(self, encoder):
        """Return at which place each query finds its item.

        Parameters
        ----------
        encoder : with ``.encode(texts)``

        Returns
        -------
        int array (n_queries,); from 1, and 0 beyond the tenth place
        """
        items = mean_by_item(encoder.encode(self.documents), self.about, self.n_items)
        ranks = known_item_ranks(cosines(encoder.encode(self.queries), items), self.wanted)
        return np.where(ranks <= DEPTH, ranks, 0)


class CountedWords:
    """TF-IDF behind ``.encode``: what every encoder has to beat.

    Parameters
    ----------
    texts : sequence of str; the words and their weights are theirs

    Source: Salton and Buckley 1988, by scikit-learn.
    """

    def __init__(self, texts):
        self.counter = TfidfVectorizer(sublinear_tf=True).fit(texts)

    def encode(self, texts):
        """Return a row a text, dense.

        Parameters
        ----------
        texts : sequence of n str

        Returns
        -------
        float32 array (n, n_words); of length 1, or 0 for a text without a known word
        """
        return self.counter.transform(texts).toarray().astype(np.float32)
