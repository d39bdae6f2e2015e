"""Can an attacker tell whose data a trained network was trained on?

Six models of each kind are trained, each on a random half of the people, or of the
sentences. The first four are attacked; the other five are the attacker's shadow
models. A seed decides the halves, the known films, and the training.
"""

from dataclasses import replace

import numpy as np
from plmrec_lite.applications.privacy.heads import confidence
from plmrec_lite.applications.privacy.membership import (
    likelihood_ratio,
    random_halves,
)
from plmrec_lite.applications.privacy.traces import some_events, traces_of
from plmrec_lite.data import load_movielens
from plmrec_lite.data.sources.opinions import load_sentiments
from plmrec_lite.data.text_splits import stratified_split
from plmrec_lite.recommenders import SequentialTransformer
from plmrec_lite.text.finetuning import FINE_TUNING, probabilities, train_model
from plmrec_lite.training import Training

SEEDS = (0, 1, 2)
CASES = {"sequence": {"kind": "sequence"}, "classifier": {"kind": "classifier"}}
CHECK = {"kind": "sequence", "n_epochs": 1}
N_MODELS, N_TARGETS = 6, 4
N_SENTENCES = 600  # half of which a classifier is trained on


def run(seed, kind, n_epochs=None):
    """Scores of the attacks, target by target."""
    if kind == "classifier":
        return of_sentences(seed, n_epochs or 2)
    return of_people(seed, n_epochs or 12)


def of_people(seed, n_epochs):
    """Attack a sequence model by people's histories, known whole or in part."""
    log = load_movielens().interactions
    halves = random_halves(log.n_users, N_MODELS, seed)
    whole = log.histories()
    known = {"all films": whole, "10 films": some_events(whole, 10, seed)}
    traces = {name: [] for name in known}
    for number, half in enumerate(halves):
        settings = Training(
            n_epochs=n_epochs,
            batch_size=32,
            learning_rate=3e-3,
            seed=seed * N_MODELS + number,
        )
        model = SequentialTransformer(training=settings)
        model.fit(log.select(half[log.users]))
        for name, histories in known.items():
            traces[name].append(traces_of(model, histories))
    return {
        "trace alone": short(traces["all films"][:N_TARGETS]),
        "all films": attacked(traces["all films"], halves),
        "10 films": attacked(traces["10 films"], halves, two_sided=False),
    }


def of_sentences(seed, n_epochs):
    """Attack a fine-tuned classifier by sentences with their classes."""
    split = stratified_split(load_sentiments())
    pool = split.train.sample(N_SENTENCES, seed)
    halves = random_halves(len(pool), N_MODELS, seed)
    traces, right = [], []
    for number, half in enumerate(halves):
        settings = replace(
            FINE_TUNING["all layers"],
            n_epochs=n_epochs,
            batch_size=16,
            seed=seed * N_MODELS + number,
        )
        model = train_model(
            pool.take(np.flatnonzero(half)),
            split.validation.sample(100),
            "all layers",
            settings,
            patience=None,
        )
        p = probabilities(model, pool.texts)
        traces.append(confidence(np.log(p[np.arange(len(pool)), pool.labels])))
        right.append(float((p.argmax(1) == pool.labels)[~half].mean()))
        del model
    return {
        "sentences": attacked(traces, halves),
        "trace alone": short(traces[:N_TARGETS]),
        "right on others": float(np.mean(right)),
    }


def attacked(traces, halves, two_sided=True):
    """Scores of the attack by shadow models on each target."""
    how = {"two_sided": two_sided, "common_spread": True}
    return short(
        [
            likelihood_ratio(traces, halves, target, **how)
            for target in range(N_TARGETS)
        ]
    )


def short(rows):
    """All numbers in one list, with four digits."""
    return [float(f"{value:.4g}") for value in np.concatenate(rows)]
