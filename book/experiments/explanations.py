"""Which explanation names the words, or films, that a score depends on?"""

from itertools import combinations

import numpy as np
from plmrec_lite.applications.explain.faithfulness import (
    curves,
    faithfulness,
    random_importance,
)
from plmrec_lite.applications.explain.histories import ExplainedHistory
from plmrec_lite.applications.explain.removal import (
    refitted_scores,
    smallest_removal,
)
from plmrec_lite.applications.explain.sums import terms_of_scores
from plmrec_lite.applications.explain.texts import (
    ExplainedText,
    class_head,
    randomized,
    taste_head,
    tower_encoder,
)
from plmrec_lite.data import (
    cold_item_split,
    item_text,
    leave_one_out,
    load_movielens,
)
from plmrec_lite.data.sources.opinions import load_sentiments
from plmrec_lite.data.text_splits import stratified_split
from plmrec_lite.recommenders import (
    EASE,
    NetworkSettings,
    SequentialTransformer,
    TextTower,
)
from plmrec_lite.text.finetuning import FINE_TUNING, probabilities, train_model
from plmrec_lite.text.pretrained import load_pretrained
from plmrec_lite.training import Training
from scipy.stats import kendalltau, spearmanr

SEEDS = (0, 1, 2)
CASES = {
    "sentiment": {"kind": "sentiment"},
    "sequence": {"kind": "sequence"},
    "removals": {"kind": "removals"},
    "tower": {"kind": "tower"},
}
SEEDS_OF = {"removals": (0,)}  # nothing is drawn
CHECK = {
    "kind": "sequence",
    "n": 12,
    "n_epochs": 1,
    "d_model": 16,
    "with_curves": False,  # nearly flat where little was learned
}
METHODS = ("attention", "rollout", "gradients", "occlusion")
N_STEPS = 10  # of integrated gradients
N_SANE = 10  # texts read by models with other weights too
FIELDS = ("title", "year", "genres", "director", "cast")


def run(seed, kind, with_curves=True, **sizes):
    """Explain one kind of model, trained with the seed."""
    explain = {
        "sentiment": sentiment,
        "tower": tower,
        "sequence": sequence,
        "removals": removals,
    }
    found = explain[kind](seed, **sizes)
    lines = ("deletion, ", "insertion, ")
    return {
        key: value
        for key, value in found.items()
        if with_curves or not key.startswith(lines)
    }


def sentences(n):
    """Test sentences of eight words or more, the same for every seed."""
    split = stratified_split(load_sentiments())
    long = [len(text.split()) >= 8 for text in split.test.texts]
    return split, split.test.take(np.flatnonzero(long)).sample(n)


def sentiment(seed, n=40):
    """Why this class? The probability of the class that the model finds likely."""
    split, test = sentences(n)
    settings = FINE_TUNING["all layers"]
    settings = Training(
        n_epochs=1,
        batch_size=16,
        learning_rate=settings.learning_rate,
        seed=seed,
    )
    model = train_model(
        split.train.sample(2000, seed),
        split.validation.sample(400),
        "all layers",
        settings,
    )
    labels = probabilities(model, test.texts).argmax(1)

    def explained(row, encoder=model.encoder):
        head = class_head(model, labels[row])
        return ExplainedText(encoder, model.tokenizer, test.texts[row], head)

    found = judged([explained(row) for row in range(n)], of_words, seed)
    others = {
        "not tuned": load_pretrained(model.name)[1],
        "top three layers random": randomized(model.encoder, 3, seed),
        "all random": randomized(model.encoder, None, seed),
    }
    few = range(min(n, N_SANE))
    tuned = [reasons(explained(row)) for row in few]
    for name, encoder in others.items():
        same = {method: [] for method in METHODS}
        for row, mine in zip(few, tuned, strict=True):
            theirs = reasons(explained(row, encoder))
            for method in METHODS:
                pair = np.abs(mine[method]), np.abs(theirs[method])
                same[method].append(spearmanr(*pair).statistic)
        found |= {f"{name}, {method}": same[method] for method in METHODS}
    return found | {"accuracy": float((labels == test.labels).mean())}


def tower(seed, n=25):
    """Why this film? One person who liked it, and the words of each cold film."""
    movielens = load_movielens()
    split = cold_item_split(movielens.interactions, seed=0)
    train = split.train.select(split.train.ratings >= 4)
    texts = item_text(movielens.items, FIELDS)
    training = Training(n_steps=60, batch_size=128, learning_rate=5e-4, seed=seed)
    model = TextTower(texts, training=training).fit(train)
    liked = split.test.select(split.test.ratings >= 4)
    order = np.random.default_rng(0).permutation(len(liked))
    films, first = np.unique(liked.items[order], return_index=True)
    chosen = np.random.default_rng(1).permutation(len(films))[:n]
    pairs = zip(films[chosen], liked.users[order][first][chosen], strict=True)
    encoder = tower_encoder(model)
    explained = [
        ExplainedText(
            encoder,
            model.encoder_.tokenizer,
            texts[film],
            taste_head(model, user),
            model.max_length,
        )
        for film, user in pairs
    ]
    return judged(explained, of_words, seed)


def sequence(seed, n=100, n_epochs=12, d_model=64):
    """Why this film? The first of each person's list."""
    log = leave_one_out(load_movielens().interactions).known("test")
    model = SequentialTransformer(
        network=NetworkSettings(d_model=d_model),
        training=Training(
            n_epochs=n_epochs, batch_size=32, learning_rate=3e-3, seed=seed
        ),
    ).fit(log)
    users = np.random.default_rng(0).permutation(log.n_users)[:n]
    first, histories = model.recommend(users, 1)[:, 0], log.histories()
    explained = [
        ExplainedHistory(model, histories[user], film)
        for user, film in zip(users, first, strict=True)
    ]
    popularity = log.popularity()
    return judged(explained, lambda one: of_events(one, popularity), seed)


def of_words(explained):
    """Orders that know nothing of the model; the last words first have minus F."""
    longest = [sum(map(str.isalpha, word)) for word in explained.words]
    return {"longest first": longest, "first first": -np.arange(len(explained))}


def of_events(explained, popularity):
    """Orders that know nothing of the model; the oldest first have minus F."""
    return {
        "best known first": popularity[explained.events],
        "latest first": np.arange(len(explained)),
    }


def reasons(explained):
    """The importance of each unit by each method."""
    found = (
        explained.attention(),
        explained.rollout(),
        explained.integrated_gradients(N_STEPS),
        explained.occlusion(),
    )
    return dict(zip(METHODS, found, strict=True))


def judged(texts, orders, seed):
    """Faithfulness of each text, mean curves, and how far the methods agree."""
    areas, lines, taus = {}, {}, {}
    for row, explained in enumerate(texts):
        by_method = reasons(explained)
        chance = {"random": random_importance(len(explained), [seed, row])}
        every = by_method | chance | orders(explained)
        both = curves(explained, list(every.values()))
        for name, line in zip(every, zip(*both, strict=True), strict=True):
            lines.setdefault(name, []).append(line)
            areas.setdefault(name, []).append(float(faithfulness(*line)))
        for one, two in combinations(METHODS, 2):
            tau = kendalltau(by_method[one], by_method[two]).statistic
            taus.setdefault(f"{one} and {two}", []).append(tau)
    found = {f"faithful, {name}": values for name, values in areas.items()}
    for name, values in lines.items():
        deletion, insertion = np.mean(values, axis=0)
        found |= {f"deletion, {name}": deletion, f"insertion, {name}": insertion}
    return found | {f"agree, {name}": values for name, values in taus.items()}


def removals(seed, k=10, n=300, n_refitted=40):
    """How many watched films must go before a list of EASE is another one?"""
    log = leave_one_out(load_movielens().interactions).known("test")
    model = EASE().fit(log)
    users = np.random.default_rng(0).permutation(log.n_users)[:n]
    lists = model.recommend(users, k)
    found = {"first": [], "list": [], "greedy": [], "watched": []}
    again = {"first": [], "list": []}
    for row, (user, listed) in enumerate(zip(users, lists, strict=True)):
        watched, terms = terms_of_scores(model, user)
        outside = np.setdiff1d(np.arange(log.n_items), [*watched, *listed])
        others = np.setdiff1d(np.arange(log.n_items), [*watched, listed[0]])
        first = smallest_removal(terms, listed[:1], others)
        whole = smallest_removal(terms, listed, outside)
        found["first"].append(len(first.rows) if first else -1)
        found["list"].append(len(whole.rows) if whole else -1)
        found["greedy"].append(until_passed(terms, listed[0], others))
        found["watched"].append(len(watched))
        if row >= n_refitted:
            continue
        for name, removal, top in (
            ("first", first, listed[:1]),
            ("list", whole, listed),
        ):
            scores = refitted_scores(model, log, user, watched[removal.rows])
            rest = outside if name == "list" else others
            again[name].append(int(scores[rest].max() > scores[top].min()))
    return found | {f"refitted, {name}": values for name, values in again.items()}


def until_passed(terms, film, others):
    """How many of the largest terms of a film go until another passes it."""
    left = terms.sum(0)
    for n, row in enumerate(np.argsort(-terms[:, film], kind="stable"), 1):
        left = left - terms[row]
        if left[others].max() > left[film] + 1e-9:
            return n
    return -1
