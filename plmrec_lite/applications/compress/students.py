"""A small student that learns to give the vectors of a large teacher."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from plmrec_lite.applications.compress.networks import first_layers, layers_of
from plmrec_lite.checks import check_choice, check_texts
from plmrec_lite.runtime import check_seed, own_seed
from plmrec_lite.text.batches import TextBatches
from plmrec_lite.training import Training, train

STARTS = ("teacher", "random")
DISTILLATION = Training(n_epochs=2, batch_size=32, learning_rate=1e-3)


class Student(nn.Module):
    """A network that is to give the teacher's vectors: a module for ``train``.

    Parameters
    ----------
    network : transformers.PreTrainedModel; of BERT's kind
    targets : float tensor (n, d); the teacher's vector of each text, of length 1

    Source: Hinton, Vinyals and Dean 2015; Reimers and Gurevych 2020 (vectors as targets).
    """

    def __init__(self, network, targets):
        super().__init__()
        self.network = network
        self.register_buffer("targets", targets, persistent=False)

    def forward(self, batch):
        """Return the loss of a part of a batch.

        Parameters
        ----------
        batch : dict; of ``TextBatches``, the label of a text is its row in ``targets``

        Returns
        -------
        dict of float tensor (); ``loss``, 1 - cosine to the teacher's vector: half their squared
            distance
        """
        hidden = self.network(batch["input_ids"], batch["attention_mask"]).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)  # (B, T, 1)
        vectors = nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)  # (B, d)
        cosines = (vectors * self.targets[batch["labels"]]).sum(-1)
        return {"loss": (1 - cosines).sum() / batch["num_items_in_batch"]}


def distil(
    teacher,
    texts,
    n_layers=2,
    start="teacher",
    settings=DISTILLATION,
    *,
    held_out=None,
    **options,
):
    """Train a student of few layers on a teacher's vectors of texts; no label is needed.

    The word embeddings are the teacher's, and stay; the layers are trained.

    Parameters
    ----------
    teacher : TextEncoder; a model of BERT's kind; not changed
    texts : sequence of n str; none empty
    n_layers : int; of the student
    start : {"teacher", "random"}; the layers are at first the teacher's first ones, or drawn
    settings : Training; its seed draws the layers too
    held_out : sequence of str or None; the history holds the mean ``cosine`` on them
    **options : ``watch_every``, ``folder``, ``resume`` and ``device`` of ``train``

    Returns
    -------
    student : TextEncoder
    history : pandas.DataFrame; see ``train``

    Raises
    ------
    ValueError: a setting out of range, no text, or the teacher is of another kind

    Source: Jiao et al. 2020 (TinyBERT: a student begins with layers of its teacher).
    """
    texts = check_texts(texts)
    check_choice("start", start, STARTS)
    if not texts:
        raise ValueError("no texts: give some for the student to read")
    student = first_layers(teacher, n_layers)
    network = student.model
    for name, weight in network.named_parameters():
        weight.requires_grad_(name.startswith("encoder.layer."))
    if start == "random":
        draw_layers(network, settings.seed)
    words = teacher.tokenizer(texts, truncation=True, max_length=teacher.max_length)
    rows = zip(words["input_ids"], words["attention_mask"], strict=True)
    examples = [
        {"input_ids": ids, "attention_mask": mask, "labels": row}
        for row, (ids, mask) in enumerate(rows)
    ]
    targets = torch.from_numpy(teacher.encode(texts, truncate=True))
    history = train(
        Student(network, targets),
        TextBatches(examples, teacher.tokenizer, settings.batch_size, settings.seed),
        settings,
        watch=None if held_out is None else _watch(teacher, student, held_out),
        title="distilling",
        **{"device": teacher.device} | options,
    )
    network.requires_grad_(True)
    return student, history


def draw_layers(network, seed=0):
    """Draw the weights of all layers as before pre-training, in place; the embeddings stay.

    Parameters
    ----------
    network : transformers.PreTrainedModel; of BERT's kind
    seed : int
    """
    check_seed(seed)
    spread, where = network.config.initializer_range, network.device
    network.cpu()  # where the draw is the same on every machine
    with own_seed(seed):
        for module in layers_of(network).modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=spread)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.LayerNorm):
                module.reset_parameters()
    network.to(where)


def agreement(encoder, teacher, texts):
    """Return how near an encoder's vectors are to a teacher's, text by text.

    Parameters
    ----------
    encoder, teacher : with ``.encode(texts)``; vectors of the same length
    texts : sequence of n str

    Returns
    -------
    float array (n,); cosines; the squared distance of two vectors of length 1 is 2 - 2 cosine
    """
    one, other = (np.asarray(model.encode(texts), np.float64) for model in (encoder, teacher))
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return (one * other).sum(axis=1) / lengths


def _watch(teacher, student, held_out):
    wanted = teacher.encode(held_out, truncate=True)

    def look(step, module):
        given = student.encode(held_out, truncate=True)
        return {"cosine": float((given * wanted).sum(1).mean())}

    return look
