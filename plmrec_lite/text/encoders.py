"""One door to every encoder: whatever has a name here, in a folder, or on the hub."""

from __future__ import annotations

from plmrec_lite.checks import check_choice
from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.text.encoder import TextEncoder
from plmrec_lite.text.pretrained import model_name
from plmrec_lite.text.word_vectors import WordVectors


def encoder_named(name=None, device=None, cache=False, backend="torch"):
    """Return what turns texts into vectors.

    Parameters
    ----------
    name : str or None
        ``"minilm"``; ``"mpnet"``, eight times as large and fetched on request (404 MB);
        ``"glove-50d"``, word vectors; or what ``TextEncoder`` takes: a folder or a hub name. None
        takes ``PLMREC_MODEL``, else ``"minilm"``.
    device, cache, backend
        As in ``TextEncoder``; word vectors need none.

    Returns
    -------
    TextEncoder or WordVectors
        With ``encode(texts)``, which gives a float32 array (n, d) of rows of length 1.

    Raises
    ------
    FetchError: its files are neither here nor to be had
    plmrec_lite.text.pretrained.ModelError: as TextEncoder
    ValueError: word vectors are asked for with another backend than torch

    Examples
    --------
    >>> [encoder_named(name).encode(["a war film"]).shape for name in ("minilm", "glove-50d")]
    [(1, 384), (1, 50)]
    """
    name = model_name(name)
    if name == "glove-50d":
        check_choice('backend of "glove-50d"', backend, ("torch",))
        return WordVectors()
    if name == "mpnet":
        name = str(fetch("mpnet")["config.json"].parent)
    return TextEncoder(name, device=device, cache=cache, backend=backend)
