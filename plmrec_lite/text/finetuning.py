"""Fine-tuning a pre-trained model for a task on texts: four functions, from text to prediction.

They have the names of the article's four functions, and do what it meant them to do.
"""

from __future__ import annotations

import numpy as np
import torch

from plmrec_lite.runtime import progress, seed_everything
from plmrec_lite.text.classifier import TextClassifier
from plmrec_lite.text.encoder import TextEncoder
from plmrec_lite.text.pretrained import load_pretrained
from plmrec_lite.text.training import run_trainer

LEARNING_RATES = {"all layers": 2e-4, "last layers": 1e-3, "LoRA": 2e-3}


def preprocess_data(texts, tokenizer=None, max_length=128):
    """Turn texts into the tables that a model reads, filled up to the longest of them.

    Parameters
    ----------
    texts : sequence of str
        n texts, n at least 1.
    tokenizer : transformers.PreTrainedTokenizerBase or None
        None takes that of the default model.
    max_length : int, default 128
        A longer text is cut to this many tokens.

    Returns
    -------
    dict of int tensor (n, T)
        ``input_ids`` and ``attention_mask``; T is the length of the longest text.

    Raises
    ------
    TypeError
        If ``texts`` is one string, or holds something else.
    ValueError
        If there is no text, or an empty one.

    Examples
    --------
    >>> preprocess_data(["a gem", "a waste of time"])["input_ids"].tolist()
    [[101, 1037, 17070, 102, 0, 0], [101, 1037, 5949, 1997, 2051, 102]]

    Source: Devlin et al. 2019.
    """
    tokenizer = tokenizer or load_pretrained()[0]
    ids = _token_ids(texts, tokenizer, max_length)
    return dict(tokenizer.pad({"input_ids": ids}, return_tensors="pt"))


def extract_features(texts, encoder=None, batch_size=64):
    """Turn texts into vectors with a frozen model: in batches, and without gradients.

    Parameters
    ----------
    texts : sequence of str
        n texts, none empty.
    encoder : TextEncoder or None
        None takes the default model.
    batch_size : int, default 64
        Texts at once.

    Returns
    -------
    float32 array (n, d)
        The mean of each text's token vectors, scaled to length 1.

    Raises
    ------
    TypeError, ValueError
        As ``TextEncoder.encode`` does.

    Source: Reimers and Gurevych 2019.
    """
    return (encoder or TextEncoder()).encode(texts, batch_size=batch_size, truncate=True)


def train_model(
    train,
    validation,
    method="all layers",
    *,
    name=None,
    learning_rate=None,
    max_length=128,
    patience=1,
    seed=0,
    folder=None,
    resume=False,
    **settings,
):
    """Fine-tune a pre-trained model on labelled texts, and return it.

    Parameters
    ----------
    train, validation : LabelledTexts
        Learn on the first; stop, and choose the best state, by macro-F1 on the second.
    method : {"all layers", "last layers", "LoRA"}
        Which weights move, as in ``TextClassifier.choose_weights``.
    name : str or None
        The pre-trained model, as in ``load_pretrained``.
    learning_rate : float or None
        None takes 2e-4 for all layers, 1e-3 for the last ones, 2e-3 for LoRA: chosen on
        validation for MiniLM.
    max_length : int, default 128
        Longer texts are cut to this many tokens.
    patience : int, default 1
        Looks at validation without a better macro-F1 after which training ends.
    seed : int, default 0
        Of the head's first weights, of order and of dropout.
    folder : str, pathlib.Path or None
        Where checkpoints go, if the run is to be resumable; several processes need one.
    resume : bool, default False
        Go on from the last checkpoint in ``folder``. Give the same settings.
    **settings
        Epochs, batch size, accumulation, warm-up, clipping, precision, device and so on:
        see ``plmrec_lite.text.training.training_arguments``.

    Returns
    -------
    TextClassifier
        In evaluation mode; its ``history`` says how training went.

    Raises
    ------
    ValueError
        If the parts have different classes or no texts, or a setting is out of range.
    torch.OutOfMemoryError
        If the device is too small, with what to try.
    plmrec_lite.text.pretrained.ModelError
        If the model cannot be loaded.

    Source: Devlin et al. 2019, section 3.2; Mosbach et al. 2021.
    """
    if train.classes != validation.classes or not len(train) or not len(validation):
        raise ValueError(
            f"{len(train)} texts of {train.classes} to train on and {len(validation)} of "
            f"{validation.classes} to validate: give some of each, with the same classes"
        )
    seed_everything(seed)
    model = TextClassifier(train.classes, name)
    model.choose_weights(method)
    length = min(max_length, model.max_length)
    examples = [_examples(part, model.tokenizer, length) for part in (train, validation)]
    rate = LEARNING_RATES[method] if learning_rate is None else learning_rate
    settings |= {"learning_rate": rate, "patience": patience, "seed": seed}
    model.history = run_trainer(model, *examples, settings, folder, resume)
    model.merge()
    return model.eval()


@torch.inference_mode()
def probabilities(model, texts, batch_size=64, max_length=128):
    """Return how likely each class is for each text, according to a trained model.

    Parameters
    ----------
    model : TextClassifier
        What ``train_model`` returned.
    texts : sequence of str
        n texts, none empty.
    batch_size : int, default 64
        Texts at once, sorted by length.
    max_length : int, default 128
        Longer texts are cut to this many tokens.

    Returns
    -------
    float array (n, n_classes)
        Rows sum to 1, columns are in the order of ``model.classes``.

    Raises
    ------
    TypeError, ValueError
        As ``preprocess_data`` does.

    Source: Devlin et al. 2019.
    """
    model.eval()
    ids = _token_ids(texts, model.tokenizer, min(max_length, model.max_length))
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    found = np.empty((len(ids), len(model.classes)))
    for start in progress(range(0, len(order), batch_size), "predicting"):
        rows = order[start : start + batch_size]
        batch = model.tokenizer.pad({"input_ids": [ids[row] for row in rows]}, return_tensors="pt")
        logits = model(**batch.to(model.device))["logits"]  # (B, n_classes)
        found[rows] = logits.double().softmax(-1).cpu().numpy()
    return found


def predict(model, texts, batch_size=64, max_length=128):
    """Return the most likely class of each text, by name.

    Parameters
    ----------
    model : TextClassifier
        What ``train_model`` returned.
    texts : sequence of str
        n texts, none empty.
    batch_size : int, default 64
        Texts at once.
    max_length : int, default 128
        Longer texts are cut to this many tokens.

    Returns
    -------
    str array (n,)
        Names from ``model.classes``.

    Raises
    ------
    TypeError, ValueError
        As ``preprocess_data`` does.

    Source: Devlin et al. 2019.
    """
    likely = probabilities(model, texts, batch_size, max_length).argmax(1)
    return np.array(model.classes)[likely]


def _token_ids(texts, tokenizer, max_length):
    """Token ids of each text, cut to length and not filled up."""
    if isinstance(texts, str):
        raise TypeError(f"texts is the one string {texts[:40]!r}: pass a list, [text]")
    texts = list(texts)
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"text {row} is {text!r}, not a string: convert or drop it")
        if not text.strip():
            raise ValueError(f"text {row} is empty: drop it, or give it a placeholder of your own")
    if not texts:
        raise ValueError("no texts: give at least one")
    return tokenizer(texts, truncation=True, max_length=max_length, verbose=False)["input_ids"]


def _examples(labelled, tokenizer, max_length):
    """Labelled texts as the Trainer takes them: a list of examples, not yet filled up."""
    ids = _token_ids(labelled.texts, tokenizer, max_length)
    return [
        {"input_ids": row, "attention_mask": [1] * len(row), "labels": int(label)}
        for row, label in zip(ids, labelled.labels, strict=True)
    ]
