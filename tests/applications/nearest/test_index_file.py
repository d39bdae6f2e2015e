"""What is written is what is read, and an unfinished file never takes the place of a whole one."""

from zlib import crc32

import numpy as np
import pytest

from plmrec_lite.applications.nearest.index_file import (
    build_index,
    read_index,
    sums_of,
    write_index,
)

VECTORS = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
NUMBERS = np.arange(3, 43)


def test_what_is_written_is_read(tmp_path):
    path, index = tmp_path / "index", build_index(VECTORS)
    sums = sums_of([row.tobytes() for row in VECTORS])
    write_index(path, "mine", NUMBERS, sums, index)
    numbers, read, again = read_index(path, "mine")
    assert (numbers == NUMBERS).all()
    assert (read == sums).all()
    scores, places = index.search(VECTORS[:5], 3)
    for ours, theirs in zip(again.search(VECTORS[:5], 3), (scores, places), strict=True):
        assert (ours == theirs).all()
    best = np.argsort(-(VECTORS[:5] @ VECTORS.T), axis=1)[:, :3]
    assert (places == best).all()  # by dot product


def test_each_vector_has_its_own_sum():
    assert sums_of([b"a", b"b"]).tolist() == [crc32(b"a"), crc32(b"b")]
    assert sums_of([]).shape == (0,)


def test_without_a_file_there_is_no_index(tmp_path):
    numbers, sums, index = read_index(tmp_path / "none", "mine")
    assert (len(numbers), len(sums), index) == (0, 0, None)


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path, sums = tmp_path / "index", np.zeros(40, np.uint32)
    write_index(path, "mine", NUMBERS, sums, build_index(VECTORS))
    old = path.read_bytes()

    def fails(descriptor):
        raise OSError("no room")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(OSError, match="no room"):
        write_index(path, "mine", NUMBERS, sums + 1, build_index(VECTORS))
    assert path.read_bytes() == old
