"""A text tower over a BERT of random weights, small enough for the contract of all models."""

import atexit
import shutil
import tempfile
from dataclasses import fields
from functools import cache
from pathlib import Path

import torch
from transformers import BertConfig, BertModel, BertTokenizer

from plmrec_lite.recommenders import TextTower
from plmrec_lite.training import Training

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz"]


TRAINING = {field.name for field in fields(Training)}


@cache
def tiny_bert(dropout=0.1, seed=0, n_layers=2):
    """The folder of a BERT of random weights that reads letters."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS))
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
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        BertModel(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


def tiny_tower(n_items=26, encoder=None, n_steps=2, batch_size=8, seed=0, watch=None, **settings):
    """A tower for items named a, b, c, ... whose longer names have more letters."""
    texts = [" ".join(WORDS[5 + i % 26] * (1 + i % 3)) for i in range(n_items)]
    mine = {name: settings.pop(name) for name in list(settings) if name in TRAINING}
    training = Training(n_steps=n_steps, batch_size=batch_size, seed=seed, **mine)
    settings = {"regularization": 1.0, "training": training} | settings
    return TextTower(texts, tiny_bert() if encoder is None else encoder, watch=watch, **settings)
