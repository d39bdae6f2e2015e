"""Vectors kept on disk, so that texts are encoded once.

A file holds what one request gave; its name is a hash of all that the vectors depend on. It
begins with a checksum over name and content: what is truncated, altered or renamed is not used.
It is renamed into place when it is whole, so two processes may write at once; a disk that is
full or read-only costs time, not an error.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from plmrec_lite.data.sources.fetch import cache_home

DIGEST = 32  # bytes of a sha256
WRITING = ".writing-"
LOG = logging.getLogger(__name__)


def vectors_folder():
    """Return the folder of the vector cache, inside the cache home.

    Returns
    -------
    pathlib.Path
    """
    return cache_home() / "vectors"


def vectors_key(texts, **settings):
    """Return the name under which the vectors of texts are kept.

    Parameters
    ----------
    texts : list of str; in the order of the rows; all count: the last bits of a vector depend on
        the texts that share its batch
    **settings : str, int, float, bool or None; whatever else the vectors depend on

    Returns
    -------
    str; a sha256
    """
    described = json.dumps([settings, texts], sort_keys=True)
    return hashlib.sha256(described.encode("ascii")).hexdigest()


def load_vectors(key, n):
    """Return the vectors kept under a key.

    Parameters
    ----------
    key : str; see `vectors_key`
    n : int; how many vectors there should be

    Returns
    -------
    float32 array (n, d), or None; None if the file is not there, or not what was written
    """
    try:
        content = (vectors_folder() / key).read_bytes()
    except OSError:  # not there, or not to be read: compute
        return None
    if content[:DIGEST] != _digest(key, content[DIGEST:]):
        LOG.info("the vector cache's file %s is damaged: computed anew", key)
        return None
    vectors = np.load(io.BytesIO(content[DIGEST:]), allow_pickle=False)
    return vectors if vectors.shape[0] == n else None


def keep_vectors(key, vectors):
    """Keep vectors under a key, or do nothing if the disk does not let us.

    Parameters
    ----------
    key : str; see `vectors_key`
    vectors : float32 array (n, d)
    """
    buffer = io.BytesIO()
    np.save(buffer, vectors, allow_pickle=False)
    content = buffer.getvalue()
    try:
        vectors_folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=vectors_folder(), prefix=WRITING, ignore_cleanup_errors=True
        ) as folder:
            written = Path(folder) / key
            written.write_bytes(_digest(key, content) + content)
            os.replace(written, vectors_folder() / key)
    except OSError as error:
        LOG.info("vectors are not kept: %s", error)


def cache_size():
    """Return how much the vector cache holds.

    Returns
    -------
    n_files, n_bytes : int
    """
    sizes = [path.stat().st_size for path in vectors_folder().rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)


def clear_cache():
    """Remove every vector that is kept, and return how much that was.

    Returns
    -------
    n_files, n_bytes : int

    Raises
    ------
    OSError: the folder cannot be removed
    """
    removed = cache_size()
    if vectors_folder().exists():
        shutil.rmtree(vectors_folder())
    return removed


def _digest(key, content):
    return hashlib.sha256(key.encode("ascii") + content).digest()
