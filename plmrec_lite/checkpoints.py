"""How far a training is: its history, its best weights, and checkpoints that survive a kill."""

from __future__ import annotations

import math
import os
from pathlib import Path

import torch

CHECKPOINT = "checkpoint.pt"
MAY_DIFFER = ("accumulation", "precision")  # what a larger or smaller device may ask for


class TrainingState:
    """What a training has done so far.

    Parameters
    ----------
    module : torch.nn.Module
    optimizer : torch.optim.Optimizer
    watch, choose, folder, resume : see ``plmrec_lite.training.train``
    settings : dict or None; by name; a checkpoint is resumed with the same ones only

    Attributes
    ----------
    step : int; steps taken
    looks_without_gain : int; looks since the chosen value was highest

    Raises
    ------
    ValueError: ``folder`` holds a checkpoint that is not to be resumed or is of another training,
        or none to resume; or ``watch`` returns nothing to choose by
    """

    def __init__(
        self, module, optimizer, watch=None, choose=None, folder=None, resume=False, settings=None
    ):
        self.module, self.optimizer, self.settings = module, optimizer, settings or {}
        self.watch, self.choose = watch, choose
        self.folder = None if folder is None else Path(folder)
        self.step, self.rows, self.looks_without_gain = 0, [], 0
        self.best, self.best_weights = -math.inf, None
        there = self.folder is not None and (self.folder / CHECKPOINT).is_file()
        if there != bool(resume):
            cure = "another folder, or resume=True to go on" if there else "resume=False to begin"
            state = "holds a checkpoint of an earlier run" if there else "holds no checkpoint"
            raise ValueError(f"folder={folder!r} {state}: give {cure}")
        if resume:
            self._restore()
        else:
            self._watch({"step": 0})

    def took(self, **values):
        """Count a step, and keep what it said.

        Parameters
        ----------
        **values : float; by the name of their column in the history
        """
        self.step += 1
        self.rows.append({"step": self.step, **values})

    def look(self, keep=True):
        """Look at the module, and write a checkpoint if there is a folder for it.

        Parameters
        ----------
        keep : bool; whether this process writes
        """
        self._watch(self.rows.pop())
        if keep and self.folder is not None:
            self._save()

    def end(self):
        """Give the module its chosen weights, and return the history.

        Returns
        -------
        pandas.DataFrame; a row a step
        """
        import pandas as pd

        if self.best_weights is not None:
            self.module.load_state_dict(self.best_weights, strict=False)
        self.module.eval()
        return pd.DataFrame(self.rows)

    def _watch(self, row):
        """Ask ``watch``, and remember the weights if they are the best so far."""
        from accelerate.utils import broadcast_object_list

        self.module.eval()
        with torch.no_grad():
            found = (self.watch(self.step, self.module) if self.watch else None) or {}
        # All processes go by the same numbers, or one would stop where another goes on.
        found = broadcast_object_list([{key: _number(value) for key, value in found.items()}])[0]
        if found or self.step:
            self.rows.append({**row, **found})
        if self.choose is None:
            return
        if self.choose not in found:
            raise ValueError(f"choose={self.choose!r}: watch returned {sorted(found)}")
        if found[self.choose] > self.best:
            self.best, self.looks_without_gain = found[self.choose], 0
            self.best_weights = {k: v.clone() for k, v in self._moving().items()}
        else:
            self.looks_without_gain += 1

    def _moving(self):
        """What training changes, by name: all but frozen parameters."""
        frozen = {
            name
            for name, weight in self.module.named_parameters(remove_duplicate=False)
            if not weight.requires_grad
        }
        return {k: v for k, v in self.module.state_dict().items() if k not in frozen}

    def _save(self):
        """Write a checkpoint beside the last one, then put it in its place."""
        state = {
            "settings": self.settings,
            "weights": self._moving(),
            "best_weights": self.best_weights,
            "optimizer": self.optimizer.state_dict(),
            "progress": [self.step, self.rows, self.best, self.looks_without_gain],
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{CHECKPOINT}.unfinished"
        torch.save(state, unfinished)
        os.replace(unfinished, self.folder / CHECKPOINT)

    def _restore(self):
        state = torch.load(self.folder / CHECKPOINT, weights_only=True, map_location="cpu")
        there = state["settings"]
        changed = [
            f"{name}={value!r} (there {there.get(name)!r})"
            for name, value in self.settings.items()
            if name not in MAY_DIFFER and value != there.get(name)
        ]
        if changed:
            raise ValueError(
                f"the checkpoint in {self.folder} is of other settings: {', '.join(changed)}; go "
                "on with the same, or begin in another folder"
            )
        self.module.load_state_dict(state["weights"], strict=False)
        self.optimizer.load_state_dict(state["optimizer"])
        self.best_weights = state["best_weights"]
        self.step, self.rows, self.best, self.looks_without_gain = state["progress"]


def _number(value):
    return value.item() if hasattr(value, "item") else value
