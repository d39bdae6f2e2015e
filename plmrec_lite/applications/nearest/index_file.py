"""An HNSW index as a file: whole or not there, and only for the store that it was made from."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from zlib import crc32

import numpy as np

FORMAT = "plmrec_lite nearest 1"
LINKS, BREADTH = 16, 64  # of a vector in the graph, and of the search when it is built


def build_index(vectors):
    """Return the graph of some vectors, which compares them by their dot product.

    Parameters
    ----------
    vectors : float32 array (n, d)

    Returns
    -------
    faiss.IndexHNSWFlat

    Source: Malkov & Yashunin 2018, by faiss.
    """
    import faiss

    index = faiss.IndexHNSWFlat(vectors.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = BREADTH
    index.add(vectors)
    return index


def sums_of(blobs):
    """Return a checksum of each vector.

    Parameters
    ----------
    blobs : sequence of bytes

    Returns
    -------
    uint32 array (n,)
    """
    return np.array([crc32(blob) for blob in blobs], dtype=np.uint32)


def write_index(path, store, numbers, sums, index):
    """Write an index beside its store; a file that was there stays until this one is whole.

    Parameters
    ----------
    path : Path
    store : str; the name that the store gave itself
    numbers : int64 array (n,); the store's number of each vector of the index
    sums : uint32 array (n,); of ``sums_of``
    index : faiss.IndexHNSWFlat

    Raises
    ------
    OSError: the disk refuses
    """
    import faiss

    body = numbers.tobytes() + sums.tobytes() + faiss.serialize_index(index).tobytes()
    about = {"format": FORMAT, "store": store, "n": len(numbers), "bytes": len(body)}
    about["sha256"] = hashlib.sha256(body).hexdigest()
    unfinished = Path(f"{path}.new")
    with unfinished.open("wb") as file:
        file.write(json.dumps(about).encode() + b"\n" + body)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def read_index(path, store):
    """Read an index that ``write_index`` wrote for this store.

    Parameters
    ----------
    path : Path
    store : str

    Returns
    -------
    numbers, sums, index : as ``write_index`` takes them; empty arrays and None without a file

    Raises
    ------
    ValueError: the file is cut off, altered, of another kind, or of another store
    """
    if not path.is_file():
        return np.empty(0, np.int64), np.empty(0, np.uint32), None
    first, _, body = path.read_bytes().partition(b"\n")
    try:
        about = json.loads(first)
        kind, whose, size = about["format"], about["store"], about["bytes"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is no index of this library: {CURE}") from error
    if kind != FORMAT:
        raise ValueError(f"{path} has the format {kind!r}, not {FORMAT!r}: {CURE}")
    if whose != store:
        raise ValueError(f"{path} is the index of another store: {CURE}")
    if len(body) != size:
        raise ValueError(f"{path} has {len(body)} bytes of {size}, it was cut off: {CURE}")
    if hashlib.sha256(body).hexdigest() != about["sha256"]:
        raise ValueError(f"{path} was altered after it was written: {CURE}")
    import faiss

    n = about["n"]
    numbers = np.frombuffer(body, np.int64, n)
    sums = np.frombuffer(body, np.uint32, n, 8 * n)
    return numbers, sums, faiss.deserialize_index(np.frombuffer(body, np.uint8, -1, 12 * n))


CURE = "the vectors are in the store, so open it with rebuild=True"
