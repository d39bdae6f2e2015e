"""Can an attacker tell whose data a model was trained on?

Of each kind several models are trained, each on a random half of the people, or of
the sentences. The first four are attacked; the others are the attacker's shadow
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
from plmrec_lite.recommenders import (
    EASE,
    MatrixFactorization,
    SequentialTransformer,
)
from plmrec_lite.text.finetuning import FINE_TUNING, probabilities, train_model
from plmrec_lite.training import Training

SEEDS = (0, 1, 2)
CASES = {
    "EASE": {"kind": "EASE", "n_models": 32},
    "EASE, penalty 1000": {"kind": "EASE, penalty 1000", "n_models": 32},
    "ALS": {"kind": "ALS", "n_models": 24},
    "sequence": {"kind": "sequence", "n_models": 6},
    "classifier": {"kind": "classifier", "n_models": 6},
}
CHECK = {"kind": "EASE", "n_models": 8}
N_TARGETS = 4
KNOWN = (20, 10, 5)  # films of a person that a weaker attacker knows
N_SENTENCES = 600  # half of which a classifier is trained on
N_EPOCHS = 2


def run(seed, kind, n_models):
    """Scores of the attacks, target by target."""
    attack = of_sentences if kind == "classifier" else of_people
    return attack(seed, kind, n_models)


def of_people(seed, kind, n_models):
    """Attack a recommender by people's histories, known whole or in part."""
    log = load_movielens().interactions
    halves = random_halves(log.n_users, n_models, seed)
    whole = log.histories()
    known = {"all films": whole}
    known |= {f"{n} films": some_events(whole, n, seed) for n in KNOWN}
    traces = {name: [] for name in known}
    for number, half in enumerate(halves):
        model = recommender(kind, seed * n_models + number)
        model.fit(log.select(half[log.users]))
        for name, histories in known.items():
            traces[name].append(traces_of(model, histories))
    found, few = {}, n_models < 20
    for name, rows in traces.items():
        found[f"one-sided, {name}"] = attacked(rows, halves, False, few)
        found[f"fit alone, {name}"] = short(rows[:N_TARGETS])
    found["two-sided, all films"] = attacked(traces["all films"], halves, True, few)
    return found


def recommender(kind, seed):
    """An untrained model of a kind."""
    if kind.startswith("EASE"):
        return EASE(1000.0 if kind.endswith("1000") else 100.0)
    if kind == "ALS":
        return MatrixFactorization(seed=seed)
    settings = Training(n_epochs=12, batch_size=32, learning_rate=3e-3, seed=seed)
    return SequentialTransformer(training=settings)


def of_sentences(seed, kind, n_models):
    """Attack a fine-tuned classifier by sentences with their classes."""
    split = stratified_split(load_sentiments())
    pool = split.train.sample(N_SENTENCES, seed)
    halves = random_halves(len(pool), n_models, seed)
    traces, right = [], []
    for number, half in enumerate(halves):
        settings = replace(
            FINE_TUNING["all layers"],
            n_epochs=N_EPOCHS,
            batch_size=16,
            seed=seed * n_models + number,
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
        "two-sided": attacked(traces, halves, True, True),
        "fit alone": short(traces[:N_TARGETS]),
        "right on others": float(np.mean(right)),
    }


def attacked(traces, halves, two_sided, few):
    """Scores of the attack by shadow models on each target, one after the other."""
    return short(
        [
            likelihood_ratio(
                traces, halves, target, two_sided=two_sided, common_spread=few
            )
            for target in range(N_TARGETS)
        ]
    )


def short(rows):
    """All numbers in one list, with four digits."""
    return [float(f"{value:.4g}") for value in np.concatenate(rows)]
