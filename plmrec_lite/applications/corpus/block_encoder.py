"""One block of a corpus after the other: read, encoded, written."""

from __future__ import annotations

import numpy as np

from plmrec_lite.applications.corpus.blocks import read_block
from plmrec_lite.applications.corpus.vectors_folder import write_part
from plmrec_lite.text.encoder import TextEncoder


class BlockEncoder:
    """Reads, encodes and writes one block after the other: what each worker has.

    Parameters
    ----------
    source, out : str; the corpus, and the folder of its vectors
    text : str; the column of the texts
    encoder : str, None or object; a name for ``TextEncoder``, loaded by the worker, or anything
        with ``.encode(texts)``
    truncate : bool; a ``TextEncoder`` cuts texts that are too long
    """

    def __init__(self, source, out, text="text", encoder=None, truncate=False):
        self.source, self.out, self.text = source, out, text
        self.encoder = TextEncoder(encoder) if is_name(encoder) else encoder
        self.options = {"truncate": True} if truncate else {}

    def __call__(self, block):
        """Encode one block.

        Parameters
        ----------
        block : Block

        Returns
        -------
        str; the name of the part

        Raises
        ------
        ValueError: a row is no text, or the encoder gives anything but one vector a text
        """
        texts = read_block(self.source, block, self.text)
        vectors = np.asarray(self.encoder.encode(texts, **self.options))
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise ValueError(
                f"{type(self.encoder).__name__} gives an array of shape {vectors.shape} for "
                f"{len(texts)} texts: it must give one vector for each"
            )
        return write_part(self.out, block.number, vectors)


def is_name(encoder):
    """Tell whether an encoder is given by its name.

    Parameters
    ----------
    encoder : str, None or object

    Returns
    -------
    bool
    """
    return encoder is None or isinstance(encoder, str)
