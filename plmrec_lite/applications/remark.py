"""One fault of a table: what it is, how often it occurs, what it does, and its cure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """What is remarkable about a log or its items.

    Attributes
    ----------
    name : str; short and fixed, such as "tied times": what code can ask for
    count, total : int; how many of how many
    of : str; what is counted, such as "events"
    says : str; the fault in words
    cure : str; what to do
    """

    name: str
    count: int
    total: int
    of: str
    says: str
    cure: str

    @property
    def share(self):
        """The share of what was counted that has the fault, 0 to 1."""
        return self.count / self.total

    def __str__(self):
        return (
            f"{self.name}: {self.count:,} of {self.total:,} {self.of} ({self.share:.0%}). "
            f"{self.says} Cure: {self.cure}"
        )


def remark_from(least, wrong, name, of, says, cure):
    """Return a remark on what is wrong, or None where too little is.

    Parameters
    ----------
    least : float; the share from which on it is worth a remark; 0 for any
    wrong : bool array (n,); true where the fault is
    name, of, says, cure : str; as ``Remark``

    Returns
    -------
    Remark or None
    """
    count, total = int(wrong.sum()), len(wrong)
    if not count or count < least * total:
        return None
    return Remark(name, count, total, of, says, cure)
