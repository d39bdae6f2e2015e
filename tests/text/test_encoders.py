import dataclasses
import hashlib

import numpy as np
import pytest

from plmrec_lite.data.sources.records import File
from plmrec_lite.data.sources.registry import DATASETS
from plmrec_lite.text import TextEncoder, WordVectors, encoder_named
from plmrec_lite.text.pretrained import ModelError, minilm_folder


def test_minilm_and_word_vectors_by_name():
    assert encoder_named("minilm").name == encoder_named().name == "minilm"
    assert isinstance(encoder_named("glove-50d"), WordVectors)


def test_the_variable_of_the_environment_chooses(monkeypatch, tmp_path):
    monkeypatch.setenv("PLMREC_MODEL", "glove-50d")
    assert isinstance(encoder_named(), WordVectors)
    assert encoder_named("minilm").name == "minilm"


def test_a_folder_serves_and_options_are_handed_on():
    encoder = encoder_named(str(minilm_folder()), device="cpu", cache=True)
    assert isinstance(encoder, TextEncoder)
    assert (encoder.cache, str(encoder.device)) == (True, "cpu")


def test_what_is_neither_is_refused(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="'no-such/model'"):
        encoder_named("no-such/model")


def test_the_larger_encoder_is_read_from_the_cache(monkeypatch, tmp_path):
    """A small model lies where all-mpnet-base-v2 would: its files, checked, make the encoder."""
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path))
    folder = tmp_path / "mpnet"
    folder.mkdir()
    files = []
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        content = (minilm_folder() / name).read_bytes()
        (folder / name).write_bytes(content)
        files.append(File(f"x/{name}", hashlib.sha256(content).hexdigest(), len(content)))
    record = DATASETS["mpnet"]
    source = dataclasses.replace(record.sources[0], files=tuple(files))
    monkeypatch.setitem(DATASETS, "mpnet", dataclasses.replace(record, sources=(source,)))
    encoder = encoder_named("mpnet", device="cpu")
    assert encoder.folder == folder
    mine = encoder.encode(["a war film"])
    np.testing.assert_array_equal(mine, TextEncoder(device="cpu").encode(["a war film"]))
