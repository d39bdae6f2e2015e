"""What does an encoder lose, and what does it save, when it runs in another way?

The ways: torch in float32, ONNX Runtime in float32 and in int8, and a table of one
vector a token that MiniLM gave to its vocabulary. Quality is that of
`smaller-networks`: cold films (20 choices of a fifth of them), a linear head on
800 labelled sentences, a search among 100 clothes. Nothing is trained; a seed
draws the texts that are encoded alone and in company, and repeats the clock's
reading. Speeds are of one process with two threads.

Predictions, written before the run (of 400 opinions, a first look gave int8 a
cosine of 0.99 to the exact vectors):

1. In float32 ONNX Runtime changes no measure by 0.001. In int8 it loses less than
   1 % of NDCG@10 on cold films, and less than 0.01 of the other two measures.
2. The table loses at least 0.02 of NDCG@10 and of macro-F1 against MiniLM, and on
   no measure is it better than TF-IDF by 0.01.
3. Without the weights of its tokens the table loses another 0.01 of NDCG@10.
4. A text's int8 vector depends on its company: the cosine between alone and among
   15 others is below 0.999 on average, and below 0.99 for one text in a hundred.
5. int8 encodes three times as many texts a second as torch, ONNX in float32 at
   least as many, the table a hundred times as many. Sorting by length saves a
   quarter of the time on opinions, and half of that on films.
"""

import os
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from plmrec_lite.applications.compress.networks import first_layers
from plmrec_lite.applications.compress.quality import (
    ColdFilms,
    CountedWords,
    Opinions,
    ShopSearch,
)
from plmrec_lite.applications.compress.students import agreement
from plmrec_lite.book.packing import packed
from plmrec_lite.data import load_opinions
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.onnx_file import onnx_model
from plmrec_lite.text.static_table import StaticTable, distill_table

SEEDS = (0, 1, 2)
ENGINES = {"torch": "torch", "ONNX": "onnx", "ONNX int8": "onnx-int8"}
CASES = {
    **{way: {"way": way} for way in ENGINES},
    "table": {"way": "table"},
    "table, no weights": {"way": "table, no weights"},
    "company": {"way": "company"},
    "speed": {"way": "speed"},
}
SEEDS_OF = {case: (0,) for case in CASES if case not in ("company", "speed")}
CHECK = {"way": "ONNX int8", "small": True}
N_TIMED = 1024  # opinions; and films
N_SLOW = 256  # of them where a way is slow
N_ALONE = 300
LAYERS = (5, 4, 3, 2, 1)


def run(seed, way, small=False):
    """Return the quality of a way, or the time of all."""
    if way == "speed":
        return speeds()
    if way == "company":
        return company(seed)
    films = ColdFilms(3, n_users=100) if small else ColdFilms()
    opinions = Opinions(90, 30, 200) if small else Opinions()
    shop = ShopSearch(10, 2) if small else ShopSearch()
    encoder = encoder_of(way)
    values = {"megabytes": megabytes(encoder, way)}
    if way in ENGINES:
        near = agreement(encoder, TextEncoder("minilm"), opinions.test.texts[:200])
        values["cosine"] = near.mean()
    return values | {
        "ndcg": films.ndcg(encoder).tolist(),
        "predictions": packed(opinions.predictions(encoder)),
        "places": packed(shop.ranks(encoder)),
    }


def encoder_of(way):
    """What encodes in one way."""
    if way in ENGINES:
        return TextEncoder("minilm", backend=ENGINES[way])
    no_weights = {"a": 1e6} if way == "table, no weights" else {}
    return distill_table(TextEncoder("minilm"), **no_weights)


def megabytes(encoder, way):
    """The size of the weights as they are kept, with the words of a table."""
    if way == "torch":
        return (encoder.folder / "model.safetensors").stat().st_size / 1e6
    if way in ENGINES:
        return len(onnx_model("minilm", ENGINES[way])[0]) / 1e6
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.safetensors"
        encoder.save(path)
        return path.stat().st_size / 1e6


def company(seed):
    """Cosine of each text's int8 vectors: alone, and among others of its length."""
    texts = load_opinions().text.sample(N_ALONE, random_state=seed).tolist()
    values = {}
    for way in ("ONNX", "ONNX int8"):
        encoder = encoder_of(way)
        alone, among = (encoder.encode(texts, batch_size=n) for n in (1, 16))
        near = (alone * among).sum(1)
        values[f"{way}, mean"] = near.mean()
        values[f"{way}, lowest percent"] = np.quantile(near, 0.01)
    return values


def speeds():
    """Seconds by the clock and of the processor for 1,000 texts in each way."""
    torch.set_num_threads(2)
    os.environ["OMP_NUM_THREADS"] = "2"
    texts = {
        "opinions": load_opinions().text.sample(N_TIMED, random_state=0).tolist(),
        "films": ColdFilms(1).texts[:N_TIMED],
    }
    values, ways = {}, ways_of(texts)
    for kind, some in texts.items():
        for way, encode in ways.items():
            n = len(some) if way in ("table", "TF-IDF", "cache") else N_SLOW
            chosen = some[:n]
            encode(chosen[:32])
            if way == "cache":
                encode(chosen)
            clock, used = time.perf_counter(), time.process_time()
            encode(chosen)
            values[f"{way}, {kind}"] = (time.perf_counter() - clock) / n * 1000
            used = time.process_time() - used
            values[f"{way}, {kind}, processor"] = used / n * 1000
            if kind == "films":
                values[f"{way}, one"] = latency(encode, chosen)
    return values


def ways_of(texts):
    """Functions of texts, by the name of the way."""
    minilm = TextEncoder("minilm")
    words = minilm.tokenizer.backend_tokenizer
    table = StaticTable(words, np.ones((words.get_vocab_size(), 256)))
    ways = {"unsorted": unsorted(minilm)}
    ways |= {way: encoder_of(way).encode for way in ENGINES}
    for n in LAYERS:
        ways[f"{n} layers"] = first_layers(minilm, n).encode
    counted = CountedWords([text for some in texts.values() for text in some])
    ways |= {"table": table.encode, "TF-IDF": counted.counter.transform}
    kept = TextEncoder("minilm", cache=True)
    return ways | {"cache": kept.encode}


def unsorted(encoder):
    """Encode texts in the order in which they come, 64 at a time."""

    def encode(texts):
        for start in range(0, len(texts), 64):
            encoder.encode(texts[start : start + 64])

    return encode


def latency(encode, texts, n=20):
    """The median of the seconds that one text takes, times 1,000."""
    took = []
    for text in texts[:n]:
        clock = time.perf_counter()
        encode([text])
        took.append(time.perf_counter() - clock)
    return 1000 * float(np.median(took))
