"""How far a training is: its history, its best weights, and checkpoints that survive a kill."""

from __future__ import annotations

import os
from pathlib import Path

import torch

CHECKPOINT = "checkpoint.pt"


class TrainingState:
    """What a training has done so far.

    Parameters
    ----------
    module : torch.nn.Module
        What is trained.
    optimizer : torch.optim.Optimizer
        What trains it.
    watch, choose, folder, resume
        As in ``plmrec_lite.training.train``.

    Attributes
    ----------
    step : int
        Steps taken.
    looks_without_gain : int
        Looks since the chosen value was highest.

    Raises
    ------
    ValueError
        If ``folder`` holds a checkpoint that is not to be resumed, or none to resume.
    """

    def __init__(self, module, optimizer, watch=None, choose=None, folder=None, resume=False):
        self.module, self.optimizer = module, optimizer
        self.watch, self.choose = watch, choose
        self.folder = None if folder is None else Path(folder)
        self.step, self.rows, self.looks_without_gain = 0, [], 0
        self.best, self.best_weights = None, None
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
        **values : float
            By the name of their column in the history.
        """
        self.step += 1
        self.rows.append({"step": self.step, **values})

    def look(self, keep=True):
        """Look at the module, and write a checkpoint if there is a folder for it.

        Parameters
        ----------
        keep : bool, default True
            Whether this process writes.
        """
        self._watch(self.rows.pop())
        if keep and self.folder is not None:
            self._save()

    def end(self):
        """Give the module its chosen weights, and return the history.

        Returns
        -------
        pandas.DataFrame
            A row a step.
        """
        import pandas as pd

        if self.best_weights is not None:
            self.module.load_state_dict(self.best_weights, strict=False)
        self.module.eval()
        return pd.DataFrame(self.rows)

    def _watch(self, row):
        """Ask ``watch``, and remember the weights if they are the best so far."""
        self.module.eval()
        found = self.watch(self.step, self.module) if self.watch else None
        if found is not None or self.step:
            self.rows.append({**row, **(found or {})})
        if self.choose is None:
            return
        value = found[self.choose]
        if self.best is None or value > self.best:
            self.best, self.looks_without_gain = value, 0
            self.best_weights = {k: v.clone() for k, v in self._trained_weights().items()}
        else:
            self.looks_without_gain += 1

    def _trained_weights(self):
        """What training moves, by name."""
        return {k: v.detach() for k, v in self.module.named_parameters() if v.requires_grad}

    def _save(self):
        """Write a checkpoint beside the last one, then put it in its place."""
        state = {
            "weights": self._trained_weights(),
            "best_weights": self.best_weights,
            "optimizer": self.optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all(),
            "progress": [self.step, self.rows, self.best, self.looks_without_gain],
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{CHECKPOINT}.{os.getpid()}"
        torch.save(state, unfinished)
        os.replace(unfinished, self.folder / CHECKPOINT)

    def _restore(self):
        """Go back to where the checkpoint was written."""
        state = torch.load(self.folder / CHECKPOINT, weights_only=True)
        self.module.load_state_dict(state["weights"], strict=False)
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["random"])
        torch.cuda.set_rng_state_all(state["random_cuda"])
        self.best_weights = state["best_weights"]
        self.step, self.rows, self.best, self.looks_without_gain = state["progress"]
