"""Pictures to vectors: by a network that learned to see photographs, or pixel by pixel."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import numpy as np

from plmrec_lite.data.sources.registry import dataset
from plmrec_lite.runtime import progress
from plmrec_lite.text.vector_cache import keep_vectors, load_vectors, vectors_key

MIDDLE, WIDTH = 127, 128  # of the 255 steps of a colour: Lite0 was trained on (x - 127) / 128
SMALLEST = 32  # pixels of a side: the network halves it five times


def open_picture(path, size=128):
    """Open a picture of your own, and give it the form of those of the book.

    Parameters
    ----------
    path : str or pathlib.Path; of a file that Pillow reads, such as PNG, JPEG or WebP
    size : int; pixels of a side; a picture that is no square is put on a white one

    Returns
    -------
    uint8 array (size, size, 3); red, green, blue; what is transparent becomes white

    Raises
    ------
    FileNotFoundError: there is no such file
    ValueError: it is no picture, or is damaged (the message names the file and what to do)
    """
    from PIL import Image, ImageOps

    path = Path(path)
    try:
        with Image.open(path) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except FileNotFoundError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"{path} cannot be read as a picture ({error}): give a PNG, JPEG or WebP file that an "
            "image viewer opens, and export an SVG drawing as PNG first"
        ) from error
    on_white = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return np.asarray(ImageOps.pad(on_white.convert("RGB"), (size, size), color="white"))


def check_pictures(pictures):
    """Refuse what is no table of pictures.

    Parameters
    ----------
    pictures : uint8 array (n, H, W, 3)

    Raises
    ------
    ValueError: another kind or shape, a side below 32 pixels, or a picture of one colour (the
        message names it)
    """
    shape, kind = np.shape(pictures), getattr(pictures, "dtype", type(pictures).__name__)
    if kind != np.uint8 or len(shape) != 4 or shape[3] != 3 or min(shape[1:3]) < SMALLEST:
        raise ValueError(
            f"pictures are {kind} of shape {shape}: give uint8 (n, height, width, 3), sides of "
            f"{SMALLEST} pixels or more, such as np.stack([open_picture(path) for path in paths])"
        )
    plain = (pictures == pictures[:, :1, :1]).all(axis=(1, 2, 3))
    if plain.any():
        raise ValueError(
            f"picture {plain.argmax()} has one colour in every place: nothing is drawn on it, "
            "leave it out"
        )


def picture_vectors(pictures, batch_size=32, cache=True):
    """Encode pictures by EfficientNet-Lite0.

    Parameters
    ----------
    pictures : uint8 array (n, H, W, 3)
    batch_size : int
    cache : bool; keep vectors on disk, and take them from there

    Returns
    -------
    float32 array (n, 1280); none below 0

    Raises
    ------
    FetchError: the weights are neither here nor to be had
    ValueError: as ``check_pictures``

    Source: Tan and Le 2019.
    """
    check_pictures(pictures)
    told = hashlib.sha256(np.ascontiguousarray(pictures)).hexdigest()
    (source,) = dataset("efficientnet-lite0").sources
    key = vectors_key(
        [told],
        shape=str(pictures.shape),
        model=source.files[0].sha256,
        torch=version("torch"),
        input=f"{MIDDLE}, {WIDTH}",
        batch_size=batch_size,
    )
    kept = load_vectors(key, len(pictures)) if cache else None
    if kept is not None:
        return kept
    vectors = _encoded(pictures, batch_size)
    if cache:
        keep_vectors(key, vectors)
    return vectors


def _encoded(pictures, batch_size):
    import torch

    from plmrec_lite.applications.multimodal.efficientnet import load_lite0

    network = load_lite0().to(memory_format=torch.channels_last)
    vectors = []
    with torch.inference_mode():
        for start in progress(range(0, len(pictures), batch_size), "encoding pictures"):
            seen = torch.from_numpy(pictures[start : start + batch_size].astype(np.float32))
            seen = ((seen - MIDDLE) / WIDTH).permute(0, 3, 1, 2)  # (B, 3, H, W)
            vectors.append(network.vectors(seen).numpy())
    return np.concatenate(vectors)


def pixel_vectors(pictures, side=16):
    """Shrink pictures, and take their pixels as they are: what a picture says without a network.

    Parameters
    ----------
    pictures : uint8 array (n, H, W, 3)
    side : int; pixels of a side of the shrunken picture, at most those of the pictures

    Returns
    -------
    float32 array (n, side * side * 3), in [0, 1]

    Raises
    ------
    ValueError: as ``check_pictures``, or ``side`` is out of range
    """
    from PIL import Image

    check_pictures(pictures)
    if not 1 <= side <= min(pictures.shape[1:3]):
        raise ValueError(f"side={side}: give 1 to {min(pictures.shape[1:3])} pixels")
    small = [Image.fromarray(one).resize((side, side), Image.Resampling.BOX) for one in pictures]
    return np.stack([np.asarray(one, dtype=np.float32).ravel() / 255 for one in small])
