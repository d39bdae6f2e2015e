"""How long does a corpus take to encode, with one process and with two?

The command ``plmrec-lite encode`` reads opinions: in one process, in two that
accelerate starts, and with one or two workers of Ray Data. Each process has one
thread, on a machine with two cores. Seconds are those of the whole command: Python,
torch and the model are loaded anew by each process. A seed draws the texts. All
ways must give the same vectors.

Predictions, written before the run (after one look with 64 texts on a busy machine,
where all vectors were equal and Ray took most of a minute):

1. The vectors of all ways are equal, bit by bit.
2. With 1,280 texts two processes of accelerate take between half and two thirds of
   the time of one. Two workers of Ray take more: Ray has to start first.
3. With 256 texts two workers of Ray take longer than one process without Ray.
4. The fitted model misses none of the measured runs by more than a tenth.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from plmrec_lite.applications.corpus.vectors_folder import CorpusVectors
from plmrec_lite.data import load_opinions

SEEDS = (0, 1, 2)
WAYS = {
    "one process": ("accelerate", 1),
    "accelerate, 2 processes": ("accelerate", 2),
    "Ray, 1 worker": ("Ray", 1),
    "Ray, 2 workers": ("Ray", 2),
}
CASES = {"all": {}}
CHECK = {"ways": ("one process", "Ray, 2 workers"), "sizes": (64,), "block": 16}
SIZES = (256, 1280)
BLOCK = 64
PORT = 29517


def run(seed, ways=tuple(WAYS), sizes=SIZES, block=BLOCK):
    """Return seconds of each way, and how many vectors differ from the first."""
    values = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for n in sizes:
            texts = load_opinions().text.sample(n, random_state=seed)
            source = folder / f"{n}.jsonl"
            source.write_text(
                "".join(json.dumps({"text": t}) + "\n" for t in texts)
            )
            whole = None
            for way in ways:
                out = folder / f"{n}, {way}"
                values[f"seconds, {way}, {n}"] = encode(
                    source, out, block, *WAYS[way]
                )
                vectors = CorpusVectors(out).load()
                whole = vectors if whole is None else whole
                values[f"differing, {way}, {n}"] = int(
                    (vectors != whole).any(1).sum()
                )
                values[f"vectors, {way}, {n}"] = len(vectors)
    return values


def encode(source, out, block, kind, n):
    """Run the command and return its seconds."""
    words = ["-m", "plmrec_lite", "encode", source, "--out", out, "--block", block]
    start = [sys.executable]
    if kind == "Ray":
        words += ["--workers", n]
    elif n > 1:
        start += ["-m", "accelerate.commands.launch", "--multi_gpu"]
        start += ["--num_processes", n, "--num_machines", 1]
        start += ["--mixed_precision", "no", "--dynamo_backend", "no"]
        start += ["--main_process_port", PORT]
    quiet = {"OMP_NUM_THREADS": "1", "PLMREC_PROGRESS": "0"}
    quiet["ACCELERATE_USE_CPU"] = "true"
    begin = time.perf_counter()
    done = subprocess.run(
        [str(word) for word in start + words],
        env={**os.environ, **quiet},
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise RuntimeError(
            f"{kind}, {n}: {done.stdout[-2000:]} {done.stderr[-2000:]}"
        )
    return seconds
