"""The vector cache: what goes in comes out, and what is not whole is never used."""

import concurrent.futures
import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from plmrec_lite.text import TextEncoder, encoder, vector_cache
from plmrec_lite.text.vector_cache import (
    cache_size,
    clear_cache,
    keep_vectors,
    load_vectors,
    vectors_folder,
    vectors_key,
)

ROWS = np.arange(6, dtype=np.float32).reshape(2, 3)
TEXTS = ["a war film", "war", "a love story", "a war film", "film"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_what_goes_in_comes_out_and_is_counted(home):
    key = vectors_key(["a", "b"], pooling="mean")
    assert load_vectors(key, 2) is None
    assert cache_size() == clear_cache() == (0, 0)
    keep_vectors(key, ROWS)
    np.testing.assert_array_equal(load_vectors(key, 2), ROWS)
    assert load_vectors(key, 2).dtype == np.float32
    assert [path.name for path in vectors_folder().iterdir()] == [key]
    assert vectors_folder() == home / "vectors"
    n_bytes = (vectors_folder() / key).stat().st_size
    assert cache_size() == (1, n_bytes)
    assert clear_cache() == (1, n_bytes)
    assert not vectors_folder().exists()
    assert load_vectors(key, 2) is None


def test_another_text_order_or_setting_is_another_key():
    keys = [
        vectors_key(texts, **settings)
        for texts in (["a", "b"], ["b", "a"], ["ab"], ["a"], ["a", "b", ""])
        for settings in ({}, {"pooling": "cls"}, {"pooling": "mean"}, {"truncate": True})
    ]
    assert len(set(keys)) == len(keys)
    assert vectors_key(["é"]) == vectors_key(["é"]) != vectors_key(["e"])


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_truncated_file_is_not_used(share):
    keep_vectors("k", ROWS)
    path = vectors_folder() / "k"
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    assert load_vectors("k", 2) is None


def test_a_changed_byte_anywhere_is_seen():
    keep_vectors("k", ROWS)
    path = vectors_folder() / "k"
    good = path.read_bytes()
    for place in range(0, len(good), 7):
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        assert load_vectors("k", 2) is None
    path.write_bytes(good + b"!")
    assert load_vectors("k", 2) is None
    path.write_bytes(good)
    assert load_vectors("k", 2) is not None


def test_a_file_under_another_name_or_with_other_rows_is_not_used():
    keep_vectors("one", ROWS)
    shutil.copy(vectors_folder() / "one", vectors_folder() / "other")
    assert load_vectors("other", 2) is None
    assert load_vectors("one", 3) is None
    (vectors_folder() / "folder").mkdir()
    assert load_vectors("folder", 2) is None


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("step", ["mkdir", "write_bytes", "replace"])
def test_a_disk_that_takes_nothing_costs_no_error(monkeypatch, trouble, step):
    def fails(*positional, **named):
        raise OSError(trouble, os.strerror(trouble))

    with monkeypatch.context() as patch:
        patch.setattr(os if step == "replace" else Path, step, fails)
        keep_vectors("k", ROWS)
    assert load_vectors("k", 2) is None
    assert cache_size() == (0, 0)


def test_a_home_that_is_a_file_costs_no_error(home):
    home.write_text("in the way")
    keep_vectors("k", ROWS)
    assert load_vectors("k", 2) is None
    assert cache_size() == (0, 0)


def test_writers_at_once_leave_one_whole_file():
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: keep_vectors("k", ROWS), range(64)))
    np.testing.assert_array_equal(load_vectors("k", 2), ROWS)
    assert [path.name for path in vectors_folder().iterdir()] == ["k"]


@pytest.fixture
def counted(monkeypatch):
    """Count the texts that go through a model."""
    n_texts = []
    compute = TextEncoder._compute

    def spy(self, texts, *positional, **named):
        n_texts.append(len(texts))
        return compute(self, texts, *positional, **named)

    monkeypatch.setattr(TextEncoder, "_compute", spy)
    return n_texts


def cached(tiny_bert, **settings):
    return TextEncoder(str(tiny_bert), **{"device": "cpu", "cache": True, **settings})


@pytest.mark.parametrize("pooling", ["mean", "cls", ("mean", "cls")])
@pytest.mark.parametrize("normalize", [True, False])
def test_cached_vectors_are_those_of_the_model_bit_for_bit(tiny_bert, counted, pooling, normalize):
    plain = cached(tiny_bert, cache=False).encode(TEXTS, pooling=pooling, normalize=normalize)
    first = cached(tiny_bert).encode(TEXTS, pooling=pooling, normalize=normalize)
    again = cached(tiny_bert).encode(TEXTS[::-1], pooling=pooling, normalize=normalize)
    np.testing.assert_array_equal(first, plain)
    np.testing.assert_array_equal(again, plain[..., ::-1, :])
    assert again.dtype == np.float32
    assert counted == [4, 4]


def test_off_means_nothing_is_kept(tiny_bert):
    TextEncoder(str(tiny_bert), device="cpu").encode(TEXTS)
    assert cache_size() == (0, 0)


@pytest.mark.parametrize(
    "setting",
    [{"pooling": "cls"}, {"batch_size": 2}, {"normalize": False}, {"truncate": True}],
)
def test_another_setting_is_computed(tiny_bert, counted, setting):
    cached(tiny_bert).encode(TEXTS)
    cached(tiny_bert).encode(TEXTS, **setting)
    assert counted == [4, 4]


def test_several_poolings_serve_each_alone(tiny_bert, counted):
    both = cached(tiny_bert).encode(TEXTS, pooling=("mean", "cls"))
    np.testing.assert_array_equal(cached(tiny_bert).encode(TEXTS, pooling="cls"), both[1])
    assert counted == [4]


def test_other_texts_are_computed_as_without_a_cache(tiny_bert, counted):
    cached(tiny_bert).encode(TEXTS)
    more = [*TEXTS, "a war film love"]
    plain = cached(tiny_bert, cache=False).encode(more)
    np.testing.assert_array_equal(cached(tiny_bert).encode(more), plain)
    assert counted == [4, 5, 5]


@pytest.mark.parametrize("spoilt", ["model.safetensors", "tokenizer.json", "config.json"])
def test_another_edition_of_the_model_is_another_model(tiny_bert, tmp_path, counted, spoilt):
    cached(tiny_bert).encode(TEXTS)
    copy = shutil.copytree(tiny_bert, tmp_path / "copy")
    cached(copy).encode(TEXTS)
    assert counted == [4]  # the same files under another name are the same model
    content = (copy / spoilt).read_bytes()
    if spoilt == "model.safetensors":
        content = content[:-1] + bytes([content[-1] ^ 1])
    else:
        content += b"\n"
    (copy / spoilt).write_bytes(content)
    cached(copy).encode(TEXTS)
    assert counted == [4, 4]


def test_another_version_of_a_library_computes_anew(tiny_bert, counted, monkeypatch):
    cached(tiny_bert).encode(TEXTS)
    monkeypatch.setattr(encoder, "version", lambda library: "0")
    cached(tiny_bert).encode(TEXTS)
    assert counted == [4, 4]


def test_a_model_that_was_trained_on_passes_the_cache_by(tiny_bert, counted):
    import torch

    encoder = cached(tiny_bert)
    before = encoder.encode(TEXTS)
    encoder.model  # noqa: B018  looking at it changes nothing
    encoder.encode(TEXTS)
    assert counted == [4]
    with torch.no_grad():
        next(encoder.model.parameters()).add_(1.0)
    assert not np.array_equal(encoder.encode(TEXTS), before)
    np.testing.assert_array_equal(cached(tiny_bert).encode(TEXTS), before)
    assert counted == [4, 4]


@pytest.mark.parametrize("change", ["train", "half", "replace"])
def test_a_model_in_another_state_passes_the_cache_by(tiny_bert, counted, change):
    encoder = cached(tiny_bert)
    encoder.encode(TEXTS)
    if change == "train":
        encoder.model.train()
    elif change == "half":
        encoder.model.bfloat16()
    else:
        encoder.model = cached(tiny_bert).model
    encoder.encode(TEXTS)
    assert counted == [4, 4]


def test_a_damaged_entry_is_computed_anew_and_mended(tiny_bert, counted):
    good = cached(tiny_bert).encode(TEXTS)
    (path,) = vectors_folder().iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    np.testing.assert_array_equal(cached(tiny_bert).encode(TEXTS), good)
    np.testing.assert_array_equal(cached(tiny_bert).encode(TEXTS), good)
    assert counted == [4, 4]


def test_a_text_that_is_too_long_is_refused_although_it_is_kept_cut(tiny_bert):
    cached(tiny_bert).encode(["war " * 20], truncate=True)
    with pytest.raises(ValueError, match="longer than the 16 tokens"):
        cached(tiny_bert).encode(["war " * 20])


ASK = """
import sys
from plmrec_lite.text import TextEncoder
device = None if sys.argv[2] == "None" else sys.argv[2]
encoder = TextEncoder(sys.argv[1], device, cache=True)
print(encoder.encode(["a war film", "love"]).tolist())
print([name for name in ("torch", "transformers", "pandas") if name in sys.modules])
"""


def test_two_processes_at_once_agree_and_what_is_kept_needs_no_model_and_no_torch(tiny_bert):
    def ask(device):
        asked = [sys.executable, "-c", ASK, str(tiny_bert), device]
        return subprocess.Popen(asked, stdout=subprocess.PIPE, text=True)

    def said(process):
        lines = process.communicate()[0].splitlines()
        assert process.returncode == 0
        return lines

    both = [said(process) for process in (ask("None"), ask("None"))]
    assert both[0][0] == both[1][0]
    assert "torch" in both[0][1]
    assert "torch" in both[1][1]
    assert cache_size()[0] == 1
    here = TextEncoder(str(tiny_bert), "cpu", cache=True).encode(["a war film", "love"])
    assert said(ask("None")) == [both[0][0], "[]"]
    assert said(ask("cpu")) == [str(here.tolist()), "[]"]


def test_damage_is_logged_not_printed(caplog, capfd):
    keep_vectors("k", ROWS)
    path = vectors_folder() / "k"
    path.write_bytes(b"")
    with caplog.at_level("INFO", logger=vector_cache.__name__):
        load_vectors("k", 2)
    assert "damaged" in caplog.text
    assert capfd.readouterr() == ("", "")
