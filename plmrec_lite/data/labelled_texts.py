"""Texts with a class each: what a classifier of texts learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from plmrec_lite.checks import check_texts, check_whole, refuse_rows
from plmrec_lite.data.frames import check_frame, column_named, first_of
from plmrec_lite.runtime import check_seed


@dataclass(frozen=True, eq=False)
class LabelledTexts:
    """Texts, the class of each, and which of them belong together.

    Parameters
    ----------
    texts : list of n str; none empty
    labels : int array (n,); 0 to n_classes - 1
    classes : tuple of str
    groups : array (n,); equal for texts of one origin, such as the sentences of one review

    Raises
    ------
    TypeError: a text is no string
    ValueError: the lengths differ, a text is empty, or a label is no class
    """

    texts: list
    labels: np.ndarray
    classes: tuple
    groups: np.ndarray

    def __post_init__(self):
        texts = check_texts(self.texts)
        labels = check_labels(self.labels, self.classes)
        groups = np.asarray(self.groups)
        if groups.shape != labels.shape or len(texts) != len(labels):
            raise ValueError(
                f"{len(texts)} texts, {len(labels)} labels and groups of shape {groups.shape}: "
                "give one of each for each text"
            )
        for name, value in (("texts", texts), ("labels", labels), ("groups", groups)):
            object.__setattr__(self, name, value)

    @classmethod
    def from_frame(cls, table, text, label, group=None):
        """Build labelled texts from a table with one row a text, in its order.

        Parameters
        ----------
        table : pandas.DataFrame
        text, label : str; columns; the classes are the different labels, in their own order
        group : str or None; the column that is equal for texts of one origin; None: each is its own

        Returns
        -------
        LabelledTexts

        Raises
        ------
        TypeError: ``table`` is no DataFrame, or a text is no string
        ValueError: a column is not there, a text is empty, a label or group is missing (row named)

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame({"review": ["fine", "poor"], "stars": [5, 1]})
        >>> LabelledTexts.from_frame(table, text="review", label="stars").classes
        ('1', '5')
        """
        table = check_frame(table)
        for role, name in (("text", text), ("label", label), ("group", group)):
            if name is None and role == "group":
                continue
            missing = table[column_named(table, role, name)].isna()
            if missing.any():
                words = first_of(missing, f"have no {role}")
                raise ValueError(f'{words}: drop them, table.dropna(subset="{name}")')
        codes, classes = pd.factorize(table[label], sort=True)
        if table[label].dtype.kind == "f" and (classes != np.trunc(classes)).any():
            row = int(np.flatnonzero(table[label] % 1)[0])
            raise ValueError(
                f"label of row {row} is {table[label][row]}: classes have names or whole numbers; "
                "cut a scale into classes with pandas.cut"
            )
        if table[label].dtype.kind == "f":
            classes = classes.astype(np.int64)
        groups = np.arange(len(table)) if group is None else table[group].to_numpy()
        return cls(table[text], codes, tuple(str(name) for name in classes), groups)

    def __len__(self):
        return len(self.texts)

    @property
    def named(self):
        """The name of each text's class, str array (n,)."""
        return np.array(self.classes)[self.labels]

    def take(self, rows):
        """Return some of the texts, in the order of the rows.

        Parameters
        ----------
        rows : int array (m,)

        Returns
        -------
        LabelledTexts
        """
        rows = np.asarray(rows, dtype=np.int64)
        texts = [self.texts[row] for row in rows]
        return LabelledTexts(texts, self.labels[rows], self.classes, self.groups[rows])

    def sample(self, n, seed=0):
        """Return n of the texts, drawn without replacement.

        Parameters
        ----------
        n : int; the draws of one seed are nested: 50 are the first 50 of 100
        seed : int

        Returns
        -------
        LabelledTexts

        Raises
        ------
        ValueError: there are fewer than n
        """
        check_seed(seed)
        if not 0 <= n <= len(self):
            raise ValueError(f"n={n}: draw from 0 to {len(self)} texts")
        return self.take(np.random.default_rng(seed).permutation(len(self))[:n])


def check_labels(labels, classes, name="labels"):
    """Return labels as int64, refusing what is none of the classes.

    Parameters
    ----------
    labels : int array (n,); 0 to len(classes) - 1
    classes : tuple of str
    name : str; what the messages call it

    Returns
    -------
    int64 array (n,)

    Raises
    ------
    ValueError: a label is not a whole number, or is no class
    """
    labels = check_whole(labels, name)
    wrong = (labels < 0) | (labels >= len(classes))
    refuse_rows(
        wrong,
        labels,
        name,
        f"none of the {len(classes)} classes {classes}",
        f"labels run from 0 to {len(classes) - 1}",
    )
    return labels
