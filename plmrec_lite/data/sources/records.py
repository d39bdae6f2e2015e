"""The form in which the registry describes a data set: the set, its sources, their files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from plmrec_lite.runtime import shell_command


@dataclass(frozen=True)
class File:
    """One file of a data set, as it lies inside its archive.

    Attributes
    ----------
    member : str; its path inside the archive; of an archive kept as it came, its own name
    sha256 : str; 64 hexadecimal digits; of the archive where it is kept as it came
    size : int; bytes; unpacking stops there
    """

    member: str
    sha256: str
    size: int

    @property
    def name(self):
        """Its name in the cache: the last part of ``member``."""
        return PurePosixPath(self.member).name


@dataclass(frozen=True)
class Source:
    """One archive that holds a data set; it is fetched as a file, never installed or built.

    Attributes
    ----------
    kind : str; ``"url"``: at an address; ``"wheel"`` or ``"sdist"``: at a package index, where the
        reader's pip would look; ``"npm"``: at the reader's npm registry; ``"parts"``: cut into
        pieces, each in an archive of its own
    where : str; the address or package: ``"recbole==1.2.1"``, ``"@scope/name@1.0.0"``; of parts the
        name of the whole
    sha256 : str; of the archive, 64 hexadecimal digits
    size : int; of the archive, bytes
    files : tuple of File; the members that are kept
    parts : tuple of Source; the archives that hold the pieces, in order, one piece each
    at_most : bool; ``size`` is an upper bound, since the archive's own is not published; the
        checksum decides
    """

    kind: str
    where: str
    sha256: str
    size: int
    files: tuple[File, ...]
    parts: tuple[Source, ...] = ()
    at_most: bool = False

    @property
    def is_kept_whole(self):
        """Whether the archive itself is the one file."""
        return [file.sha256 for file in self.files] == [self.sha256]


@dataclass(frozen=True)
class Dataset:
    """What the book says of a data set.

    Attributes
    ----------
    name, title : str; its short name (also its folder in the cache) and what it holds
    licence, citation, page : str; its terms, what to cite, the address of its makers' page
    counts : dict of str to int; how many of what it holds; loading checks them
    sources : tuple of Source; in the order in which they are tried after the cache
    on_request : bool; fetched only by its own name, since it is large and no page needs it
    """

    name: str
    title: str
    licence: str
    citation: str
    page: str
    counts: dict[str, int]
    sources: tuple[Source, ...]
    on_request: bool = False

    def check_counts(self, **found):
        """Compare what was read with ``counts``.

        Parameters
        ----------
        **found : int; how many of each kind, such as ``users=943``

        Raises
        ------
        ValueError: a number differs (the message names both)
        """
        for kind, expected in self.counts.items():
            if found[kind] != expected:
                again = shell_command("data", self.name)
                raise ValueError(
                    f"{self.name}: expected {expected:,} {kind}, read {found[kind]:,}; this is not "
                    f"the edition that the book uses: run `{again}`"
                )
