"""The ONNX backends: torch's vectors, from a file that is whole, unaltered and of this model."""

import errno
import json
import os
import shutil
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import pytest
from trainings import write_tiny_bert

from plmrec_lite.data import load_movielens
from plmrec_lite.text import TextEncoder, encoder, encoder_named, onnx_engine, onnx_file
from plmrec_lite.text.onnx_file import ENGINES, onnx_model, onnx_versions
from plmrec_lite.text.pretrained import ModelError, load_tokenizer
from plmrec_lite.text.vector_cache import cache_size

TEXTS = ["a war film", "war", "a love story", "a war film a war film", "film", "story a"]


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("PLMREC_HOME", str(home))
    return home


def made(home, pattern="onnx*"):
    (folder,) = (home / "onnx").glob(pattern)
    return folder


def tiny(tiny_bert, backend="onnx", **settings):
    return TextEncoder(str(tiny_bert), backend=backend, **settings)


@pytest.fixture(scope="module")
def film_texts():
    texts = load_movielens().items.text.tolist()[:40]
    return [*texts, "war", "霸王别姬", " ".join(texts[:5])]


@pytest.fixture(scope="module")
def exact(film_texts):
    return TextEncoder(device="cpu").encode(film_texts, pooling=("mean", "cls"), normalize=False)


def cosines(a, b):
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return (a * b).sum(-1) / lengths


def test_minilm_in_float32_gives_torchs_vectors(film_texts, exact):
    """Texts of two to a hundred tokens share a batch, so most rows are padded."""
    backend = TextEncoder(backend="onnx")
    for batch_size in (64, 7, 1):
        found = backend.encode(
            film_texts, pooling=("mean", "cls"), normalize=False, batch_size=batch_size
        )
        np.testing.assert_allclose(found, exact, atol=1e-5)
    unit = exact / np.linalg.norm(exact, axis=-1, keepdims=True)
    np.testing.assert_allclose(backend.encode(film_texts), unit[0], atol=1e-5)
    assert backend.encode(film_texts).dtype == np.float32
    plain = TextEncoder(device="cpu")
    assert (backend.dimension, backend.max_length) == (plain.dimension, plain.max_length)


def test_minilm_in_int8_is_near_torch_and_a_quarter_as_large(film_texts, exact, home):
    found = TextEncoder(backend="onnx-int8").encode(film_texts)
    near = cosines(found, exact[0])
    assert near.min() > 0.95
    assert 0.98 < near.mean() < 0.999
    size = (made(home) / "model.onnx").stat().st_size
    assert 22e6 < size < 24e6
    assert TextEncoder(backend="onnx").encode(film_texts[:2]).shape == (2, 384)
    assert 3.8 < (made(home, "onnx-[!i]*") / "model.onnx").stat().st_size / size < 4


def test_padding_changes_no_vector_that_is_pooled(tiny_bert):
    """One text alone, and beside a much longer one."""
    plain, backend = TextEncoder(str(tiny_bert), device="cpu"), tiny(tiny_bert)
    both = backend.encode(["war", "a war film a war film a love story"])
    np.testing.assert_allclose(both[:1], backend.encode(["war"]), atol=1e-6)
    np.testing.assert_allclose(both[:1], plain.encode(["war"]), atol=1e-5)


@pytest.mark.parametrize("backend", ENGINES)
def test_permuted_texts_and_other_numbers_of_threads_bit_for_bit(tiny_bert, backend, monkeypatch):
    texts = [f"{a} {b} {c}" for a in TEXTS for b in TEXTS[:3] for c in ("a", "war war")]
    found = []
    for n in (1, 2, 5):
        monkeypatch.setattr(onnx_engine, "n_threads", lambda n=n: n)
        found.append(tiny(tiny_bert, backend).encode(texts))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
    order = np.random.default_rng(0).permutation(len(texts))
    permuted = tiny(tiny_bert, backend).encode([texts[i] for i in order])
    np.testing.assert_array_equal(permuted, found[0][order])


def test_at_most_sixteen_texts_go_through_at_once(tiny_bert, monkeypatch):
    backend, sizes = tiny(tiny_bert), []
    vectors = backend._engine.vectors

    def spy(ids, *options):
        sizes.append((len(ids), max(map(len, ids))))
        return vectors(ids, *options)

    monkeypatch.setattr(backend._engine, "vectors", spy)
    monkeypatch.setattr(onnx_engine, "n_threads", lambda: 1)
    texts = [" ".join([*["war"] * (i // 4), *["film"] * (i % 4), "a"]) for i in range(40)]
    backend.encode(texts)
    assert [size for size, _ in sizes] == [16, 16, 8]
    assert [width for _, width in sizes] == sorted(width for _, width in sizes)
    sizes.clear()
    backend.encode(TEXTS, batch_size=4)
    assert [size for size, _ in sizes] == [4, 2]


def test_no_texts_long_texts_and_bad_options(tiny_bert):
    backend = tiny(tiny_bert)
    assert backend.encode([]).shape == (0, 8)
    assert backend.encode([], pooling=("mean", "cls")).shape == (2, 0, 8)
    with pytest.raises(ValueError, match="longer than the 16 tokens"):
        backend.encode(["war " * 20])
    cut = backend.encode(["war " * 20], truncate=True)
    np.testing.assert_allclose(cut, backend.encode(["war " * 14]), atol=1e-6)
    with pytest.raises(ValueError, match="text 1 of texts is empty"):
        backend.encode(["war", ""])


def test_the_file_is_made_once(tiny_bert, monkeypatch, home):
    first = tiny(tiny_bert).encode(TEXTS)
    monkeypatch.setattr(onnx_file, "load_pretrained", lambda name: pytest.fail("exported again"))
    np.testing.assert_array_equal(tiny(tiny_bert).encode(TEXTS), first)
    assert {path.name for path in made(home).iterdir()} == {"model.onnx", "about.json"}


def test_a_copy_of_the_model_elsewhere_is_the_same_model(tiny_bert, tmp_path, monkeypatch):
    first = tiny(tiny_bert).encode(TEXTS)
    monkeypatch.setattr(onnx_file, "load_pretrained", lambda name: pytest.fail("exported again"))
    copy = shutil.copytree(tiny_bert, tmp_path / "copy")
    np.testing.assert_array_equal(tiny(copy).encode(TEXTS), first)


@pytest.mark.parametrize("library", onnx_file.EXPORTERS)
def test_another_version_of_a_library_makes_a_file_of_its_own(
    tiny_bert, home, monkeypatch, library
):
    tiny(tiny_bert).encode(TEXTS)
    monkeypatch.setattr(
        onnx_file, "version", lambda name: "0" if name == library else version(name)
    )
    tiny(tiny_bert).encode(TEXTS)
    assert len(list((home / "onnx").iterdir())) == 2


def flip(path, place=-100):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def drop(path, key):
    about = json.loads(path.read_text("utf-8"))
    del about[key]
    path.write_text(json.dumps(about), "utf-8")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda at: flip(at / "model.onnx"), "model.onnx was altered or cut off: expected sha256"),
        (lambda at: flip(at / "model.onnx", 0), "altered or cut off"),
        (lambda at: os.truncate(at / "model.onnx", 1000), "altered or cut off"),
        (lambda at: os.truncate(at / "model.onnx", 0), "altered or cut off"),
        (lambda at: (at / "model.onnx").unlink(), "incomplete or damaged"),
        (lambda at: (at / "about.json").unlink(), "incomplete or damaged"),
        (lambda at: (at / "about.json").write_text("{", "utf-8"), "incomplete or damaged"),
        (lambda at: (at / "about.json").write_text("[]", "utf-8"), "incomplete or damaged"),
        (lambda at: drop(at / "about.json", "sha256"), "incomplete or damaged"),
        (lambda at: drop(at / "about.json", "dimension"), "incomplete or damaged"),
    ],
)
def test_a_damaged_file_is_refused_and_the_cure_cures(tiny_bert, home, damage, message):
    good = tiny(tiny_bert).encode(TEXTS)
    folder = made(home)
    damage(folder)
    with pytest.raises(ModelError, match=message) as error:
        tiny(tiny_bert).encode(TEXTS)
    assert f"remove the folder {folder}, and the file is made again" in str(error.value)
    shutil.rmtree(folder)
    np.testing.assert_array_equal(tiny(tiny_bert).encode(TEXTS), good)


def test_a_file_of_another_model_or_backend_is_refused(tiny_bert, home, tmp_path):
    tiny(tiny_bert).encode(TEXTS)
    mine = made(home)
    other = write_tiny_bert(tmp_path / "other", n_layers=3)
    tiny(other).encode(TEXTS)
    (theirs,) = set((home / "onnx").iterdir()) - {mine}
    shutil.rmtree(mine)
    shutil.copytree(theirs, mine)
    with pytest.raises(ModelError, match="was made from another model"):
        tiny(tiny_bert).encode(TEXTS)
    about = json.loads((theirs / "about.json").read_text("utf-8"))
    (theirs / "about.json").write_text(json.dumps(about | {"backend": "onnx-int8"}), "utf-8")
    with pytest.raises(ModelError, match="for 'onnx-int8', not"):
        tiny(other).encode(TEXTS)


@pytest.mark.parametrize("backend", ENGINES)
def test_a_graph_that_cannot_be_loaded_is_named(tiny_bert, home, backend, monkeypatch):
    """It is what was written, so nobody altered it: this ONNX Runtime cannot read it."""
    monkeypatch.setattr(onnx_engine, "onnx_model", lambda *_: (b"no graph", onnx_model(*_)[1]))
    with pytest.raises(ModelError, match=rf"cannot load the graph of '{backend}'.*\"torch\""):
        tiny(tiny_bert, backend).encode(TEXTS)


def test_an_export_that_ends_midway_leaves_nothing_that_is_used(tiny_bert, home, monkeypatch):
    def ends(model, path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(onnx_file, "_export", ends)
        with pytest.raises(KeyboardInterrupt):
            tiny(tiny_bert).encode(TEXTS)
    assert list((home / "onnx").iterdir()) == []
    assert tiny(tiny_bert).encode(TEXTS).shape == (6, 8)


def test_two_processes_at_once_end_with_one_whole_file(tiny_bert, home, monkeypatch):
    export = onnx_file._export

    def slow(model, path):
        with monkeypatch.context() as patch:
            patch.setattr(onnx_file, "_export", export)
            tiny(tiny_bert).encode(TEXTS)  # the other one is first
        export(model, path)

    monkeypatch.setattr(onnx_file, "_export", slow)
    assert tiny(tiny_bert).encode(TEXTS).shape == (6, 8)
    assert made(home).is_dir()


def test_a_disk_that_takes_nothing_is_named_with_a_cure(tiny_bert, home, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(onnx_file, "_export", full)
        with pytest.raises(ModelError, match=r"is full.*set PLMREC_HOME"):
            tiny(tiny_bert).encode(TEXTS)
    monkeypatch.setenv("PLMREC_HOME", str(home / "file"))
    (home / "file").write_text("in the way", "utf-8")
    with pytest.raises(ModelError, match=r"cannot be used.*set PLMREC_HOME"):
        tiny(tiny_bert).encode(TEXTS)


@pytest.mark.parametrize("missing", ["onnx", "onnxruntime"])
def test_what_is_not_installed_is_named_at_once(tiny_bert, monkeypatch, missing):
    def without(library):
        if library == missing:
            raise PackageNotFoundError(library)
        return version(library)

    monkeypatch.setattr(onnx_file, "version", without)
    message = rf'needs {missing}, which.*pip install "plmrec-lite\[onnx\]"'
    with pytest.raises(ModuleNotFoundError, match=message):
        tiny(tiny_bert)
    TextEncoder(str(tiny_bert), device="cpu").encode(["war"])


def test_versions_and_tokenizer_are_those_of_the_libraries_and_the_model(tiny_bert, tmp_path):
    assert onnx_versions()["onnxruntime"] == version("onnxruntime")
    assert load_tokenizer(str(tiny_bert))("war film")["input_ids"] == [2, 6, 7, 3]
    with pytest.raises(ModelError, match="incomplete or damaged"):
        load_tokenizer(str(tmp_path))


def test_unknown_backends_and_other_devices_are_refused(tiny_bert):
    with pytest.raises(ValueError, match="backend='onnx8': use one of 'torch', 'onnx'"):
        tiny(tiny_bert, "onnx8")
    with pytest.raises(ValueError, match="device='cuda': backend='onnx' runs on the processor"):
        tiny(tiny_bert, device="cuda")
    assert tiny(tiny_bert, device="cpu").encode(["war"]).shape == (1, 8)
    assert tiny(tiny_bert).device.type == "cpu"


def test_there_is_no_model_to_look_into(tiny_bert):
    for ask in (lambda e: e.model, lambda e: e.token_vectors("war")):
        with pytest.raises(AttributeError, match=r"'onnx'.*use TextEncoder\(backend=\"torch\"\)"):
            ask(tiny(tiny_bert))


def test_kept_vectors_are_those_of_their_backend(tiny_bert, monkeypatch):
    found = {}
    for backend in ("torch", *ENGINES):
        device = "cpu" if backend == "torch" else None
        settings = {"backend": backend, "device": device, "cache": True}
        found[backend] = TextEncoder(str(tiny_bert), **settings).encode(TEXTS)
    assert cache_size()[0] == 3
    assert not np.array_equal(found["onnx"], found["onnx-int8"])
    monkeypatch.setattr(encoder, "OnnxEngine", lambda *_: pytest.fail("computed again"))
    for backend in ENGINES:
        kept = tiny(tiny_bert, backend, cache=True).encode(TEXTS)
        np.testing.assert_array_equal(kept, found[backend])


def test_vectors_kept_by_another_onnx_runtime_are_computed_anew(tiny_bert, monkeypatch):
    tiny(tiny_bert, cache=True).encode(TEXTS)
    monkeypatch.setattr(
        onnx_file, "version", lambda name: "0" if name == "onnxruntime" else version(name)
    )
    tiny(tiny_bert, cache=True).encode(TEXTS)
    assert cache_size()[0] == 2


def test_encoder_named_hands_the_backend_on(tiny_bert):
    assert encoder_named(str(tiny_bert), backend="onnx").backend == "onnx"
    with pytest.raises(ValueError, match=r"glove-50d.*'onnx': use one of 'torch'"):
        encoder_named("glove-50d", backend="onnx")
