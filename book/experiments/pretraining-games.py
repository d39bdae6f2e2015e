"""How much to hide, what to predict, where to start: what a small BERT learns."""

import numpy as np
from plmrec_lite.text.corpus import film_corpus
from plmrec_lite.text.held_out import (
    guess_hidden,
    guess_next_sentence,
    token_surprise,
)
from plmrec_lite.text.pretraining import (
    Passages,
    pretrain,
    running_text,
    sentence_pairs,
    small_bert,
)
from plmrec_lite.text.wordpiece import train_wordpiece
from plmrec_lite.training import Training
from transformers import BertForMaskedLM, BertForPreTraining, BertLMHeadModel

SEEDS = (0, 1, 2)
KINDS = {
    "words and pairs": BertForPreTraining,
    "words": BertForMaskedLM,
    "next word": BertLMHeadModel,
}
CASES = {
    "hide 15 %, both games": {"game": "words and pairs"},
    "hide 5 %": {"game": "words and pairs", "rate": 0.05},
    "hide 40 %": {"game": "words and pairs", "rate": 0.4},
    "pairs, but no second game": {"game": "words", "pairs": True},
    "running text, no second game": {"game": "words"},
    "no head start": {"game": "words and pairs", "neighbours": False},
    "next word, left to right": {"game": "next word"},
}
CHECK = {"game": "words and pairs", "n_steps": 20}


def run(seed, game, rate=0.15, pairs=False, neighbours=True, n_steps=500):
    """Train on 593 films, guess in the 74 test films; per film, for intervals."""
    corpus = film_corpus()
    tokenizer = train_wordpiece([" ".join(document) for document in corpus.train])
    kind = KINDS[game]
    if pairs or kind is BertForPreTraining:
        train = sentence_pairs(corpus.train, tokenizer, copies=4, seed=seed)
    else:
        train = running_text(corpus.train, tokenizer)
    model = small_bert(kind, tokenizer, neighbours=neighbours, seed=seed)
    settings = Training(
        n_steps=n_steps, batch_size=16, learning_rate=2e-3, seed=seed
    )
    history = pretrain(model, train, tokenizer, settings, rate=rate)

    test = running_text(corpus.test, tokenizer)
    some = Passages(*(None if part is None else part[::6] for part in test))
    surprise = token_surprise(model, some, tokenizer)
    values = {
        "bits a token": float(np.nanmean(surprise) / np.log(2)),
        "guessed in training": int(history.guessed.sum()),
    }
    if kind is not BertLMHeadModel:
        guesses = guess_hidden(model, test, tokenizer)
        films = np.arange(len(corpus.test))
        values |= {
            "accuracy": float(guesses.right.mean()),
            "surprise": float(guesses.surprise.mean()),
            "right by film": [
                int(guesses.right[guesses.document == f].sum()) for f in films
            ],
            "hidden by film": [int((guesses.document == f).sum()) for f in films],
        }
    if kind is BertForPreTraining:
        asked = sentence_pairs(corpus.test, tokenizer, copies=4)
        answers = guess_next_sentence(model, asked, tokenizer)
        values["next sentence"] = float((answers == asked.is_next).mean())
    return values
