"""A pre-trained encoder as an ONNX file: made once, whole or not there, and of one model."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import logging
import os
import shutil
import tempfile
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from plmrec_lite.data.sources.fetch import cache_home
from plmrec_lite.text.pretrained import ModelError, fingerprint, load_pretrained, model_folder

ENGINES = ("onnx", "onnx-int8")
EXPORTERS = ("torch", "transformers", "onnx", "onnxruntime")  # their versions make the file
FORMAT = 1  # of the graph; a new one is exported anew
GRAPH, ABOUT, MAKING = "model.onnx", "about.json", ".making-"
OPSET = 17
POOLINGS = ("mean", "cls")  # what the graph gives, by name


def onnx_model(name, backend):
    """Return a model as the bytes of an ONNX graph, exported on the first call.

    The graph takes ``input_ids`` and ``attention_mask`` (B, T) and gives ``mean`` and ``cls``
    (B, d). In int8, matrices and embeddings are stored in eight bits; the numbers that enter a
    matrix are rounded in each pass, by the range that they have there. Seven bits of a weight are
    used, so that no processor's sums overflow.

    Parameters
    ----------
    name : str or None; as ``model_name`` takes it
    backend : {"onnx", "onnx-int8"}

    Returns
    -------
    graph : bytes
    about : dict; ``max_positions`` and ``dimension``, int, among others

    Raises
    ------
    ModelError: the model cannot be had or exported, the folder cannot be written, or the file in
        it was altered, cut off, or made from another model
    ModuleNotFoundError: ONNX Runtime is not installed

    Source: Jacob et al. 2018 (integers in place of floats).
    """
    source = fingerprint(model_folder(name))
    versions = onnx_versions()
    folder = cache_home() / "onnx" / _key(source, backend, versions)
    try:
        if not folder.is_dir():
            _make(folder, name, backend, {"source": source, "backend": backend, **versions})
        return _read(folder, source, backend)
    except OSError as error:
        if isinstance(error, ModelError):
            raise
        space = "is full" if error.errno == errno.ENOSPC else "cannot be used"
        raise ModelError(
            f"the folder of ONNX files {folder.parent} {space} ({error}): set PLMREC_HOME to a "
            "folder that you may write to, with 120 MB of space"
        ) from error


def onnx_versions():
    """Return the versions of the libraries that decide what an ONNX file says.

    Returns
    -------
    dict of str; by the library's name

    Raises
    ------
    ModuleNotFoundError: one is not installed (the message says how to install it)
    """
    try:
        return {library: version(library) for library in EXPORTERS}
    except PackageNotFoundError as error:
        raise ModuleNotFoundError(
            f"an ONNX backend needs {error.name}, which is not installed: run pip install "
            '"plmrec-lite[onnx]", or use backend="torch"'
        ) from error


def _key(source, backend, versions):
    """Name the folder of one model, backend and set of versions."""
    described = json.dumps([FORMAT, source, backend, versions], sort_keys=True)
    return f"{backend}-{hashlib.sha256(described.encode()).hexdigest()[:16]}"


def _make(folder, name, backend, about):
    """Export a model into a folder beside its place, then put it there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=folder.parent, prefix=MAKING, ignore_cleanup_errors=True
    ) as staging:
        whole = Path(staging) / "whole"
        whole.mkdir()
        model = load_pretrained(name)[1]
        _export(model, whole / GRAPH)
        if backend == "onnx-int8":
            _quantize(whole / GRAPH)
        about |= {
            "dimension": int(model.config.hidden_size),
            "max_positions": getattr(model.config, "max_position_embeddings", None),
            "sha256": hashlib.sha256((whole / GRAPH).read_bytes()).hexdigest(),
        }
        (whole / ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")
        with contextlib.suppress(FileExistsError):
            _move(whole, folder)


def _move(whole, folder):
    """Put a whole folder in its place; FileExistsError if another process was first."""
    try:
        os.rename(whole, folder)
    except OSError as error:
        if folder.is_dir():
            raise FileExistsError(folder) from error
        raise


def _read(folder, source, backend):
    """Return graph and description, or say which file is not what it should be."""
    cure = f"remove the folder {folder}, and the file is made again"
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        told = (about["source"], about["backend"], about["sha256"], about["dimension"])
        graph = (folder / GRAPH).read_bytes()
    except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder} is incomplete or damaged ({error!r}): {cure}") from error
    if told[:2] != (source, backend):
        raise ModelError(
            f"{folder / GRAPH} was made from another model (its fingerprint is {told[0]!r} for "
            f"{told[1]!r}, not {source!r} for {backend!r}): {cure}"
        )
    if (found := hashlib.sha256(graph).hexdigest()) != told[2]:
        raise ModelError(
            f"{folder / GRAPH} was altered or cut off: expected sha256 {told[2]}, found {found}; "
            f"{cure}"
        )
    return graph, about


def _export(model, path):
    """Write a torch model as a graph.

    The attention is written out, because the fused one becomes a graph that ONNX Runtime runs
    slower. torch's newer exporter takes six times as long, and its graph is a fifth slower.
    """
    import torch

    class Pooled(torch.nn.Module):
        """The model and both poolings."""

        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask):
            """Return mean and cls, (B, d) each."""
            inputs = {"input_ids": input_ids, "attention_mask": attention_mask}
            hidden = self.model(**inputs).last_hidden_state  # (B, T, d)
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)  # (B, T, 1)
            return (hidden * mask).sum(1) / mask.sum(1), hidden[:, 0]

    model.set_attn_implementation("eager")
    mask = torch.tensor([[1, 1, 1], [1, 1, 0]])  # with padding, so that the mask is in the graph
    free = {0: "texts", 1: "tokens"}
    inputs = ["input_ids", "attention_mask"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing: the shapes that it fixes are tested
        torch.onnx.export(
            Pooled().eval(),  # what is not evaluating before is put into training mode after
            (mask, mask),
            str(path),
            input_names=inputs,
            output_names=list(POOLINGS),
            dynamic_axes=dict.fromkeys(inputs, free),
            dynamo=False,
            opset_version=OPSET,
        )


def _quantize(path):
    """Store the weights of a graph in int8, in its place."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    smaller = path.with_suffix(".int8")
    quiet = logging.getLogger()
    before = quiet.level
    quiet.setLevel(logging.ERROR)  # it advises to optimise first, which is not faster here
    try:
        quantize_dynamic(
            path, smaller, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )
    finally:
        quiet.setLevel(before)
    shutil.move(smaller, path)
