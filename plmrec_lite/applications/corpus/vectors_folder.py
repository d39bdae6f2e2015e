"""Vectors of a corpus as a folder of parts: whole, or not taken for whole.

Each part is renamed into place when it is written, and its name has its checksum. ``job.json``
says what is encoded, ``whole.json``, written last, that all parts are there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
from pathlib import Path

import numpy as np

JOB, WHOLE, WRITING = "job.json", "whole.json", ".writing-"
LONG = 16  # letters of a checksum in a name


class CorpusVectors:
    """The vectors of a corpus, which are all there.

    Parameters
    ----------
    folder : str or pathlib.Path; of ``encode_corpus``

    Attributes
    ----------
    n, dimension : int
    parts : list of str; files, in the order of the rows

    Raises
    ------
    ValueError: the folder is not whole, or is none of vectors
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        job = _read(self.folder / JOB)
        if job is None:
            raise ValueError(f"{folder} holds no vectors of a corpus: run plmrec-lite encode")
        about = _read(self.folder / WHOLE)
        if about is None:
            there = len(parts_of(self.folder))
            raise ValueError(
                f"{folder} is not whole, {there} of {job['n_blocks']} parts are there: run the "
                "same command again, it goes on from there"
            )
        self.n, self.dimension, self.parts = about["n"], about["dimension"], about["parts"]

    def __len__(self):
        return self.n

    def __iter__(self):
        """Yield the vectors of one part after the other, float32 array (n_part, d)."""
        for name in self.parts:
            yield read_part(self.folder / name)

    def load(self):
        """Return all vectors at once.

        Returns
        -------
        float32 array (n, d)

        Raises
        ------
        ValueError: a part is missing or altered
        """
        return np.concatenate(list(self))


def open_job(folder, job):
    """Begin a folder of vectors, or go on with one of the same job.

    Parameters
    ----------
    folder : str or pathlib.Path; made where there is none
    job : dict; what is encoded, and how; of strings and numbers

    Raises
    ------
    ValueError: the folder holds something else, or the vectors of another job
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    known = _read(folder / JOB)
    if known is None:
        if any(not path.name.startswith(WRITING) for path in folder.iterdir()):
            raise ValueError(f"{folder} holds other files: give a new folder")
        _write(folder / JOB, json.dumps(job, indent=1).encode())
    elif known != job:
        other = sorted(key for key in {*known, *job} if known.get(key) != job.get(key))
        said = ", ".join(f"{key}={known.get(key)!r}, now {job.get(key)!r}" for key in other)
        raise ValueError(f"{folder} holds vectors of another job ({said}): give a new folder")


def parts_of(folder):
    """Return the parts that are there and as they were written; remove those that are not.

    Parameters
    ----------
    folder : str or pathlib.Path

    Returns
    -------
    dict of int to str; the file's name by the number of the block
    """
    found = {}
    for path in sorted(Path(folder).glob("part-*.npy")):
        _, number, checksum = path.stem.split("-")
        if hashlib.sha256(path.read_bytes()).hexdigest().startswith(checksum):
            found[int(number)] = path.name
        else:
            path.unlink()
    return found


def write_part(folder, number, vectors):
    """Write the vectors of one block.

    Parameters
    ----------
    folder : str or pathlib.Path
    number : int; of the block
    vectors : float array (n, d)

    Returns
    -------
    str; the file's name
    """
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(vectors, dtype=np.float32), allow_pickle=False)
    content = buffer.getvalue()
    name = f"part-{number:08d}-{hashlib.sha256(content).hexdigest()[:LONG]}.npy"
    _write(Path(folder) / name, content)
    return name


def read_part(path):
    """Read one part, checked against its name.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    float32 array (n, d)

    Raises
    ------
    ValueError: it is missing, cut off or altered
    """
    content = path.read_bytes() if path.is_file() else b""
    if not hashlib.sha256(content).hexdigest().startswith(path.stem.split("-")[2]):
        raise ValueError(
            f"{path} is missing, cut off or altered: remove {WHOLE} beside it and run the same "
            "command again, it computes this part anew"
        )
    return np.load(io.BytesIO(content), allow_pickle=False)


def close_job(folder, blocks):
    """Say that a folder is whole, if it is.

    Parameters
    ----------
    folder : str or pathlib.Path
    blocks : list of Block; all of them

    Returns
    -------
    CorpusVectors

    Raises
    ------
    ValueError: a part is missing, or has other rows than its block
    """
    folder, there = Path(folder), parts_of(folder)
    if missing := [block.number for block in blocks if block.number not in there]:
        raise ValueError(
            f"{len(missing)} of {len(blocks)} parts are missing, the first is {missing[0]}: run "
            "the same command again, it goes on from there"
        )
    shapes = {number: np.load(folder / name, mmap_mode="r").shape for number, name in there.items()}
    for block in blocks:
        if shapes[block.number] != (block.n, shapes[blocks[0].number][1]):
            raise ValueError(
                f"part {block.number} has the shape {shapes[block.number]} for {block.n} rows: "
                "the encoder must give one vector of one length for each text"
            )
    about = {
        "n": sum(block.n for block in blocks),
        "dimension": int(shapes[blocks[0].number][1]),
        "parts": [there[block.number] for block in blocks],
    }
    _write(folder / WHOLE, json.dumps(about, indent=1).encode())
    for path in folder.glob(f"{WRITING}*"):
        path.unlink()
    return CorpusVectors(folder)


def _read(path):
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ValueError(f"{path} is damaged: remove its folder, and encode again") from error


def _write(path, content):
    """Write a file that is there whole, or not at all, also if two processes write it."""
    unfinished = path.with_name(f"{WRITING}{secrets.token_hex(8)}")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
