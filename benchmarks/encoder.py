"""Ways to encode the 1,682 item texts: beside sentence-transformers, ONNX Runtime and model2vec.

The last two rows compare the library with itself: ways of one model with its float32 path in torch.
"""

import numpy as np
from model2vec import StaticModel
from sentence_transformers import SentenceTransformer

from benchmarks.paired import paired
from plmrec_lite.data import load_movielens
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.onnx_file import onnx_model
from plmrec_lite.text.pretrained import minilm_folder
from plmrec_lite.text.static_table import distill_table

BATCH = 64


def rows():
    """The encoder's lines of the table; those of one model must agree before they are timed."""
    texts = load_movielens().items.text.tolist()
    what = f"{len(texts)} item texts"
    ours, peer = TextEncoder(), SentenceTransformer(str(minilm_folder()))
    np.testing.assert_allclose(ours.encode(texts[:64]), peer.encode(texts[:64]), atol=1e-5)
    yield paired(
        f"TextEncoder.encode, {what}",
        lambda: ours.encode(texts),
        "sentence_transformers",
        lambda: peer.encode(texts, batch_size=BATCH, show_progress_bar=False),
        repeats=3,
    )
    onnx, plain = TextEncoder(backend="onnx"), PlainOnnx(ours.tokenizer)
    np.testing.assert_allclose(onnx.encode(texts[:64]), plain.encode(texts[:64]), atol=1e-5)
    yield paired(
        f"TextEncoder(onnx).encode, {what}",
        lambda: onnx.encode(texts),
        "onnxruntime, its defaults",
        lambda: plain.encode(texts),
        repeats=3,
    )
    table = distill_table(ours)
    static = StaticModel(table.vectors, table.tokenizer, normalize=True)
    yield paired(
        f"StaticTable.encode, {what}",
        lambda: table.encode(texts),
        "model2vec",
        lambda: static.encode(texts, use_multiprocessing=False),
    )
    int8 = TextEncoder(backend="onnx-int8")
    yield paired(
        f"TextEncoder(onnx-int8).encode, {what}",
        lambda: int8.encode(texts),
        "TextEncoder, torch",
        lambda: ours.encode(texts),
        repeats=3,
    )
    yield paired(
        f"StaticTable.encode, {what}",
        lambda: table.encode(texts),
        "TextEncoder, torch",
        lambda: ours.encode(texts),
        repeats=3,
    )


class PlainOnnx:
    """The same graph as sentence-transformers runs one: default threads, sorted batches of 64.

    Its own ONNX backend needs optimum, which does not work with transformers 5 yet.
    """

    def __init__(self, tokenizer):
        import onnxruntime

        self.tokenizer = tokenizer
        graph = onnx_model(None, "onnx")[0]
        self.session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])

    def encode(self, texts):
        """Return unit vectors (n, d)."""
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        parts = []
        for start in range(0, len(texts), BATCH):
            chosen = [texts[i] for i in order[start : start + BATCH]]
            words = self.tokenizer(chosen, padding=True, return_tensors="np")
            inputs = {name: words[name] for name in ("input_ids", "attention_mask")}
            parts.append(self.session.run(["mean"], inputs)[0])
        vectors = np.concatenate(parts)[np.argsort(order)]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
