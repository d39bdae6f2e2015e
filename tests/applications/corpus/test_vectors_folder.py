"""Parts of a folder: what is written is read again, and what lacks a part stays open."""

import numpy as np
import pytest
from corpora import BLOCK, TEXTS, counting, write_parquet

from plmrec_lite.applications.corpus.block_encoder import BlockEncoder, is_name
from plmrec_lite.applications.corpus.blocks import cut_corpus
from plmrec_lite.applications.corpus.vectors_folder import (
    WHOLE,
    close_job,
    open_job,
    parts_of,
    read_part,
    write_part,
)
from plmrec_lite.text import TextEncoder

ROWS = np.arange(8, dtype=np.float32).reshape(4, 2)


@pytest.fixture
def blocks(tmp_path):
    return cut_corpus(write_parquet(tmp_path / "films.parquet"), BLOCK)


def test_a_part_is_read_as_it_was_written(tmp_path):
    for rows in (ROWS, ROWS.astype(np.float64)):
        found = read_part(tmp_path / write_part(tmp_path, 3, rows))
        assert found.dtype == np.float32
        assert np.array_equal(found, ROWS)
    assert list(parts_of(tmp_path)) == [3]  # the same content has the same name


def test_numpy_objects_are_not_written(tmp_path):
    with pytest.raises((TypeError, ValueError)):
        write_part(tmp_path, 0, np.array([[None, "a"]], dtype=object))
    assert not parts_of(tmp_path)


def test_a_job_without_all_parts_is_not_closed(tmp_path, blocks):
    out = tmp_path / "out"
    open_job(out, {"n_blocks": len(blocks)})
    for block in blocks[:-2]:
        write_part(out, block.number, ROWS)
    with pytest.raises(ValueError, match="2 of 6 parts are missing, the first is 4"):
        close_job(out, blocks)
    assert not (out / WHOLE).exists()


@pytest.mark.parametrize("wrong", [ROWS[:3], np.zeros((4, 3))])
def test_parts_of_other_shapes_do_not_make_a_whole(tmp_path, blocks, wrong):
    out = tmp_path / "out"
    open_job(out, {"n_blocks": 2})
    write_part(out, 0, ROWS)
    write_part(out, 1, wrong)
    with pytest.raises(ValueError, match=r"part 1 has the shape .* for 4 rows, part 0 \(4, 2\)"):
        close_job(out, blocks[:2])
    assert not (out / WHOLE).exists()


def test_one_block_is_read_encoded_and_written(tmp_path, blocks):
    work = BlockEncoder(str(tmp_path / "films.parquet"), str(tmp_path), encoder=counting())
    name = work(blocks[5])
    assert np.array_equal(read_part(tmp_path / name), counting().encode(TEXTS[20:]))


def test_an_encoder_is_given_by_name_or_as_it_is():
    assert is_name(None) and is_name("minilm")
    assert not is_name(counting()) and not is_name(TextEncoder("minilm"))
