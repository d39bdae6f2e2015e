"""A conversion is whole or not there: altered, half-made, two at once, of other weights."""

import json
import os
import threading

import numpy as np
import pytest
import torch
from gguf import GGUFWriter
from tiny_gpt import tiny_tokenizer

from plmrec_lite.data.sources.fetch import STAGING
from plmrec_lite.text.gpt import weights
from plmrec_lite.text.gpt.model import load_gpt
from plmrec_lite.text.gpt.weights import (
    NEEDED,
    SEAL,
    WEIGHTS,
    is_whole,
    smollm2_folder,
    tensors_sha256,
)
from plmrec_lite.text.pretrained import ModelError

SIZES = {"token_embd": (180, 32), "attn_q": (32, 32), "attn_k": (16, 32), "attn_v": (16, 32)} | {
    "attn_output": (32, 32),
    "ffn_gate": (48, 32),
    "ffn_up": (48, 32),
    "ffn_down": (32, 48),
}


@pytest.fixture(scope="module")
def gguf(tmp_path_factory):
    """A decoder of one layer and random weights in the form in which SmolLM2 comes."""
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    rng = np.random.default_rng(0)
    writer = GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_block_count(1)
    writer.add_feed_forward_length(48)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10_000.0)
    writer.add_vocab_size(180)
    told = json.loads(tiny_tokenizer().backend_tokenizer.to_str())["model"]
    words = sorted(told["vocab"], key=told["vocab"].get)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(words)
    writer.add_token_types([3] + [1] * (len(words) - 1))
    writer.add_token_merges([" ".join(pair) for pair in told["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    for name, size in SIZES.items():
        place = name if name == "token_embd" else f"blk.0.{name}"
        values = rng.normal(scale=0.3, size=size).astype(np.float32)
        writer.add_tensor(f"{place}.weight", values)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(32, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture(scope="module")
def sha256(gguf, tmp_path_factory):
    """Of the tiny one's tensors, from the refusal of a conversion that gives other weights."""
    folder = tmp_path_factory.mktemp("refused")
    with pytest.raises(ModelError, match=r"other weights.*requirements\.lock") as caught:
        weights._write(gguf, folder)
    assert list(folder.iterdir()) == []
    return str(caught.value).partition("(sha256 ")[2][:64]


@pytest.fixture
def fetched(gguf, sha256, tmp_path, monkeypatch):
    """In an empty cache, where the model is the tiny one: the names that were fetched."""
    names = []

    def fetch(name):
        names.append(name)
        (tmp_path / name).mkdir(exist_ok=True)
        return {gguf.name: gguf}

    monkeypatch.setattr(weights, "fetch", fetch)
    monkeypatch.setattr(weights, "cache_home", lambda: tmp_path)
    monkeypatch.setattr(weights, "TENSORS_SHA256", sha256)
    return names


def left_over(home):
    return [path.name for path in home.iterdir() if path.name.startswith(STAGING)]


def test_it_is_converted_once_and_then_read(fetched, gguf, tmp_path, capsys):
    folder = smollm2_folder()
    assert is_whole(folder)
    assert {path.name for path in folder.iterdir()} >= NEEDED | {SEAL}
    assert "smollm2: converting" in capsys.readouterr().err
    written = (folder / WEIGHTS).stat().st_mtime_ns
    assert smollm2_folder() == folder
    assert (folder / WEIGHTS).stat().st_mtime_ns == written
    assert fetched == ["smollm2"]
    assert "converting" not in capsys.readouterr().err
    assert left_over(tmp_path) == []


def test_the_weights_and_words_are_those_of_the_gguf(fetched, gguf):
    from gguf import GGUFReader

    gpt = load_gpt("smollm2", device="cpu")
    tensors = {tensor.name: tensor.data for tensor in GGUFReader(gguf).tensors}
    state = gpt.model.state_dict()
    assert all(value.dtype == torch.float32 for value in state.values())
    for there, here in {
        "token_embd": "model.embed_tokens",
        "blk.0.ffn_down": "model.layers.0.mlp.down_proj",
        "blk.0.attn_v": "model.layers.0.self_attn.v_proj",
    }.items():
        np.testing.assert_array_equal(state[f"{here}.weight"].numpy(), tensors[f"{there}.weight"])
    assert gpt.model.lm_head.weight is gpt.model.model.embed_tokens.weight
    assert gpt.max_length == 64
    assert not gpt.model.training
    for text in (" Star Trek: Generations", "A viewer\n"):
        assert gpt.ids(text) == tiny_tokenizer()(text)["input_ids"]
        assert gpt.text(gpt.ids(text)) == text


@pytest.mark.parametrize("name", [*sorted(NEEDED), SEAL])
@pytest.mark.parametrize("fault", ["altered", "cut", "gone"])
def test_what_is_altered_is_not_taken_and_made_anew(fetched, name, fault, tmp_path):
    folder = smollm2_folder()
    content = (folder / name).read_bytes()
    if fault == "gone":
        (folder / name).unlink()
    else:
        other = bytes([content[0] ^ 1]) + content[1:]
        (folder / name).write_bytes(other if fault == "altered" else content[:-3])
    assert not is_whole(folder)
    assert smollm2_folder() == folder
    assert is_whole(folder)
    assert (folder / name).read_bytes() == content
    assert fetched == ["smollm2"] * 2
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("seal", ["{}", "[]", "{", "null", '{"config.json": 3}'])
def test_a_seal_that_says_little_seals_nothing(fetched, seal):
    folder = smollm2_folder()
    (folder / SEAL).write_text(seal)
    assert not is_whole(folder)


@pytest.mark.parametrize("step", ["_write", "sha256_of", "os.rename"])
def test_a_conversion_that_is_killed_leaves_nothing_that_would_be_used(
    fetched, step, tmp_path, monkeypatch
):
    def killed(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(*((os, "rename") if "." in step else (weights, step)), killed)
        smollm2_folder()
    assert not is_whole(tmp_path / "smollm2" / weights.CONVERTED)
    assert is_whole(smollm2_folder())


def test_two_conversions_at_once_end_well(fetched, tmp_path, monkeypatch):
    both, write, errors = threading.Barrier(2), weights._write, []

    def together(*arguments):
        write(*arguments)
        both.wait(30)

    def convert():
        try:
            smollm2_folder()
        except Exception as error:
            errors.append(error)

    monkeypatch.setattr(weights, "_write", together)
    threads = [threading.Thread(target=convert) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert is_whole(tmp_path / "smollm2" / weights.CONVERTED)
    assert left_over(tmp_path) == []


def test_a_disk_that_is_full_is_named_with_its_cure(fetched, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weights, "_write", full)
    with pytest.raises(ModelError, match=r"No space left.*free 600 MB.*PLMREC_HOME"):
        smollm2_folder()


def test_other_weights_than_the_books_are_refused(fetched, monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "TENSORS_SHA256", "0" * 64)
    with pytest.raises(ModelError, match=r"other weights than the book's.*not 000"):
        smollm2_folder()
    assert not (tmp_path / "smollm2" / weights.CONVERTED).exists()


def test_the_hash_of_tensors_sees_names_shapes_kinds_and_values():
    x = torch.arange(6, dtype=torch.float32)
    same = tensors_sha256({"a": x, "b": x})
    assert tensors_sha256({"b": x.clone(), "a": x}) == same
    others = [{"a": x, "c": x}, {"a": x.view(2, 3), "b": x}, {"a": x.half(), "b": x}]
    others += [{"a": x, "b": x + 1e-6}, {"a": x}]
    assert len({same, *map(tensors_sha256, others)}) == 6
    assert tensors_sha256({"a": x.view(2, 3).T}) == tensors_sha256({"a": x.view(2, 3).T.clone()})
