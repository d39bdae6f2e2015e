"""Small corpora, and encoders that Ray's workers can be sent."""

import json

import pyarrow as pa
from pyarrow.parquet import write_table

N, BLOCK = 23, 4
TEXTS = [f"film {i} of {i * i}" for i in range(N)]


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write_parquet(path, texts=TEXTS, row_group_size=5):
    write_table(pa.table({"text": texts, "n": range(len(texts))}), path, row_group_size)
    return path


def counting(kill_at=None, mark=None):
    """An encoder that counts letters; its process dies at a text: once, if there is a mark.

    Its class is made here so that it travels to a worker by value.
    """

    class Counting:
        def __init__(self):
            self.sizes = []

        def encode(self, texts):
            import os
            import signal

            import numpy as np

            if kill_at in texts and not (mark and os.path.exists(mark)):
                if mark:
                    with open(mark, "w"):
                        pass
                os.kill(os.getpid(), signal.SIGKILL)
            self.sizes.append(len(texts))
            return np.array([[len(text), sum(map(ord, text))] for text in texts], np.float32)

    return Counting()
