"""Does a GPT that was not trained on people order films for them?

EASE with decay names 50 films; the GPT orders them by how likely each title is
after a prompt of the person's films. Who met none of the 50 next scores 0 in any
order, so the others alone are read. A seed is an order in which a prompt lists
candidates.
"""

import time
from collections import defaultdict

import numpy as np
from plmrec_lite.book.packing import packed
from plmrec_lite.data import item_text, leave_one_out, load_movielens
from plmrec_lite.recommenders import EASE, ContentBased
from plmrec_lite.recommenders.generative.prompted import (
    WORDINGS,
    PromptReranker,
)
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.gpt.model import load_gpt
from plmrec_lite.text.gpt.scoring import log_probabilities
from plmrec_lite.vectors import unit_scale
from scipy.stats import spearmanr
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = (0, 1, 2)
FEW = 300  # people of every case but the first; the same ones in all
CASES = {
    "liked": {"kind": "titles"},
    **{
        w.name: {"kind": "titles", "wording": w.name, "n_people": FEW}
        for w in WORDINGS[1:]
    },
    "answers": {"kind": "answers", "n_people": FEW},
    "listed": {"kind": "listed", "n_people": FEW},
    "fame": {"kind": "fame"},
    "without a GPT": {"kind": "rivals"},
}
SEEDS_OF = {name: (0,) for name in CASES if name != "listed"}
CHECK = {"kind": "titles", "wording": "liked", "n_people": 6}

N_CANDIDATES, N_LISTED = 50, 20
FADED = {"regularization": 400.0, "decay": 0.9}  # chosen on validation
DECAY = 0.8  # of text profiles; chosen on validation
NOT_THERE = 255  # the place of a next film that is no candidate
TEXT = ("title", "year", "genres", "director")
WORDING = {wording.name: wording for wording in WORDINGS}


def run(seed, kind, wording="liked", n_people=None):
    """Places of the next films under each score, and what the scores follow."""
    test = People(n_people)
    if kind == "listed":
        return listed(test, wording, seed)
    kinds = {"titles": titles, "answers": answers, "fame": fame, "rivals": rivals}
    return kinds[kind](test, wording)


class People:
    """Whose next film is asked for, what they liked, and EASE's candidates."""

    def __init__(self, n_people):
        movielens = load_movielens()
        split = leave_one_out(movielens.interactions)
        self.known, self.items = split.known("test"), movielens.items
        self.popularity = self.known.popularity()
        last = split.held_out("test")
        chosen = np.random.default_rng(0).permutation(len(last))[:n_people]
        self.users, self.next = last.users[chosen], last.items[chosen]
        ease = EASE(**FADED).fit(self.known)
        self.lists = ease.recommend(self.users, N_CANDIDATES)
        self.titles = self.items.title.tolist()
        self.dated = [
            f"{title} ({year})" if known else title
            for title, year, known in zip(
                self.titles,
                self.items.year,
                self.items.year.notna(),
                strict=True,
            )
        ]
        self.liked = liked_in_order(self.known)

    def asked(self, n=N_CANDIDATES):
        """Rows of people who liked something and whose next film is a candidate."""
        there = (self.lists[:, :n] == self.next[:, None]).any(axis=1)
        liked = [user in self.liked for user in self.users.tolist()]
        return np.flatnonzero(there & liked).tolist()

    def history(self, row):
        """The titles that a prompt names."""
        return [self.dated[film] for film in self.liked[int(self.users[row])]]

    def place(self, row, scores):
        """The place of the next film among the candidates, from 0; ties as EASE."""
        order = np.argsort(-np.asarray(scores), kind="stable")
        return int(np.flatnonzero(self.lists[row][order] == self.next[row])[0])

    def report(self, name, places):
        """The places of all, and the mean NDCG@10 of the order."""
        row = np.full(len(self.users), NOT_THERE)
        row[list(places)] = list(places.values())
        gains = np.where(row < 10, 1 / np.log2(row + 2), 0)
        return {f"{name}, places": packed(row), f"{name}, ndcg": gains.mean()}


def liked_in_order(log):
    """Films that each user rated 4 or more, the latest last; ties by lot."""
    lot = np.random.default_rng(0).random(len(log))
    films = defaultdict(list)
    for event in np.lexsort((lot, log.timestamps)):
        if log.ratings[event] >= 4:
            films[int(log.users[event])].append(int(log.items[event]))
    return films


class Reader:
    """A GPT with one wording; a title counts up to the bracket of its year."""

    def __init__(self, test, wording, mode="title"):
        self.titles = test.titles
        self.reranker = PromptReranker(load_gpt(), WORDING[wording], mode)
        self.own, self.seconds = {}, []

    def score(self, prompt, films):
        """Sum of the log-probabilities of each title's tokens, and their number."""
        start = time.perf_counter()
        asked = [f" {self.titles[film]} (" for film in films]
        said = log_probabilities(self.reranker.gpt, prompt, asked)
        self.seconds.append(time.perf_counter() - start)
        return np.array([one.sum() for one in said]), np.array([*map(len, said)])

    def own_score(self, films):
        """The same after the question alone, without a person."""
        new = [film for film in dict.fromkeys(films) if film not in self.own]
        if new:
            sums, _ = self.score(self.reranker.wording.question.strip(), new)
            self.own.update(zip(new, sums.tolist(), strict=True))
        return np.array([self.own[film] for film in films])


def titles(test, wording):
    """Each candidate's title after the prompt: sum, mean, and less its own."""
    reader = Reader(test, wording)
    places, follows, seconds, tokens = defaultdict(dict), defaultdict(list), [], []
    for row in test.asked():
        films = test.lists[row].tolist()
        own, fame = reader.own_score(films), test.popularity[films]
        prompt = reader.reranker.prompt(test.history(row))
        sums, lengths = reader.score(prompt, films)
        seconds.append(reader.seconds[-1])
        tokens.append(len(reader.reranker.gpt.ids(prompt)) + lengths.sum())
        for name, scores in {
            "sum": sums,
            "mean": sums / lengths,
            "sum less own": sums - own,
            "mean less own": (sums - own) / lengths,
            "own": own,
            "popularity": fame,
            "EASE": -np.arange(len(films)),
        }.items():
            places[name][row] = test.place(row, scores)
        for name, pair in {
            "sum and own": (sums, own),
            "sum and tokens": (sums, lengths),
            "sum and popularity": (sums, fame),
            "own and popularity": (own, fame),
            "sum less own and popularity": (sums - own, fame),
        }.items():
            follows[name].append(spearmanr(*pair)[0])
    values = {"tokens a request": np.mean(tokens), "seconds a request": seconds}
    values |= {name: np.mean(found) for name, found in follows.items()}
    return values | reports(test, places)


def answers(test, wording):
    """Yes or no after each candidate."""
    reader, places, follows, seconds = Reader(test, wording, "answer"), {}, [], []
    for row in test.asked():
        films = test.lists[row].tolist()
        start = time.perf_counter()
        shown = [test.dated[film] for film in films]
        scores = reader.reranker.score(test.history(row), shown)
        seconds.append(time.perf_counter() - start)
        places[row] = test.place(row, scores)
        follows.append(spearmanr(scores, test.popularity[films])[0])
    values = {"seconds a request": seconds, "yes and popularity": np.mean(follows)}
    return values | reports(test, {"yes": places})


def listed(test, wording, seed):
    """The prompt lists 20 candidates in an order by lot: what does a place give?"""
    reader = Reader(test, wording, "list")
    plain = PromptReranker(reader.reranker.gpt, WORDING[wording])
    rng, places = np.random.default_rng(seed), defaultdict(dict)
    gains, follows, seconds, scored = [], [], [], []
    for row in test.asked(N_LISTED):
        films = test.lists[row, :N_LISTED]
        history, order = test.history(row), rng.permutation(N_LISTED)
        shown = [test.dated[film] for film in films[order]]
        prompt = reader.reranker.prompt(history, shown)
        found, _ = reader.score(prompt, films[order].tolist())
        seconds.append(reader.seconds[-1])
        unlisted, _ = reader.score(plain.prompt(history), films.tolist())
        gain = found - unlisted[order]
        gains.append(gain - gain.mean())
        follows.append(spearmanr(np.arange(N_LISTED), gain)[0])
        scores = np.empty(N_LISTED)
        scores[order] = found
        scored.append(scores)
        beyond = np.full(N_CANDIDATES - N_LISTED, -np.inf)
        places["listed"][row] = test.place(row, [*scores, *beyond])
        places["unlisted"][row] = test.place(row, [*unlisted, *beyond])
    values = {
        "gain by place": np.mean(gains, axis=0).round(4),
        "place and gain": np.mean(follows),
        "seconds a request": seconds,
        "scores": np.concatenate(scored).round(3),
    }
    return values | reports(test, places)


def fame(test, wording):
    """The log-probability of every title without a person."""
    reader = Reader(test, wording)
    sums, lengths = reader.score(
        reader.reranker.wording.question.strip(), range(len(test.titles))
    )
    return {
        "own": sums.round(3),
        "tokens": lengths,
        "popularity": test.popularity,
        "sum and popularity": spearmanr(sums, test.popularity)[0],
        "mean and popularity": spearmanr(sums / lengths, test.popularity)[0],
        "sum and tokens": spearmanr(sums, lengths)[0],
        "seconds in all": sum(reader.seconds),
    }


def rivals(test, wording):
    """The same candidates in the order of text profiles."""
    texts = item_text(test.items, TEXT)
    counted = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    vectors = {"TF-IDF": counted.toarray(), "MiniLM": TextEncoder().encode(texts)}
    places = defaultdict(dict)
    for name, read in vectors.items():
        read = unit_scale(read - read.mean(axis=0))
        scores = ContentBased(DECAY).fit(test.known, read).score(test.users)
        for row in test.asked():
            films = test.lists[row]
            places[name][row] = test.place(row, scores[row, films])
    return reports(test, places)


def reports(test, places):
    """What all orders of the candidates give."""
    read = len(next(iter(places.values())))
    values = {"people": len(test.users), "read": read}
    for name, found in places.items():
        values |= test.report(name, found)
    return values
