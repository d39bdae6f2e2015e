"""`TextEncoder.encode` against sentence-transformers on the 1,682 item texts."""

import numpy as np
from sentence_transformers import SentenceTransformer

from benchmarks.paired import paired
from plmrec_lite.data import load_movielens
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.pretrained import minilm_folder


def rows():
    """The encoder's line of the table; the two must agree before they are timed."""
    texts = load_movielens().items.text.tolist()
    ours, peer = TextEncoder(), SentenceTransformer(str(minilm_folder()))
    np.testing.assert_allclose(ours.encode(texts[:64]), peer.encode(texts[:64]), atol=1e-5)
    yield paired(
        f"TextEncoder.encode, {len(texts)} item texts",
        lambda: ours.encode(texts),
        "sentence_transformers",
        lambda: peer.encode(texts, batch_size=64, show_progress_bar=False),
        repeats=3,
    )
