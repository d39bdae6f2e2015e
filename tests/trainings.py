"""Every training of the library, in small, and the processes in which they are tried.

``TRAININGS`` holds functions by name. Each takes changes of its ``Training``, a rate of dropout
and what is handed to ``train`` (device, folder, resume), and returns the trained module and its
history. Its epochs have three steps, and it takes eight. Add one with ``@training("its name")``.
"""

import atexit
import copy
import functools
import json
import math
import os
import shutil
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from tiny_gpt import tiny_gpt
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForPreTraining,
    BertLMHeadModel,
    BertModel,
    BertTokenizer,
)

from plmrec_lite.applications.compress.students import distil
from plmrec_lite.applications.multimodal.shelves import tune_shelves
from plmrec_lite.applications.multimodal.twin_heads import tune_heads
from plmrec_lite.applications.privacy.budget import PrivacyBudget
from plmrec_lite.applications.privacy.heads import class_loss
from plmrec_lite.applications.privacy.private_training import train_privately
from plmrec_lite.applications.search.heads import tune_head
from plmrec_lite.applications.search.reranker import Reranker, tune_reranker
from plmrec_lite.applications.search.tuning import half_states, tune_upper
from plmrec_lite.checkpoints import TrainingState
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.labelled_texts import LabelledTexts
from plmrec_lite.nn.skip_gram import SKIP_GRAM, SkipGram
from plmrec_lite.recommenders import (
    DropoutNet,
    LightGCN,
    LinearTower,
    NetworkSettings,
    SequentialTransformer,
    TextTower,
)
from plmrec_lite.runtime import own_seed
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.causal import Decoder, Windows, next_token_losses
from plmrec_lite.text.finetuning import FINE_TUNING, train_model
from plmrec_lite.text.gpt.model import GPT
from plmrec_lite.text.gpt.tuning import tune_answers
from plmrec_lite.text.passages import running_text, sentence_pairs
from plmrec_lite.text.pretraining import masked_model, pretrain
from plmrec_lite.text.small_bert import small_bert
from plmrec_lite.text.upper_layers import UpperLayers
from plmrec_lite.training import Objective, Training, train

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "war", "film", "love", "story", "##s"]
N_STEPS = 8
KILLED_AFTER = 7  # a step after the second epoch, whose end has left a checkpoint
TRAININGS = {}


def training(name):
    """Enter a function in the list."""

    def enter(function):
        TRAININGS[name] = function
        return function

    return enter


def write_tiny_bert(folder, dropout=0.1, n_layers=2):
    """Write a BERT of random weights that reads 16 tokens."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(WORDS))
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=n_layers,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BertModel(config).save_pretrained(folder)
    BertTokenizer(str(vocabulary)).save_pretrained(folder)
    return folder


@functools.cache
def tiny_bert(dropout, n_layers):
    """The name of a tiny BERT, which is there as long as the process."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return str(write_tiny_bert(folder, dropout, n_layers))


def lines(n, words=("a", "war", "film", "love", "story"), seed=0):
    """Texts of one to eight words."""
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(words, size=rng.integers(1, 9))) for _ in range(n)]


def labelled(n, seed=0):
    """Texts that are about love, or not."""
    texts = lines(n, seed=seed)
    labels = [int(text.count("love") > text.count("war")) for text in texts]
    return LabelledTexts(texts, labels, ("war", "love"), range(n))


@training("skip-gram")
def train_skip_gram(changes, dropout=0.0, **options):
    settings = replace(SKIP_GRAM, n_epochs=None, n_steps=N_STEPS, batch_size=50)
    model = SkipGram.fit(
        [line.split() for line in lines(14)],
        replace(settings, **changes),
        d_model=6,
        window=2,
        min_count=1,
        subsample=1,
        **options,
    )
    return model, model.history


def pretraining(kind):
    def run(changes, dropout=0.0, **options):
        encoder = TextEncoder(tiny_bert(dropout, 2), device="cpu")
        documents = [[a, b] for a, b in zip(lines(9), lines(9, seed=1), strict=True)]
        make = sentence_pairs if kind is BertForPreTraining else running_text
        passages = make(documents, encoder.tokenizer, max_length=16)
        n = len(passages.input_ids)
        model = small_bert(kind, encoder.tokenizer, d_model=16, n_layers=1, n_heads=2)
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = dropout
        settings = Training(n_steps=N_STEPS, batch_size=n // 3, learning_rate=0.01)
        settings = replace(settings, **changes)
        return model, pretrain(model, passages, encoder.tokenizer, settings, **options)

    return run


TRAININGS["pre-training, words and pairs"] = pretraining(BertForPreTraining)
TRAININGS["pre-training, words"] = pretraining(BertForMaskedLM)
TRAININGS["pre-training, left to right"] = pretraining(BertLMHeadModel)


@training("pre-training further")
def train_further(changes, dropout=0.0, **options):
    encoder = TextEncoder(tiny_bert(dropout, 2), device="cpu")
    passages = running_text([[text] for text in lines(21)], encoder.tokenizer, max_length=16)
    model = masked_model(encoder)
    settings = replace(Training(n_steps=N_STEPS, batch_size=7, learning_rate=0.01), **changes)
    return model, pretrain(model, passages, encoder.tokenizer, settings, **options)


@training("decoder")
def train_decoder(changes, dropout=0.0, **options):
    settings = replace(Training(n_steps=N_STEPS, batch_size=7, learning_rate=0.01), **changes)
    ids = torch.from_numpy(np.random.default_rng(0).integers(11, size=90))
    model = Decoder(11, d_model=8, n_layers=1, n_heads=2, dropout=dropout, seed=settings.seed)
    windows = Windows(ids, 4, settings.batch_size, settings.seed)
    return model, train(Objective(model, next_token_losses), windows, settings, **options)


def classifier(method):
    def run(changes, dropout=0.0, **options):
        settings = replace(FINE_TUNING[method], n_epochs=None, n_steps=N_STEPS, batch_size=8)
        model = train_model(
            labelled(21),  # batches of 8, 8 and 5
            labelled(11, seed=1),
            method,
            replace(settings, learning_rate=0.01, **changes),
            name=tiny_bert(dropout, 3),
            patience=None,
            **options,
        )
        return model, model.history

    return run


for _method in FINE_TUNING:
    TRAININGS[f"classifier, {_method}"] = classifier(_method)


def events(n_users=21, n_items=26):
    """Histories of 2 to 12 events, in which every item occurs."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(2, 13, n_users)
    users = np.repeat(np.arange(n_users), lengths)
    items = rng.permutation(np.arange(len(users)) % n_items)
    return Interactions(users, items, np.ones(len(users)), range(len(users)), n_users, n_items)


def sequence(objective, loss):
    def run(changes, dropout=0.0, device=None, **options):
        settings = Training(n_steps=N_STEPS, batch_size=7, learning_rate=0.01)
        model = SequentialTransformer(
            objective,
            loss=loss,
            network=NetworkSettings(d_model=8, length=5, dropout=dropout),
            training=replace(settings, **changes),
            n_negatives=5,
            **options,
        ).fit(events())
        return model.network_, model.history_

    return run


for _objective, _loss in (("next", "softmax"), ("next", "sampled"), ("masked", "gbce")):
    TRAININGS[f"sequences, {_objective}, {_loss}"] = sequence(_objective, _loss)


def tower(loss, lora_rank=None):
    def run(changes, dropout=0.0, device=None, **options):
        log = events()
        n = log.matrix().nnz if loss == "match" else log.n_items
        settings = Training(n_steps=N_STEPS, batch_size=n // 3, learning_rate=1e-3)
        model = TextTower(
            lines(log.n_items),
            TextEncoder(tiny_bert(dropout, 2), device=device),
            loss=loss,
            lora_rank=lora_rank,
            training=replace(settings, **changes),
            **options,
        ).fit(log)
        return model.upper_, model.history_

    return run


for _loss in ("cold start", "who", "match"):
    TRAININGS[f"tower, {_loss}"] = tower(_loss)
TRAININGS["tower, LoRA"] = tower("cold start", lora_rank=2)


def item_vectors(n_items):
    """Content of items: five numbers each."""
    return np.random.default_rng(6).normal(size=(n_items, 5))


@training("tower, linear")
def train_linear_tower(changes, dropout=0.0, device=None, **options):
    log = events()
    settings = Training(n_steps=N_STEPS, batch_size=log.n_items // 3, learning_rate=0.01)
    model = LinearTower(training=replace(settings, **changes), **options)
    model.fit(log, item_vectors(log.n_items))
    return model.upper_, model.history_


@training("DropoutNet")
def train_dropout_net(changes, dropout=0.0, device=None, **options):
    log = events()
    settings = Training(n_steps=N_STEPS, batch_size=9, learning_rate=0.01)  # of 26: three batches
    model = DropoutNet(dropout, 4, training=replace(settings, **changes), **options)
    model.fit(log, item_vectors(log.n_items))
    return model.network_, model.history_


def graph(loss):
    def run(changes, dropout=0.0, device=None, **options):
        log = events()
        settings = Training(
            n_steps=N_STEPS, batch_size=-(-log.matrix().nnz // 3), learning_rate=0.01
        )
        model = LightGCN(4, loss=loss, training=replace(settings, **changes), **options).fit(log)
        served = (model.user_vectors_, model.item_vectors_)
        return torch.nn.ParameterList(map(torch.from_numpy, served)), model.history_

    return run


for _loss in ("bpr", "softmax"):
    TRAININGS[f"graph, {_loss}"] = graph(_loss)


def search(n_hard):
    def run(changes, dropout=0.0, device=None, **options):
        encoder = TextEncoder(tiny_bert(dropout, 2), device=device)
        lower = half_states(encoder, lines(21), n_layers=1)
        upper, items = UpperLayers(encoder.model, 1), np.arange(21) % 5
        hard = (items[:, None] + np.arange(1, n_hard + 1)) % 5 if n_hard else None
        settings = Training(n_steps=N_STEPS, batch_size=7, learning_rate=1e-3)
        settings = replace(settings, **changes)
        history = tune_upper(upper, lower, items, settings, hard=hard, device=device, **options)
        return upper, history

    return run


TRAININGS["search, pairs"] = search(0)
TRAININGS["search, hard negatives"] = search(2)


def search_head(**how):
    def run(changes, dropout=0.0, **options):
        items, vectors = np.arange(21) % 5, item_vectors(5).astype(np.float32)
        queries = item_vectors(21).astype(np.float32)
        settings = Training(n_steps=N_STEPS, batch_size=7, learning_rate=1e-3)
        settings = replace(settings, **changes)
        return tune_head(queries, vectors[items], items, vectors, settings, **how, **options)

    return run


TRAININGS["search, head"] = search_head()
TRAININGS["search, head, log q"] = search_head(negatives="batch", log_q=True)


@training("search, reranker")
def train_reranker(changes, dropout=0.0, **options):
    settings = replace(Training(n_steps=N_STEPS, batch_size=7, learning_rate=1e-3), **changes)
    model = Reranker(tiny_bert(dropout, 3), max_length=16, seed=settings.seed)
    documents = [[text, f"{text} war", "a"] for text in lines(21, seed=1)]
    return model, tune_reranker(model, lines(21), documents, settings, **options)


@training("words and pictures, heads")
def train_twin_heads(changes, dropout=0.0, **options):
    words, pictures = (
        item_vectors(21).astype(np.float32)[:, part] for part in (slice(3), slice(3, 6))
    )
    settings = replace(Training(n_steps=N_STEPS, batch_size=7, learning_rate=1e-3), **changes)
    held_out = (words[:5], pictures[:5])
    options = {"watch": None, "choose": None} | options
    return tune_heads(words, pictures, held_out, settings, dimension=4, dropout=dropout, **options)


@training("words and pictures, shelves")
def train_shelves(changes, dropout=0.0, **options):
    words, pictures = (
        item_vectors(21).astype(np.float32)[:, part] for part in (slice(3), slice(3, 6))
    )
    shelves = np.arange(21) % 3
    settings = replace(Training(n_steps=N_STEPS, batch_size=7, learning_rate=1e-3), **changes)
    held_out = (words[:5], pictures[:5], shelves[:5])
    options = {"watch": None, "choose": None} | options
    return tune_shelves(
        words,
        pictures,
        shelves,
        held_out,
        "gated",
        settings,
        missing=0.2,
        dropout=dropout,
        **options,
    )


def student(start):
    def run(changes, dropout=0.0, **options):
        settings = replace(Training(n_steps=N_STEPS, batch_size=7, learning_rate=1e-3), **changes)
        teacher = TextEncoder(tiny_bert(dropout, 3), device=options.get("device"))
        trained, history = distil(teacher, lines(21), 2, start, settings, **options)
        return trained.model, history

    return run


for _start in ("teacher", "random"):
    TRAININGS[f"student, {_start}"] = student(_start)


@training("GPT, answers")
def train_answers(changes, dropout=0.0, device="cpu", **options):
    tiny = tiny_gpt()
    gpt = GPT(tiny.tokenizer, copy.deepcopy(tiny.model), device=device)
    prompts = [f"A viewer liked {line}. Next is" for line in lines(21)]
    settings = replace(Training(n_steps=N_STEPS, batch_size=7, learning_rate=1e-3), **changes)
    answers = [f" {line}" for line in lines(21, seed=1)]
    history = tune_answers(gpt, prompts, answers, settings, rank=2, device=device, **options)
    return gpt.model, history


@training("private head")
def train_private_head(changes, dropout=0.0, **options):
    settings = replace(Training(n_steps=N_STEPS, learning_rate=1e-2), **changes)
    rate = 1 / 3  # three steps an epoch
    budget = PrivacyBudget(
        math.inf if settings.n_steps == 0 else 8.0,
        delta=0.01,
        unit="text",
        n=21,
        clip=0.5,
        rate=rate,
        n_steps=N_STEPS,
        sampling="poisson",
    )
    columns = {
        "vector": item_vectors(21).astype(np.float32),
        "one_hot": np.eye(3, dtype=np.float32)[np.arange(21) % 3],
    }
    with own_seed(settings.seed):
        model = torch.nn.Linear(5, 3)
    return model, train_privately(model, class_loss, columns, budget, settings, **options)


# In processes of their own


def weights(module):
    """All weights of a module, in one row."""
    return torch.cat([weight.detach().cpu().flatten() for weight in module.parameters()])


def assert_alike(one, other):
    """Equal but for a few weights whose gradient is 0 up to rounding, which Adam scales up."""
    assert (one - other).norm() < 1e-3 * one.norm()
    assert ((one - other).abs() > 1e-5).double().mean() < 0.02


def share(folder):
    """Run every training as one of several processes, and say what came out."""
    found = {}
    for n_layers in (2, 3):
        tiny_bert(0.0, n_layers)  # before the processes meet: then only the first one writes
    for name, run in TRAININGS.items():
        module, history = run({})
        found[name] = {"history": history.to_dict("list"), "weights": weights(module)}
    torch.save(found, Path(folder) / f"{os.environ['RANK']}.pt")


def kill(folder):
    """Run every training in a child that is killed in the middle of it; write how each ended."""
    took = TrainingState.took

    def fatal(state, **values):
        took(state, **values)
        if state.step == KILLED_AFTER:
            os.kill(os.getpid(), signal.SIGKILL)

    TrainingState.took = fatal
    ends = {}
    for name, run in TRAININGS.items():
        child = os.fork()
        if not child:
            run({}, dropout=0.1, folder=Path(folder) / name)
            os._exit(0)
        ends[name] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    (Path(folder) / "ends.json").write_text(json.dumps(ends))


if __name__ == "__main__":
    {"share": share, "kill": kill}[sys.argv[1]](sys.argv[2])
