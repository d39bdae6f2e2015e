"""An encoder with another network: the first layers only, its size, and how it is kept."""

from __future__ import annotations

import copy
from pathlib import Path

import torch

from plmrec_lite.checks import check_number
from plmrec_lite.text.encoder import TextEncoder


def layers_of(network):
    """Return the layers of a network of BERT's kind.

    Parameters
    ----------
    network : transformers.PreTrainedModel

    Returns
    -------
    torch.nn.ModuleList

    Raises
    ------
    ValueError: the network is of another kind
    """
    layers = getattr(getattr(network, "encoder", None), "layer", None)
    if layers is None or not hasattr(network, "embeddings"):
        raise ValueError(
            f"{type(network).__name__} has no embeddings and encoder.layer: use a model of BERT's "
            "kind, such as 'minilm'"
        )
    return layers


def with_network(encoder, network):
    """Return an encoder with the words of one encoder and another network.

    Parameters
    ----------
    encoder : TextEncoder; not changed
    network : transformers.PreTrainedModel; it is taken, not copied

    Returns
    -------
    TextEncoder; without a cache of vectors
    """
    other = TextEncoder(encoder.name, device=encoder.device)
    other.tokenizer, other.model = encoder.tokenizer, network.to(encoder.device).eval()
    return other


def first_layers(encoder, n_layers):
    """Return an encoder that stops after some layers.

    Parameters
    ----------
    encoder : TextEncoder; a model of BERT's kind; not changed
    n_layers : int; the first ones, which are kept

    Returns
    -------
    TextEncoder

    Raises
    ------
    ValueError: the model has no ``n_layers`` layers, or is of another kind

    Examples
    --------
    >>> first_layers(TextEncoder("minilm"), 2).model.config.num_hidden_layers
    2

    Source: Sajjad et al. 2023 (the upper layers are dropped).
    """
    network = copy.deepcopy(encoder.model)
    layers = layers_of(network)
    check_number("n_layers", n_layers, least=1, most=len(layers), whole=True)
    network.encoder.layer = layers[:n_layers]
    network.config.num_hidden_layers = n_layers
    return with_network(encoder, network)


def n_weights(encoder):
    """Return how many numbers an encoder's network holds, those that are 0 not counted apart.

    Parameters
    ----------
    encoder : TextEncoder

    Returns
    -------
    dict of int; ``"embeddings"``, ``"layers"``, and ``"zeros"`` among those of the layers
    """
    parts = {"layers": layers_of(encoder.model), "embeddings": encoder.model.embeddings}
    found = {name: sum(w.numel() for w in part.parameters()) for name, part in parts.items()}
    zeros = sum(int((w == 0).sum()) for w in parts["layers"].parameters())
    return found | {"zeros": zeros}


def save_encoder(encoder, folder):
    """Keep an encoder as a folder that ``TextEncoder`` reads: words, settings and safetensors.

    Parameters
    ----------
    encoder : TextEncoder
    folder : str or pathlib.Path; new or empty

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ValueError: the folder holds something, or heads were pruned, which its settings cannot say
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty: give a new folder")
    config = encoder.model.config
    shape = (config.hidden_size, config.hidden_size)
    for number, layer in enumerate(layers_of(encoder.model)):
        if tuple(layer.attention.self.query.weight.shape) != shape:
            raise ValueError(
                f"layer {number} has lost heads, and config.json knows one number of heads for all "
                "layers: save the encoder before its heads are pruned, and prune it when it is read"
            )
    with torch.no_grad():
        encoder.model.save_pretrained(folder, safe_serialization=True)
    encoder.tokenizer.save_pretrained(folder)
    return folder
