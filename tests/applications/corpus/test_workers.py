"""Ray Data: two workers give what one process gives, also if one dies; nothing is lost."""

import builtins
import contextlib
import os
import subprocess
import sys

import numpy as np
import pytest
from corpora import BLOCK, TEXTS, counting, write_lines, write_parquet

from plmrec_lite.applications.corpus import workers
from plmrec_lite.applications.corpus.blocks import cut_corpus
from plmrec_lite.applications.corpus.encoding import encode_corpus
from plmrec_lite.applications.corpus.vectors_folder import CorpusVectors, parts_of
from plmrec_lite.applications.corpus.workers import (
    LOCAL,
    STARTS,
    Worker,
    _raise_first,
    ray_running,
    run_workers,
)
from plmrec_lite.cli import main


@pytest.fixture(scope="module")
def ray_here():
    """One Ray for the module; the environment is as before when it ends."""
    before = dict(os.environ)
    with ray_running(2) as ray:
        yield ray
    assert not ray.is_initialized()
    assert {name for name in LOCAL if name in os.environ} == {*LOCAL} & before.keys()


def encoded(source, out, encoder=None, **options):
    options = {"block": BLOCK, "n_workers": 2} | options
    return encode_corpus(source, out, encoder=encoder or counting(), **options)


@pytest.fixture
def corpus(tmp_path):
    return write_parquet(tmp_path / "films.parquet")


@pytest.fixture
def alone(corpus, tmp_path):
    return encoded(corpus, tmp_path / "alone", n_workers=None)


def test_two_workers_write_to_the_byte_what_one_process_writes(ray_here, corpus, alone, tmp_path):
    found = encoded(corpus, tmp_path / "two")
    assert found.parts == alone.parts  # whose names have their checksums
    assert np.array_equal(found.load(), counting().encode(TEXTS))


def test_a_worker_that_dies_is_started_again_and_nothing_is_lost(ray_here, corpus, alone, tmp_path):
    mark = tmp_path / "died"
    found = encoded(corpus, tmp_path / "two", counting(TEXTS[9], str(mark)))
    assert mark.exists()
    assert found.parts == alone.parts
    assert not list((tmp_path / "two").glob(".writing-*"))


def test_a_worker_that_dies_again_and_again_is_an_error_and_the_rest_stays(
    ray_here, corpus, alone, tmp_path
):
    out = tmp_path / "two"
    with pytest.raises(
        RuntimeError, match=r"1 block is missing; the worker .* block 2 died 1 times;.*again"
    ):
        encoded(corpus, out, counting(TEXTS[9]), retries=0)
    with pytest.raises(ValueError, match="is not whole, 5 of 6 parts"):
        CorpusVectors(out)
    (out / ".writing-try-2-old").touch()  # of a run that was stopped
    rest = counting()
    found = encode_corpus(corpus, out, encoder=rest, block=BLOCK)
    assert rest.sizes == [4]
    assert found.parts == alone.parts


def test_a_bad_row_is_named_as_in_one_process(ray_here, tmp_path):
    path = write_lines(tmp_path / "bad.jsonl", [{"text": t} for t in [*TEXTS[:9], " "]])
    with pytest.raises(ValueError, match=r"row 9 of .*bad\.jsonl: text=' ' is no text"):
        encoded(path, tmp_path / "two")
    assert sorted(parts_of(tmp_path / "two")) == [0, 1]


def test_ray_listens_on_this_machine_alone_and_reports_to_nobody(ray_here):
    assert ray_here.util.get_node_ip_address() == "127.0.0.1"
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
    import psutil

    me = psutil.Process()
    heard = []
    for process in [me, *me.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # it has ended since it was listed
            places = process.net_connections(kind="inet")
            heard += [p.laddr.ip for p in places if p.status == psutil.CONN_LISTEN]
    assert heard
    assert {ip.removeprefix("::ffff:") for ip in heard} == {"127.0.0.1"}


def test_an_encoding_stops_only_the_ray_that_it_started(ray_here, corpus, tmp_path):
    with ray_running(2) as again:
        assert again is ray_here
    assert ray_here.is_initialized()


# Without Ray running


def test_a_worker_reports_errors_counts_its_attempts_and_gives_up(corpus, tmp_path):
    class Breaks:
        def encode(self, texts):
            raise MemoryError("no room")

    rows = {key: [value] for key, value in cut_corpus(corpus, BLOCK)[1]._asdict().items()}

    def work(encoder, retries=2):
        return Worker((str(corpus), str(tmp_path), "text", encoder, False), retries)(rows)

    assert work(Breaks()) == {"number": [1], "kind": ["MemoryError"], "said": ["no room"]}
    assert not list(tmp_path.glob(".writing-*"))  # it did not die
    for n in (1, 2):
        (tmp_path / f".writing-try-1-{n}").touch()
    (tmp_path / ".writing-try-11-1").touch()  # of another block
    assert work(counting()) == {"number": [1], "kind": [""], "said": [""]}
    assert list(parts_of(tmp_path)) == [1]
    for n in (1, 2, 3):
        (tmp_path / f".writing-try-1-{n}").touch()
    said = "the worker that encodes block 1 died 3 times"
    assert work(counting()) == {"number": [1], "kind": ["died"], "said": [said]}


def test_of_several_errors_the_first_block_counts():
    rows = [
        {"number": 4, "kind": "ValueError", "said": "row 9"},
        {"number": 2, "kind": "MemoryError", "said": "no room"},
    ]
    with pytest.raises(RuntimeError, match=r"^2 blocks are missing; MemoryError: no room; what is"):
        _raise_first(rows)
    with pytest.raises(ValueError, match=r"^row 9$"):
        _raise_first(rows[:1])
    _raise_first([])


def test_without_ray_the_error_says_how_to_install_it(corpus, tmp_path, monkeypatch, capsys):
    real = builtins.__import__

    def missing(name, *rest, **how):
        if name.split(".")[0] == "ray":
            raise ImportError("No module named 'ray'")
        return real(name, *rest, **how)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match=r'pip install "plmrec-lite\[cluster\]"'):
        encoded(corpus, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    words = ["encode", str(corpus), "--out", str(tmp_path / "out"), "--workers", "2"]
    assert main(words) == 1
    assert 'pip install "plmrec-lite[cluster]"' in capsys.readouterr().err


@pytest.mark.parametrize("address", [None, "ray://head:10001"])
def test_ray_is_imported_for_this_machine_alone_unless_a_cluster_is_named(
    corpus, tmp_path, monkeypatch, address
):
    """Ray reads the setting when it is imported, once for the process."""
    real, at_import = builtins.__import__, []

    def watching(name, *rest, **how):
        if name == "ray":
            at_import.append({key for key in LOCAL if os.environ.get(key) == LOCAL[key]})
            raise ImportError
        return real(name, *rest, **how)

    for key in LOCAL:
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setattr(builtins, "__import__", watching)
    with pytest.raises(ImportError):
        encoded(corpus, tmp_path / "out", address=address)
    assert at_import == [set() if address else {*LOCAL}]
    assert not {*LOCAL} & os.environ.keys()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_workers": 0}, "n_workers=0"),
        ({"retries": -1}, "retries=-1"),
        ({"n_workers": None, "address": "ray://a:1"}, "address='ray://a:1' without n_workers"),
    ],
)
def test_workers_that_make_no_sense_are_refused(corpus, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        encoded(corpus, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


class InProcess:
    """Ray Data in this process: it works off the blocks, then fails where it is to."""

    def __init__(self, fails=None):
        self.data, self.fails, self.given = self, fails, {}
        self.DataContext = type("c", (), {"get_current": staticmethod(lambda: self)})

    def from_items(self, rows, override_num_blocks):
        assert override_num_blocks == len(rows)
        self.rows = rows
        return self

    def map_batches(self, kind, **given):
        self.given, self.work = given, kind(*given["fn_constructor_args"])
        return self

    def ActorPoolStrategy(self, size):  # noqa: N802
        return size

    def iter_rows(self):
        for row in self.rows:
            said = self.work({key: [value] for key, value in row.items()})
            yield {key: value[0] for key, value in said.items()}
        if self.fails:
            raise self.fails


@pytest.mark.parametrize("fails", [None, ConnectionError("the head is gone\nand more")])
def test_what_ray_itself_raises_is_named_and_what_is_written_stays(
    corpus, tmp_path, monkeypatch, fails
):
    ray = InProcess(fails)
    monkeypatch.setattr(workers, "ray_running", lambda *how: contextlib.nullcontext(ray))
    (tmp_path / ".writing-try-0-old").touch()
    blocks, how = cut_corpus(corpus, BLOCK), (str(corpus), str(tmp_path), "text", counting(), False)
    if fails:
        said = r"Ray failed \(ConnectionError: the head is gone\); what is written stays"
        with pytest.raises(RuntimeError, match=said):
            run_workers(blocks, how, 3, retries=0)
    else:
        run_workers(blocks, how, 3, retries=0)
    assert sorted(parts_of(tmp_path)) == [0, 1, 2, 3, 4, 5]
    assert ray.given["compute"] == 3 and ray.given["batch_size"] == 1


class Elsewhere:
    """A Ray that would listen beyond this machine, or a cluster that does not answer."""

    def __init__(self, address="192.0.2.2", answers=True, slow_starts=0):
        self.n_starts, self.slow_starts = 0, slow_starts
        self.util = type("util", (), {"get_node_ip_address": staticmethod(lambda: address)})
        self.answers, self.stopped, self.given = answers, 0, None

    def is_initialized(self):
        return False

    def init(self, **given):
        self.given, self.n_starts = given, self.n_starts + 1
        if not self.answers:
            raise ConnectionError("the current node timed out during startup")
        if self.slow_starts >= self.n_starts:
            raise Exception("The current node timed out during startup.")

    def shutdown(self):
        self.stopped += 1


def test_a_ray_that_would_listen_beyond_this_machine_is_stopped(monkeypatch):
    beyond = Elsewhere()
    monkeypatch.setattr(workers, "require_ray", lambda address=None: beyond)
    with pytest.raises(RuntimeError, match=r"would listen on 192\.0\.2\.2"), ray_running(2):
        raise AssertionError
    assert beyond.stopped == 1
    assert beyond.given["include_dashboard"] is False


def test_an_address_is_a_cluster_and_one_that_does_not_answer_is_named(monkeypatch):
    cluster = Elsewhere()
    monkeypatch.setattr(workers, "require_ray", lambda address=None: cluster)
    with ray_running(8, "ray://head:10001") as ray:
        assert ray is cluster
    assert cluster.given["address"] == "ray://head:10001"
    assert "num_cpus" not in cluster.given
    silent = Elsewhere(answers=False)
    monkeypatch.setattr(workers, "require_ray", lambda address=None: silent)
    with (
        pytest.raises(RuntimeError, match=r"cluster 'ray://head:10001' cannot.*timed out"),
        ray_running(8, "ray://head:10001"),
    ):
        raise AssertionError
    assert silent.n_starts == 1


@pytest.mark.parametrize("slow_starts", [STARTS - 1, STARTS])
def test_on_a_busy_machine_ray_is_started_again_but_not_for_ever(monkeypatch, slow_starts):
    busy = Elsewhere("127.0.0.1", slow_starts=slow_starts)
    monkeypatch.setattr(workers, "require_ray", lambda address=None: busy)
    if slow_starts < STARTS:
        with ray_running(2) as ray:
            assert ray is busy
    else:
        with pytest.raises(RuntimeError, match=r"Ray cannot be had .*startup"), ray_running(2):
            raise AssertionError
    assert busy.n_starts == STARTS
    assert busy.stopped == STARTS  # what had begun to start, and what ran


def test_one_process_needs_no_ray():
    code = (
        "import sys, plmrec_lite.applications.corpus.encoding as e, plmrec_lite.cli\n"
        "print('ray' in sys.modules, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
