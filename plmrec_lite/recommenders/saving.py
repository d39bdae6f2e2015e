"""Recommenders on disk: settings and a table of contents as JSON, arrays as safetensors."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import inspect
import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_array, issparse

CONTENTS, ARRAYS = "model.json", "arrays.safetensors"
FORMAT = "plmrec_lite recommender 2"
PLAIN = (str, int, float, bool, type(None))


def write_model(model, folder):
    """Write a fitted recommender beside ``folder``, then put it in its place.

    Parameters
    ----------
    model : Recommender; the model
    folder : str or pathlib.Path; where to

    Raises
    ------
    ValueError: the folder holds something else than a saved model
    TypeError: a setting or a part is of a kind that cannot be written
    """
    folder = Path(folder)
    if folder.exists() and not (folder / CONTENTS).is_file():
        if not folder.is_dir() or any(folder.iterdir()):
            raise ValueError(f"{folder} holds something else than a saved model: give another path")
        folder.rmdir()
    unfinished, old = (
        folder.with_name(f".{folder.name}.{os.getpid()}.{state}") for state in ("new", "old")
    )
    try:
        _write(model, unfinished)
        if folder.exists():
            folder.rename(old)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def read_model(folder, kind, **changes):
    """Read a recommender that ``write_model`` wrote.

    Parameters
    ----------
    folder : str or pathlib.Path; where it is
    kind : type; the class that it must be of
    **changes : Settings with another value than the saved one

    Returns
    -------
    Recommender; the fitted model

    Raises
    ------
    FileNotFoundError: a file is missing
    ValueError: the folder is damaged, or holds a model of another kind
    """
    folder = Path(folder)
    for name in (CONTENTS, ARRAYS):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder} holds no {name}: give a folder that save() wrote")
    try:
        contents = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        if contents["format"] != FORMAT:
            raise ValueError(f"its format is {contents['format']!r}, not {FORMAT!r}")
        if contents["sha256"] != _digest(folder, contents):
            raise ValueError("its checksum is not the one that was saved with it")
        values, settings, parts = load_file(folder / ARRAYS), {}, {}
        for key, entry in contents["entries"].items():
            group, _, name = key.partition(".")
            value = _decoded(entry, values, folder)
            (settings if group == "settings" else parts)[name] = value
        found = _class_of(contents["class"], kind)
        if not hasattr(found, "_restore"):
            raise ValueError(f"{contents['class']} is no recommender")
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{folder} holds no whole saved model: {error}") from error
    if not issubclass(found, kind):
        raise ValueError(
            f"{folder} holds a {found.__name__}, not a {kind.__name__}: read it by "
            f"{found.__name__}.load"
        )
    model = found(**settings | changes)
    if contents["name"] is not None:
        model.name = contents["name"]
    model._restore(parts)
    return model


def taken(prefix, parts):
    """Take the parts with a prefix out of the others, such as the weights of a network.

    Parameters
    ----------
    prefix : str; how their names begin
    parts : dict; of ``_restore``; changed in place

    Returns
    -------
    dict; by the rest of the name
    """
    names = [name for name in parts if name.startswith(prefix)]
    return {name.removeprefix(prefix): parts.pop(name) for name in names}


def _write(model, folder):
    """Write into a new folder: every array first, then the table of contents."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    default = inspect.signature(type(model)).parameters
    settings = {
        f"settings.{key}": value
        for key, value in model._settings().items()
        if not callable(value) or default[key].default is default[key].empty
    }
    arrays, entries = {}, {}
    for key, value in (settings | {f"parts.{k}": v for k, v in model._parts().items()}).items():
        entries[key] = _encoded(key, value, arrays, folder)
    save_file(arrays, folder / ARRAYS)
    contents = {
        "format": FORMAT,
        "class": _path_of(type(model)),
        "name": vars(model).get("name"),
        "entries": entries,
    }
    contents["sha256"] = _digest(folder, contents)
    (folder / CONTENTS).write_text(json.dumps(contents, indent=1), encoding="utf-8")


def _encoded(key, value, arrays, folder):
    """Return an entry of the table of contents, putting arrays and models where they belong."""
    if key == "parts.history_":
        arrays |= {f"{key}.{name}": column.to_numpy() for name, column in value.items()}
        return {"table": key, "columns": list(value.columns)}
    if hasattr(value, "to_numpy"):  # a column or a table of pandas
        value = value.to_numpy()
    if isinstance(value, np.ndarray) and value.dtype.kind in "OUT" and value.ndim == 1:
        value = value.tolist()  # of texts
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        turned = value.flags.f_contiguous and not value.flags.c_contiguous
        arrays[key] = np.ascontiguousarray(value.T if turned else value)
        return {"array": key, "turned": turned}
    if issparse(value) and value.format == "csr":
        for part in ("data", "indices", "indptr"):
            arrays[f"{key}.{part}"] = getattr(value, part)
        return {"sparse": key, "shape": list(value.shape)}
    if hasattr(value, "_parts"):
        _write(value, folder / key)
        return {"model": key}
    if dataclasses.is_dataclass(value) and type(value).__module__.startswith("plmrec_lite."):
        return {"record": _path_of(type(value)), "values": dataclasses.asdict(value)}
    if isinstance(value, tuple) and all(isinstance(item, PLAIN) for item in value):
        return {"tuple": list(value)}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, PLAIN) or (
        isinstance(value, list) and all(isinstance(item, PLAIN) for item in value)
    ):
        return {"value": value}
    raise TypeError(f"cannot save {key.partition('.')[2]}: it is a {type(value).__name__}")


def _decoded(entry, arrays, folder):
    """Return what ``_encoded`` made an entry of."""
    match entry:
        case {"array": key, "turned": turned}:
            return arrays[key].T if turned else arrays[key]
        case {"sparse": key, "shape": shape}:
            parts = (arrays[f"{key}.{part}"] for part in ("data", "indices", "indptr"))
            return csr_array(tuple(parts), shape=tuple(shape))
        case {"table": key, "columns": names}:
            return pd.DataFrame({name: arrays[f"{key}.{name}"] for name in names})
        case {"model": key}:
            return read_model(folder / key, object)
        case {"record": path, "values": values}:
            record = _class_of(path)
            if path.startswith("plmrec_lite.") and dataclasses.is_dataclass(record):
                return record(**values)
        case {"tuple": items}:
            return tuple(items)
        case {"value": value}:
            return value
    raise ValueError(f"an entry of another kind: {entry}")


def _class_of(path, kind=None):
    """Return a class by its path; only the library is imported, and what is imported already."""
    if kind is not None and path == _path_of(kind):
        return kind
    module, _, name = path.partition(":")
    if module.startswith("plmrec_lite."):
        importlib.import_module(module)
    if module not in sys.modules:
        raise ValueError(f"its class {path} is not known: import {module} first")
    return getattr(sys.modules[module], name)


def _path_of(kind):
    """Return module:name."""
    return f"{kind.__module__}:{kind.__qualname__}"


def _digest(folder, contents):
    """Return the checksum of the arrays and of the table of contents."""
    with open(folder / ARRAYS, "rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    told = {key: value for key, value in contents.items() if key != "sha256"}
    digest.update(json.dumps(told, sort_keys=True).encode())
    return digest.hexdigest()
