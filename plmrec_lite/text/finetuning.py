"""Fine-tuning a pre-trained model for a task on texts: from text to prediction."""

from __future__ import annotations

import numpy as np
import torch

from plmrec_lite.checks import check_choice, check_texts
from plmrec_lite.evaluation.classification import macro_f1
from plmrec_lite.nn.losses import cross_entropy
from plmrec_lite.runtime import progress
from plmrec_lite.text.batches import TextBatches
from plmrec_lite.text.classifier import TextClassifier
from plmrec_lite.text.encoder import TextEncoder
from plmrec_lite.text.pretrained import load_pretrained
from plmrec_lite.training import Objective, Training, train

# The learning rates were chosen on validation for MiniLM, one seed, 2,000 sentences.
FINE_TUNING = {
    "all layers": Training(n_epochs=3, batch_size=32, learning_rate=2e-4),
    "last layers": Training(n_epochs=3, batch_size=32, learning_rate=1e-3),
    "LoRA": Training(n_epochs=3, batch_size=32, learning_rate=2e-3),
}


def preprocess_data(texts, tokenizer=None, max_length=128):
    """Turn texts into the tables that a model reads, padded to the longest of them.

    Parameters
    ----------
    texts : sequence of n str, n at least 1
    tokenizer : transformers.PreTrainedTokenizerBase or None; None takes the default model's
    max_length : int; tokens to which a longer text is cut

    Returns
    -------
    dict of int tensor (n, T); ``input_ids`` and ``attention_mask``

    Raises
    ------
    TypeError, ValueError: see ``check_texts``; or there is no text
    """
    tokenizer = tokenizer or load_pretrained()[0]
    ids = _token_ids(texts, tokenizer, max_length)
    return dict(tokenizer.pad({"input_ids": ids}, return_tensors="pt"))


def extract_features(texts, encoder=None, batch_size=64):
    """Turn texts into vectors with a frozen model, in batches and without gradients.

    Parameters
    ----------
    texts : sequence of n str
    encoder : TextEncoder or None; None takes the default model
    batch_size : int

    Returns
    -------
    float32 array (n, d); the means of the token vectors, of length 1
    """
    return (encoder or TextEncoder()).encode(texts, batch_size=batch_size, truncate=True)


def train_model(
    labelled,
    validation,
    method="all layers",
    settings=None,
    *,
    name=None,
    max_length=128,
    watch_every=None,
    patience=1,
    folder=None,
    resume=False,
    device=None,
):
    """Fine-tune a pre-trained model on labelled texts.

    Parameters
    ----------
    labelled : LabelledTexts
    validation : LabelledTexts; macro-F1 here stops training and chooses the weights
    method : {"all layers", "last layers", "LoRA"}; see ``TextClassifier.choose_weights``
    settings : Training or None; None takes ``FINE_TUNING[method]``; its seed is the head's too
    name : str or None; the pre-trained model, see ``load_pretrained``
    max_length : int; tokens to which a longer text is cut
    watch_every : int or None; steps between two looks at validation, None: at each epoch's end
    patience : int or None; looks without a better macro-F1 after which training ends
    folder, resume, device : see ``train``

    Returns
    -------
    TextClassifier; in evaluation mode; its ``history`` is that of ``train``, with
        ``validation_loss`` and ``validation_macro_f1``

    Raises
    ------
    ValueError: an unknown method, parts without texts or with different classes; or see ``train``
    ModelError: the model cannot be loaded

    Source: Devlin et al. 2019, section 3.2; Mosbach et al. 2021.
    """
    if labelled.classes != validation.classes or not len(labelled) or not len(validation):
        raise ValueError(
            f"{len(labelled)} texts of {labelled.classes} to train on and {len(validation)} of "
            f"{validation.classes} to validate: give some of each, with the same classes"
        )
    check_choice("method", method, tuple(FINE_TUNING))
    settings = FINE_TUNING[method] if settings is None else settings
    model = TextClassifier(labelled.classes, name, settings.seed)
    model.choose_weights(method)
    model.history = train(
        Objective(model, classifier_loss),
        TextBatches(
            as_examples(labelled, model.tokenizer, min(max_length, model.max_length)),
            model.tokenizer,
            settings.batch_size,
            settings.seed,
        ),
        settings,
        watch=lambda step, _: _judge(model, validation, max_length),
        watch_every=watch_every,
        choose="validation_macro_f1",
        patience=patience,
        folder=folder,
        resume=resume,
        device=device,
        title="fine-tuning",
    )
    model.merge()
    return model.eval()


def classifier_loss(model, batch):
    """Return the loss of a part of a batch: the ``losses`` of an ``Objective``.

    Parameters
    ----------
    model : TextClassifier
    batch : dict; what ``TextBatches`` yields, or a part of it

    Returns
    -------
    dict of float tensor (); ``loss``
    """
    return {"loss": model(**batch)["loss"]}


def probabilities(model, texts, batch_size=64, max_length=128):
    """Return how likely each class is for each text, according to a trained model.

    Parameters
    ----------
    model : TextClassifier
    texts : sequence of n str
    batch_size : int
    max_length : int; tokens to which a longer text is cut

    Returns
    -------
    float array (n, n_classes); rows sum to 1, columns in the order of ``model.classes``
    """
    return _logits(model, texts, batch_size, max_length).softmax(-1).numpy()


def predict(model, texts, batch_size=64, max_length=128):
    """Return the most likely class of each text, by name.

    Parameters
    ----------
    model, texts, batch_size, max_length : see ``probabilities``

    Returns
    -------
    str array (n,); names from ``model.classes``
    """
    likely = probabilities(model, texts, batch_size, max_length).argmax(1)
    return np.array(model.classes)[likely]


@torch.inference_mode()
def _logits(model, texts, batch_size, max_length):
    """Logits of texts, float64 on the CPU, (n, n_classes); without dropout."""
    model.eval()
    ids = _token_ids(texts, model.tokenizer, min(max_length, model.max_length))
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    found = torch.empty(len(ids), len(model.classes), dtype=torch.float64)
    for start in progress(range(0, len(order), batch_size), "predicting"):
        rows = order[start : start + batch_size]
        batch = model.tokenizer.pad({"input_ids": [ids[row] for row in rows]}, return_tensors="pt")
        logits = model(**batch.to(model.device))["logits"]  # (B, n_classes)
        found[rows] = logits.cpu().double()  # in this order: Apple's GPU has no float64
    return found


def _judge(model, labelled, max_length):
    logits = _logits(model, labelled.texts, 64, max_length)
    labels = torch.as_tensor(np.asarray(labelled.labels))
    return {
        "validation_loss": cross_entropy(logits, labels).item(),
        "validation_macro_f1": macro_f1(labelled.labels, logits.argmax(1).numpy()),
    }


def _token_ids(texts, tokenizer, max_length):
    """Token ids of each text, cut to length and not padded."""
    texts = check_texts(texts)
    if not texts:
        raise ValueError("no texts: give at least one")
    return tokenizer(texts, truncation=True, max_length=max_length, verbose=False)["input_ids"]


def as_examples(labelled, tokenizer, max_length=128):
    """Return labelled texts as examples for ``collate``, not yet padded.

    Parameters
    ----------
    labelled : LabelledTexts
    tokenizer : transformers.PreTrainedTokenizerBase
    max_length : int; tokens to which a longer text is cut

    Returns
    -------
    list of n dict; ``input_ids``, ``attention_mask`` and ``labels``
    """
    ids = _token_ids(labelled.texts, tokenizer, max_length)
    return [
        {"input_ids": row, "attention_mask": [1] * len(row), "labels": int(label)}
        for row, label in zip(ids, labelled.labels, strict=True)
    ]
