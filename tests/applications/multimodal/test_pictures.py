import numpy as np
import pytest
import torch
from PIL import Image

from plmrec_lite.applications.multimodal import pictures as module
from plmrec_lite.applications.multimodal.efficientnet import load_lite0
from plmrec_lite.applications.multimodal.pictures import (
    check_pictures,
    open_picture,
    picture_vectors,
    pixel_vectors,
)
from plmrec_lite.data.sources.emoji import draw_emoji


@pytest.fixture(scope="module")
def drawn():
    return draw_emoji(["\N{FOX FACE}", "\N{TEAPOT}", "\N{ROCKET}"], size=64)


def test_vectors_are_those_of_the_network(drawn):
    given = (drawn.astype(np.float64) - 127) / 128
    with torch.inference_mode():
        expected = load_lite0().vectors(torch.from_numpy(given).float().permute(0, 3, 1, 2))
    found = picture_vectors(drawn, batch_size=2, cache=False)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-4)


def test_kept_vectors_are_taken_and_another_picture_is_not_mistaken(drawn, tmp_path, monkeypatch):
    encoded = []

    def made(pictures, batch_size):
        encoded.append(len(pictures))
        return pictures.reshape(len(pictures), -1)[:, :7].astype(np.float32)

    monkeypatch.setattr("plmrec_lite.text.vector_cache.cache_home", lambda: tmp_path)
    monkeypatch.setattr(module, "_encoded", made)
    first = picture_vectors(drawn)
    assert np.array_equal(picture_vectors(drawn), first) and encoded == [3]
    changed = drawn.copy()
    changed[1, 30, 30] ^= 1
    picture_vectors(changed)
    picture_vectors(drawn.reshape(3, 32, 128, 3))  # the same bytes in another shape
    picture_vectors(drawn, batch_size=5)
    assert encoded == [3, 3, 3, 3]
    picture_vectors(drawn, cache=False)
    assert encoded == [3, 3, 3, 3, 3]


def test_pixels_are_means_of_squares(drawn):
    vectors = pixel_vectors(drawn, side=16)
    expected = drawn.reshape(3, 16, 4, 16, 4, 3).mean(axis=(2, 4)).reshape(3, -1) / 255
    np.testing.assert_allclose(vectors, expected, atol=1.01 / 255)
    np.testing.assert_allclose(pixel_vectors(drawn, side=64), drawn.reshape(3, -1) / 255)
    assert pixel_vectors(drawn, side=1).shape == (3, 3)
    with pytest.raises(ValueError, match="side=65: give 1 to 64 pixels"):
        pixel_vectors(drawn, side=65)


def test_own_pictures_get_the_form_of_those_of_the_book(tmp_path):
    path = tmp_path / "wide.png"
    whole = Image.new("RGBA", (40, 20), (255, 0, 0, 255))
    whole.paste((0, 0, 0, 0), (0, 0, 20, 20))  # the left half is transparent
    whole.save(path)
    opened = open_picture(path, size=40)
    assert opened.shape == (40, 40, 3) and opened.dtype == np.uint8
    assert (opened[:9] == 255).all() and (opened[-9:] == 255).all()  # white above and below
    assert (opened[20, 5] == 255).all()
    assert opened[20, 35].tolist() == [255, 0, 0]


@pytest.mark.parametrize("content", [b"", b"<svg></svg>", b"\x89PNG\r\n\x1a\n damaged", b"text"])
def test_a_picture_that_is_none_is_named(content, tmp_path):
    path = tmp_path / "poster.png"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"poster\.png cannot be read as a picture.*export an SVG"):
        open_picture(path)


def test_a_picture_that_is_cut_off_is_named(drawn, tmp_path):
    path = tmp_path / "poster.png"
    Image.fromarray(drawn[0]).save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ValueError, match=r"poster\.png cannot be read as a picture"):
        open_picture(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="poster"):
        open_picture(tmp_path / "poster.png")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (np.zeros((2, 64, 64, 3)), r"float64 of shape \(2, 64, 64, 3\)"),
        (np.zeros((64, 64, 3), np.uint8), r"uint8 of shape \(64, 64, 3\)"),
        (np.zeros((2, 3, 64, 64), np.uint8), r"shape \(2, 3, 64, 64\)"),
        (np.zeros((2, 16, 64, 3), np.uint8), "sides of 32 pixels or more"),
        (np.full((2, 64, 64, 3), 255, np.uint8), "picture 0 has one colour"),
    ],
)
def test_what_is_no_table_of_pictures_is_refused(wrong, said):
    for encode in (check_pictures, picture_vectors, pixel_vectors):
        with pytest.raises(ValueError, match=said):
            encode(wrong)
