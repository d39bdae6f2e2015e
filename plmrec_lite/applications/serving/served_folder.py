"""What is served, on disk: a model, and the ids and texts of its items."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from plmrec_lite.applications.serving.folding import FoldingIn
from plmrec_lite.checks import check_texts
from plmrec_lite.data.frames import shown
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.saving import CONTENTS

ABOUT, EVENTS, FORMAT = "service.json", "events.sqlite", "plmrec_lite service 1"


@dataclass(frozen=True, eq=False)
class Served:
    """A model with the ids and texts of its items.

    Attributes
    ----------
    folding : FoldingIn; the model
    item_ids : list of int or str; the reader's own
    texts : list of str
    users, items : dict of int by str; the model's number of each id, by its text
    """

    folding: FoldingIn
    item_ids: list
    texts: list
    users: dict
    items: dict


def save_service(folder, model, interactions, items):
    """Write what ``plmrec-lite serve`` reads.

    Parameters
    ----------
    folder : str or Path; a service that was saved there is replaced when all is written, and its
        events stay
    model : EASE, HybridEASE or ItemKNN; fitted on ``interactions``, or on a part of it
    interactions : Interactions; its ids are those that the service takes; without ids of your own,
        the numbers of users and items
    items : Items or sequence of str; the text of each item of the log, in its order

    Raises
    ------
    ValueError: the model is of another kind or another log, an id is no number or text, two ids
        have one text, or the folder holds something else
    """
    folder, texts = Path(folder), check_texts(getattr(items, "texts", items))
    FoldingIn(model)
    sizes = (interactions.n_users, interactions.n_items)
    if model.seen_.shape != sizes or len(texts) != sizes[1]:
        raise ValueError(
            f"the log has (users, items) {sizes}, there are {len(texts)} texts, and {model.name} "
            f"is fitted on {model.seen_.shape}: give the log that it was fitted on, and one text "
            "an item"
        )
    about = {"format": FORMAT, "texts": texts}
    for name, size in zip(("user_ids", "item_ids"), sizes, strict=True):
        about[name] = _plain(name, getattr(interactions, name), size)
    if folder.exists() and not (folder / ABOUT).is_file() and any(folder.iterdir()):
        raise ValueError(f"{folder} holds something else than a service: give another path")
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{os.getpid()}.new"
    model.save(unfinished)
    sha256 = json.loads((unfinished / CONTENTS).read_text(encoding="utf-8"))["sha256"]
    about |= {"model": f"model-{sha256[:16]}", "model_sha256": sha256}
    about["sha256"] = _digest(about)
    shutil.rmtree(folder / about["model"], ignore_errors=True)
    unfinished.rename(folder / about["model"])
    written = folder / f".{ABOUT}.new"
    written.write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    os.replace(written, folder / ABOUT)
    for other in set(folder.glob("model-*")) - {folder / about["model"]}:
        shutil.rmtree(other)


def load_service(folder):
    """Read what ``save_service`` wrote.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    Served

    Raises
    ------
    FileNotFoundError: there is no service, or a file of its model is missing
    ValueError: a file was altered, or is damaged
    """
    folder = Path(folder)
    if not (folder / ABOUT).is_file():
        raise FileNotFoundError(
            f"{folder} holds no {ABOUT}: give a folder that save_service wrote, or make one: "
            f"plmrec-lite serve {folder} --ratings FILE --items FILE"
        )
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise ValueError(f"its format is {about['format']!r}, not {FORMAT!r}")
        if about.pop("sha256") != _digest(about):
            raise ValueError("its checksum is not the one that was saved with it")
        contents = (folder / about["model"] / CONTENTS).read_text(encoding="utf-8")
        if json.loads(contents)["sha256"] != about["model_sha256"]:
            raise ValueError(f"{about['model']} is not the model that was saved with it")
        model = Recommender.load(folder / about["model"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(
            f"{folder} was altered or damaged after it was saved ({error}): save it again, or "
            "take it back from your last copy"
        ) from error
    return Served(
        FoldingIn(model),
        about["item_ids"],
        about["texts"],
        *({str(own): row for row, own in enumerate(about[k])} for k in ("user_ids", "item_ids")),
    )


def _plain(name, ids, size):
    """Return ids as JSON can hold them, refusing others, and two that have one text."""
    plain = list(range(size)) if ids is None else ids.tolist()
    for own in plain:
        if not isinstance(own, int | str) or isinstance(own, bool):
            raise ValueError(
                f"{name} holds {shown(own)}: a service takes numbers and texts, so make it a "
                "text, such as table[column].astype(str)"
            )
    if len({str(own) for own in plain}) < size:
        raise ValueError(f"{name} holds a number and a text that read the same: keep one of them")
    return plain


def _digest(about):
    """Return the checksum of what the service's file says."""
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
