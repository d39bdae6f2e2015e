"""A corpus in one process: block by block, resumed, and never half."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from corpora import BLOCK, TEXTS, N, counting, write_lines, write_parquet
from trainings import lines, tiny_bert

from plmrec_lite.applications.corpus import vectors_folder
from plmrec_lite.applications.corpus.blocks import cut_corpus, read_block
from plmrec_lite.applications.corpus.encoding import encode_corpus
from plmrec_lite.applications.corpus.vectors_folder import CorpusVectors
from plmrec_lite.cli import main
from plmrec_lite.text import TextEncoder


@pytest.fixture(params=["parquet", "jsonl"])
def corpus(request, tmp_path):
    if request.param == "parquet":
        return write_parquet(tmp_path / "films.parquet")
    return write_lines(tmp_path / "films.jsonl", [{"text": text} for text in TEXTS])


def encoded(source, out, **options):
    return encode_corpus(source, out, **{"encoder": counting(), "block": BLOCK} | options)


# Blocks


@pytest.mark.parametrize("size", [1, 4, 5, 23, 100])
def test_the_blocks_hold_every_row_once_and_in_order(corpus, size):
    blocks = cut_corpus(corpus, size)
    assert [text for block in blocks for text in read_block(corpus, block)] == TEXTS
    assert [block.n for block in blocks[:-1]] == [size] * (len(blocks) - 1)


def test_a_block_can_be_read_without_the_others(corpus):
    third = cut_corpus(corpus, 7)[2]
    assert read_block(corpus, third) == TEXTS[14:21]


def test_letters_of_several_bytes_do_not_shift_a_block(tmp_path):
    texts = [f"电影 {i} – “ça”" for i in range(9)]
    path = tmp_path / "films.jsonl"
    path.write_text("".join(json.dumps({"t": t}, ensure_ascii=False) + "\n" for t in texts))
    assert [t for block in cut_corpus(path, 2) for t in read_block(path, block, "t")] == texts


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"text": "a"}, {"text": ""}], "row 1 of .*: text='' is no text"),
        ([{"text": "a"}, {"text": None}], "row 1 of .*: text=None is no text"),
        ([{"text": 3}], "row 0 of .*: text=3 is no text"),
        ([{"title": "a"}], "row 0 of .* has no 'text'"),
        (["a"], "row 0 of .* has no 'text'"),
    ],
)
def test_a_row_without_a_text_is_named(tmp_path, rows, message):
    path = write_lines(tmp_path / "bad.jsonl", rows)
    with pytest.raises(ValueError, match=message):
        encoded(path, tmp_path / "out")
    assert not list((tmp_path / "out").glob("part-*"))


def test_files_that_are_no_corpus_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text("text\na\n")
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\nnonsense\n')
    (tmp_path / "a.parquet").write_text("nonsense")
    (tmp_path / "none.jsonl").touch()
    good = write_parquet(tmp_path / "good.parquet")
    for name, message in {
        "a.csv": "ends in '.csv'",
        "a.jsonl": "row 1 of .* is no JSON: b'nonsense",
        "a.parquet": "no whole Parquet file",
        "none.jsonl": "holds no row",
    }.items():
        with pytest.raises(ValueError, match=message):
            encoded(tmp_path / name, tmp_path / f"{name} out")
    with pytest.raises(FileNotFoundError, match=r"gone\.jsonl is no file"):
        encoded(tmp_path / "gone.jsonl", tmp_path / "out")
    with pytest.raises(ValueError, match="no column 'title': it has text, n"):
        encoded(good, tmp_path / "other", text="title")
    for block in (0, 2.5):
        with pytest.raises(ValueError, match=f"block={block}"):
            encoded(good, tmp_path / "third", block=block)


# Vectors


def test_the_vectors_are_those_of_the_encoder_in_the_order_of_the_rows(corpus, tmp_path):
    encoder = counting()
    found = encoded(corpus, tmp_path / "out", encoder=encoder)
    assert (len(found), found.n, found.dimension) == (N, N, 2)
    assert np.array_equal(found.load(), counting().encode(TEXTS))
    assert [len(part) for part in found] == encoder.sizes == [4, 4, 4, 4, 4, 3]
    assert found.load().dtype == np.float32


def test_a_named_model_gives_what_it_gives_each_block(tmp_path):
    texts, name = lines(10), tiny_bert(0.0, 2)
    path = write_lines(tmp_path / "a.jsonl", [{"text": text} for text in texts])
    found = encode_corpus(path, tmp_path / "out", encoder=name, block=4)
    model = TextEncoder(name)
    expected = np.concatenate([model.encode(texts[i : i + 4]) for i in (0, 4, 8)])
    assert np.array_equal(found.load(), expected)


def test_too_long_texts_are_refused_or_cut(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", [{"text": "war " * 30}])
    name = tiny_bert(0.0, 2)
    with pytest.raises(ValueError, match="longer than the 16 tokens"):
        encode_corpus(path, tmp_path / "out", encoder=name)
    cut = encode_corpus(path, tmp_path / "cut", encoder=name, truncate=True)
    assert cut.load().shape == (1, 8)


def test_an_encoder_that_gives_something_else_is_refused(corpus, tmp_path):
    class Odd:
        def encode(self, texts):
            return np.zeros((len(texts) - 1, 2))

    with pytest.raises(ValueError, match=r"Odd gives an array of shape \(3, 2\) for 4 texts"):
        encoded(corpus, tmp_path / "out", encoder=Odd())


class Breaks:
    """Encodes some blocks, then breaks."""

    def __init__(self, after):
        self.left, self.sizes = after, []

    def encode(self, texts):
        if not self.left:
            raise MemoryError("no room")
        self.left -= 1
        self.sizes.append(len(texts))
        return counting().encode(texts)


def test_what_was_interrupted_is_not_whole_and_goes_on_where_it_was(corpus, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(MemoryError):
        encoded(corpus, out, encoder=Breaks(2))
    with pytest.raises(ValueError, match="is not whole, 2 of 6 parts are there: run the same"):
        CorpusVectors(out)
    rest = Breaks(6)
    found = encoded(corpus, out, encoder=rest)
    assert rest.sizes == [4, 4, 4, 3]
    assert np.array_equal(found.load(), counting().encode(TEXTS))
    nothing = Breaks(0)  # all is there
    assert np.array_equal(encoded(corpus, out, encoder=nothing).load(), found.load())


def test_a_part_that_was_cut_off_or_altered_is_never_taken_for_whole(corpus, tmp_path):
    out = tmp_path / "out"
    whole = encoded(corpus, out)
    expected = whole.load()
    for damage in (lambda c: c[:-3], lambda c: c[:-1] + b"x", lambda c: b""):
        part = out / whole.parts[2]
        part.write_bytes(damage(part.read_bytes()))
        with pytest.raises(ValueError, match="missing, cut off or altered"):
            CorpusVectors(out).load()
        again = counting()
        assert np.array_equal(encoded(corpus, out, encoder=again).load(), expected)
        assert again.sizes == [4]
    (out / whole.parts[0]).unlink()
    with pytest.raises(ValueError, match="missing, cut off or altered"):
        CorpusVectors(out).load()


def test_a_write_that_is_cut_off_leaves_no_part(corpus, tmp_path, monkeypatch):
    def full(*names):
        raise OSError("no space left")

    monkeypatch.setattr(vectors_folder.os, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        encoded(corpus, tmp_path / "out")
    assert not list((tmp_path / "out").glob("part-*"))
    monkeypatch.undo()
    found = encoded(corpus, tmp_path / "out")
    assert np.array_equal(found.load(), counting().encode(TEXTS))
    names = {"job.json", "whole.json", *found.parts}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names


def test_a_folder_of_another_job_or_with_other_files_is_left_alone(corpus, tmp_path):
    out = tmp_path / "out"
    encoded(corpus, out)
    for change, message in (
        ({"block": 5}, "block=4, now 5"),
        ({"encoder": Breaks(9)}, "encoder='Counting', now 'Breaks'"),
        ({"truncate": True}, "truncate=False, now True"),
    ):
        with pytest.raises(ValueError, match=f"another job .*{message}.*a new folder"):
            encoded(corpus, out, **change)
    os.utime(corpus, ns=(0, 0))
    with pytest.raises(ValueError, match=r"another job .*changed="):
        encoded(corpus, out)
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    with pytest.raises(ValueError, match="holds other files: give a new folder"):
        encoded(corpus, other)
    assert [path.name for path in other.iterdir()] == ["letter.txt"]


def test_other_weights_are_another_job(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", [{"text": "war"}])
    encode_corpus(path, tmp_path / "out", encoder=tiny_bert(0.0, 2))
    with pytest.raises(ValueError, match=r"another job .*model="):
        encode_corpus(path, tmp_path / "out", encoder=tiny_bert(0.0, 3))


def test_a_folder_without_vectors_is_named(tmp_path):
    with pytest.raises(ValueError, match="holds no vectors of a corpus: run plmrec-lite encode"):
        CorpusVectors(tmp_path)
    (tmp_path / "job.json").write_text("{")
    with pytest.raises(ValueError, match=r"job\.json is damaged"):
        CorpusVectors(tmp_path)


def test_a_corpus_that_changes_meanwhile_is_noticed(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", [{"text": text} for text in TEXTS])
    blocks = cut_corpus(path, BLOCK)
    write_lines(path, [{"text": text} for text in TEXTS[:9]])
    with pytest.raises(ValueError, match="has 9 rows, and had 12: it changed"):
        read_block(path, blocks[2])


def test_two_processes_of_accelerate_give_what_one_gives(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", lines(20))
    name = tiny_bert(0.0, 2)
    one = encode_corpus(path, tmp_path / "one", encoder=name, block=3)
    code = (
        "import sys\n"
        "from plmrec_lite.applications.corpus.encoding import encode_corpus\n"
        "from plmrec_lite.text import TextEncoder\n"
        "encode, mine = TextEncoder.encode, []\n"
        "TextEncoder.encode = lambda self, texts: mine.extend(texts) or encode(self, texts)\n"
        "found = encode_corpus(sys.argv[1], sys.argv[2], encoder=sys.argv[3], block=3)\n"
        "print(len(mine), len(found))"
    )
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2"}
    meeting |= {"ACCELERATE_USE_CPU": "true", "PLMREC_PROGRESS": "0", "OMP_NUM_THREADS": "1"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, path, tmp_path / "two", name],
            env={**os.environ, **meeting, "RANK": rank, "LOCAL_RANK": rank},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in "01"
    ]
    said = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert [text.split()[-2:] for text in said] == [["11", "20"], ["9", "20"]]
    two = CorpusVectors(tmp_path / "two")
    np.testing.assert_allclose(two.load(), one.load(), atol=1e-6)
    assert len(two.parts) == 7


def test_the_command_line(tmp_path, capsys):
    path = write_lines(tmp_path / "a.jsonl", [{"plot": text} for text in lines(5)])
    out, model = str(tmp_path / "out"), tiny_bert(0.0, 2)
    words = ["encode", str(path), "--out", out, "--text", "plot", "--model", model, "--block", "2"]
    assert main(words) == 0
    assert f"5 vectors of 8 numbers, in {Path(out).resolve()}" in capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == 5
    assert main([*words, "--block", "3"]) == 1
    assert "plmrec-lite: " in (said := capsys.readouterr().err) and "another job" in said
    assert main([*words, "--address", "ray://there:1"]) == 1
    assert "--address ray://there:1 without --workers" in capsys.readouterr().err
