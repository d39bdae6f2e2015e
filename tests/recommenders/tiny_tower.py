"""A text tower over a BERT of random weights, small enough for the contract of all models."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import torch
from transformers import BertConfig, BertModel, BertTokenizer

from plmrec_lite.recommenders import TextTower

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz"]


@cache
def tiny_bert():
    """The folder of a two-layer BERT that reads letters."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        BertModel(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


def tiny_tower(n_items=26, **settings):
    """A tower for items named a, b, c, ... whose longer names have more letters."""
    texts = [" ".join(WORDS[5 + i % 26] * (1 + i % 3)) for i in range(n_items)]
    defaults = {"n_steps": 2, "batch_size": 8, "regularization": 1.0}
    return TextTower(texts, tiny_bert(), **(defaults | settings))
