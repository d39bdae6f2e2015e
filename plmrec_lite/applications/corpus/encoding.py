"""Encode a corpus block by block: in this process, in several, or on the machines of a cluster."""

from __future__ import annotations

import os
from pathlib import Path

from plmrec_lite.applications.corpus.block_encoder import BlockEncoder, is_name
from plmrec_lite.applications.corpus.blocks import cut_corpus
from plmrec_lite.applications.corpus.vectors_folder import (
    CorpusVectors,
    close_job,
    open_job,
    parts_of,
)
from plmrec_lite.checks import check_number
from plmrec_lite.runtime import progress
from plmrec_lite.text.pretrained import fingerprint, model_folder, model_name


def encode_corpus(
    source,
    out,
    *,
    encoder=None,
    text="text",
    block=1024,
    truncate=False,
    n_workers=None,
    address=None,
    retries=3,
):
    """Encode a corpus that need not fit into memory, and keep its vectors in a folder.

    A block is read, encoded and written at a time, so memory grows with the block. What was
    interrupted goes on where it was: the same call encodes the blocks that are missing.

    Parameters
    ----------
    source : str or pathlib.Path; a Parquet file or JSON Lines, see ``cut_corpus``
    out : str or pathlib.Path; a new folder, or one of the same job
    encoder : str, None or object; see ``BlockEncoder``; an object is sent to the workers
    text : str; the column of the texts
    block : int; rows that are encoded together: the vectors depend on it in their last bits, and
        on nothing else here
    truncate : bool; cut texts that are longer than the model reads
    n_workers : int or None; so many Ray workers; None encodes in this process, or in those that
        accelerate has started, each its share
    address : str or None; of a Ray cluster, such as ``"ray://head:10001"``, whose machines share
        the disk of ``source`` and ``out``; None starts the workers here
    retries : int; how often a block is tried again whose worker dies

    Returns
    -------
    CorpusVectors

    Raises
    ------
    ValueError: bad input, the row is named; a setting out of range; ``out`` is of another job
    ImportError: workers are asked for, and Ray is not installed
    RuntimeError: a worker failed or died too often; what is done stays, and is not done again

    Source: Moritz et al. 2018 (Ray); Luan et al. 2025 (Ray Data).
    """
    check_number("retries", retries, least=0, whole=True)
    if n_workers is not None:
        check_number("n_workers", n_workers, least=1, whole=True)
    elif address is not None:
        raise ValueError(f"address={address!r} without n_workers: say how many workers it gets")
    source, out = Path(source).resolve(), Path(out).resolve()
    blocks = cut_corpus(source, block)
    if n_workers is None and _several_processes():
        return _shared(source, out, blocks, encoder, text, truncate, block)
    if n_workers is not None:
        from plmrec_lite.applications.corpus.workers import require_ray, run_workers

        require_ray(address)  # before a folder is made
    open_job(out, _job(source, blocks, encoder, text, truncate, block))
    there = parts_of(out)
    todo = [one for one in blocks if one.number not in there]
    how = (str(source), str(out), text, encoder, truncate)
    if todo and n_workers is None:
        work = BlockEncoder(*how)
        for one in progress(todo, "encoding blocks"):
            work(one)
    elif todo:
        run_workers(todo, how, n_workers, address, retries)
    return close_job(out, blocks)


def _shared(source, out, blocks, encoder, text, truncate, size):
    """Each of accelerate's processes encodes its share; the first one opens and closes the job."""
    from accelerate import Accelerator

    state = Accelerator()
    if state.is_main_process:
        open_job(out, _job(source, blocks, encoder, text, truncate, size))
    state.wait_for_everyone()
    there = parts_of(out)
    state.wait_for_everyone()  # all see the same parts before one writes
    todo = [one for one in blocks if one.number not in there]
    work = BlockEncoder(str(source), str(out), text, encoder, truncate)
    for one in todo[state.process_index :: state.num_processes]:
        work(one)
    state.wait_for_everyone()
    try:
        if state.is_main_process:
            close_job(out, blocks)
    finally:
        state.wait_for_everyone()
    return CorpusVectors(out)


def _several_processes():
    return int(os.environ.get("WORLD_SIZE", 1)) > 1


def _job(source, blocks, encoder, text, truncate, size):
    """What decides the vectors: another file, model or block size is another job."""
    about = {
        "source": source.name,
        "bytes": source.stat().st_size,
        "changed": source.stat().st_mtime_ns,
        "text": text,
        "block": size,
        "n_blocks": len(blocks),
        "truncate": truncate,
    }
    if is_name(encoder):
        model = {"encoder": model_name(encoder), "model": fingerprint(model_folder(encoder))}
    else:
        model = {"encoder": type(encoder).__name__, "model": ""}
    return about | model
