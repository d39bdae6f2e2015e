"""A fitted recommender as a folder: numbers as safetensors, everything else as JSON."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from scipy.sparse import csr_array

SETTINGS, NUMBERS = "settings.json", "model.safetensors"
SERVED = ("popularity", "item_vectors", "user_vectors")


def write_model(model, folder, settings, numbers):
    """Write what a fitted model knows.

    The numbers are written first; the settings hold their checksum. So a folder that was written
    halfway is never read.

    Parameters
    ----------
    model : Recommender
        With ``popularity_``, ``item_vectors_``, ``user_vectors_``, ``seen_`` and ``history_``,
        which are written too.
    folder : str or pathlib.Path
        Where to; it is made if need be.
    settings : dict
        What JSON can hold.
    numbers : dict of torch.Tensor or numpy.ndarray
        By name.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the model is not fitted.
    """
    model._known_users([])
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    numbers = numbers | {name: getattr(model, f"{name}_") for name in SERVED}
    numbers |= {"seen_indptr": model.seen_.indptr, "seen_indices": model.seen_.indices}
    numbers |= {f"history.{name}": column for name, column in model.history_.items()}
    tensors = {
        name: (value if isinstance(value, torch.Tensor) else torch.tensor(np.asarray(value)))
        .cpu()
        .contiguous()
        for name, value in numbers.items()
    }
    unfinished = folder / f"{NUMBERS}.{os.getpid()}"
    save_file(tensors, unfinished)
    digest = _sha256(unfinished)
    os.replace(unfinished, folder / NUMBERS)
    settings = {"model": type(model).__name__, "numbers": digest, "name": model.name} | settings
    settings["history"] = list(model.history_)
    unfinished = folder / f"{SETTINGS}.{os.getpid()}"
    unfinished.write_text(json.dumps(settings, indent=1), encoding="utf-8")
    os.replace(unfinished, folder / SETTINGS)


def read_model(cls, folder):
    """Read what `write_model` wrote, refusing what is damaged or of another kind.

    Parameters
    ----------
    cls : type
        The kind of recommender that is to be there.
    folder : str or pathlib.Path
        Where it is.

    Returns
    -------
    settings : dict
    numbers : dict of torch.Tensor

    Raises
    ------
    FileNotFoundError
        If a file is missing (the message names it).
    ValueError
        If the folder holds another kind of model, or is damaged.
    """
    folder, kind = Path(folder), cls.__name__
    for name in (SETTINGS, NUMBERS):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder} holds no {name}: give a folder of {kind}.save")
    with complete(kind, folder):
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        found, digest = settings["model"], settings["numbers"]
    if found != kind:
        raise ValueError(f"{folder} holds a {found}: load it by {found}.load, not by {kind}.load")
    if _sha256(folder / NUMBERS) != digest:
        raise ValueError(
            f"{folder / NUMBERS} is damaged, or of another model than {SETTINGS}: save it again"
        )
    return settings, load_file(folder / NUMBERS)


@contextlib.contextmanager
def complete(kind, folder):
    """Turn what goes wrong while a model is put together into one message.

    Parameters
    ----------
    kind : str
        The name of its class.
    folder : str or pathlib.Path
        Where it came from.

    Raises
    ------
    ValueError
        If the settings lack something, or do not fit the numbers.
    """
    try:
        yield
    except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError, RuntimeError) as error:
        raise ValueError(
            f"{folder} is damaged, or was written by another version of {kind}: "
            f"{type(error).__name__}: {' '.join(str(error).split())[:200]}; save the model again"
        ) from error


def give_back(model, settings, numbers):
    """Set the fitted attributes that `write_model` takes from every model.

    Parameters
    ----------
    model : Recommender
        Changed in place.
    settings, numbers
        Of `read_model`.
    """
    import pandas as pd

    model.name = settings["name"]
    for name in SERVED:
        setattr(model, f"{name}_", numbers[name].numpy())
    columns = {name: numbers[f"history.{name}"].numpy() for name in settings["history"]}
    model.history_ = pd.DataFrame(columns)
    indices, indptr = numbers["seen_indices"].numpy(), numbers["seen_indptr"].numpy()
    shape = (len(model.user_vectors_), len(model.item_vectors_))
    model.seen_ = csr_array((np.ones(len(indices), dtype=np.float32), indices, indptr), shape=shape)


def _sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
