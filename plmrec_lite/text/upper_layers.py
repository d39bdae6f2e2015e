"""The last layers of a language model, trained on cached outputs of the layers below."""

from __future__ import annotations

import copy

import numpy as np
import torch
from transformers.masking_utils import create_bidirectional_mask

from plmrec_lite.checks import check_texts
from plmrec_lite.nn import lora
from plmrec_lite.runtime import check_seed, evaluation_mode, progress

TEXTS_AT_ONCE = 32  # that are padded to one length


class LowerStates:
    """What enters the upper layers, for each text: one vector a token.

    Parameters
    ----------
    states : list of n float32 tensors (T_i, d); special tokens included, without padding

    Attributes
    ----------
    lengths : int array (n,); T_i of each text, in tokens
    """

    def __init__(self, states):
        self.states = states
        self.lengths = np.array([len(state) for state in states])

    def __len__(self):
        return len(self.states)

    def batch(self, rows):
        """Pad some texts to their longest.

        Parameters
        ----------
        rows : sequence of int (B,); at least one

        Returns
        -------
        states : float32 tensor (B, T, d); zeros where a text has ended
        mask : int64 tensor (B, T); 1 where there is a token
        """
        chosen = [self.states[row] for row in rows]
        states = torch.nn.utils.rnn.pad_sequence(chosen, batch_first=True)  # (B, T, d)
        lengths = torch.tensor([len(state) for state in chosen], device=states.device)
        mask = torch.arange(states.size(1), device=states.device) < lengths[:, None]
        return states, mask.long()

    def apart(self, rows):
        """Pad some texts, short and long ones apart to save padding.

        Parameters
        ----------
        rows : sequence of int (B,); at least one

        Returns
        -------
        dict; a batch for ``train``: ``"texts"``, by number, dicts of ``"states"`` and ``"mask"`` as
            `UpperLayers` takes them, and ``"order"``, an int64 tensor (B,) that puts their rows
            into the order of ``rows``; see `joined_vectors`
        """
        rows = np.asarray(rows)
        order = np.argsort(self.lengths[rows], kind="stable")
        texts = {}
        for start in range(0, len(rows), TEXTS_AT_ONCE):
            states, mask = self.batch(rows[order[start : start + TEXTS_AT_ONCE]])
            texts[start] = {"states": states, "mask": mask}
        return {"texts": texts, "order": torch.from_numpy(np.argsort(order))}


def joined_vectors(upper, batch):
    """Return the vectors of texts that were padded apart.

    Parameters
    ----------
    upper : UpperLayers, or a module of its form
    batch : dict; of ``LowerStates.apart``

    Returns
    -------
    float tensor (B, d)
    """
    return torch.cat([upper(**texts) for texts in batch["texts"].values()])[batch["order"]]


@torch.no_grad()
def lower_states(encoder, texts, n_layers, max_length=64, batch_size=64):
    """Run all but the last layers once, without dropout.

    Parameters
    ----------
    encoder : TextEncoder; a model of BERT's kind
    texts : sequence of n str; none empty
    n_layers : int; layers at the top that are left out
    max_length : int; tokens to which a longer text is cut, special tokens included
    batch_size : int

    Returns
    -------
    LowerStates; of n texts, on the encoder's device

    Raises
    ------
    TypeError, ValueError: see ``check_texts``; or the model has no ``n_layers`` such layers
    """
    texts = check_texts(texts)
    lower = _layers_of(encoder.model, n_layers)[:-n_layers]
    model, tokenizer = encoder.model, encoder.tokenizer
    longest = min(max_length, encoder.max_length)
    ids = tokenizer(texts, truncation=True, max_length=longest, verbose=False)["input_ids"]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    states = [None] * len(ids)
    for start in progress(range(0, len(order), batch_size), "lower layers"):
        rows = order[start : start + batch_size]
        batch = tokenizer.pad({"input_ids": [ids[i] for i in rows]}, return_tensors="pt")
        batch = batch.to(encoder.device)
        hidden = model.embeddings(input_ids=batch["input_ids"])  # (B, T, d)
        hidden = _through(lower, model.config, hidden, batch["attention_mask"])
        for row, state in zip(rows, hidden, strict=True):
            states[row] = state[: len(ids[row])].clone()  # (T_i, d)
    return LowerStates(states)


class UpperLayers(torch.nn.Module):
    """A copy of a model's last layers, and the mean of their output over a text's tokens.

    Parameters
    ----------
    model : transformers.PreTrainedModel; of BERT's kind; not changed
    n_layers : int

    Raises
    ------
    ValueError: the model has no ``n_layers`` such layers
    """

    def __init__(self, model, n_layers):
        super().__init__()
        self.layers = copy.deepcopy(_layers_of(model, n_layers)[-n_layers:])
        self.config = model.config

    def forward(self, states, mask):
        """Return one vector a text: the mean over the tokens, its length not changed.

        Parameters
        ----------
        states : float tensor (B, T, d); what the layers below gave
        mask : int tensor (B, T); 1 where there is a token

        Returns
        -------
        float tensor (B, d)
        """
        hidden = _through(self.layers, self.config, states, mask)  # (B, T, d)
        weights = mask.unsqueeze(-1).to(hidden.dtype)  # (B, T, 1)
        return (hidden * weights).sum(1) / weights.sum(1)

    def vectors(self, lower, rows, chunk=32):
        """Return the vectors of some texts, similar lengths together to save padding.

        Parameters
        ----------
        lower : LowerStates
        rows : int array (B,); at least one
        chunk : int; texts a forward pass

        Returns
        -------
        float tensor (B, d); in the order of ``rows``
        """
        rows = np.asarray(rows)
        order = np.argsort(lower.lengths[rows], kind="stable")
        parts = [
            self(*lower.batch(rows[order[start : start + chunk]]))
            for start in range(0, len(rows), chunk)
        ]
        back = torch.from_numpy(np.argsort(order)).to(parts[0].device)
        return torch.cat(parts)[back]  # (B, d)

    @torch.no_grad()
    def all_vectors(self, lower):
        """Return the vectors of all n texts, without dropout.

        Parameters
        ----------
        lower : LowerStates

        Returns
        -------
        float32 array (n, d)
        """
        with evaluation_mode(self):
            vectors = self.vectors(lower, np.arange(len(lower)), chunk=128)
        return vectors.float().cpu().numpy()


def add_lora(upper, rank, seed=0):
    """Freeze upper layers, and give each query and value matrix a trainable correction, in place.

    Parameters
    ----------
    upper : UpperLayers
    rank : int; a d by d matrix gets 2 r d new weights
    seed : int; of their first values
    """
    check_seed(seed)
    lora.add_lora(upper, rank, 2 * rank, ["query", "value"], seed=seed)


def _layers_of(model, n_layers):
    """Return a model's list of layers, refusing other architectures and impossible numbers."""
    layers = getattr(getattr(model, "encoder", None), "layer", None)
    if layers is None or not hasattr(model, "embeddings"):
        raise ValueError(
            f"{type(model).__name__} has no embeddings and encoder.layer: "
            "use a model of BERT's kind, such as 'minilm'"
        )
    if not 1 <= n_layers <= len(layers):
        raise ValueError(f"n_layers={n_layers}: the model has {len(layers)} layers to choose from")
    return layers


def _through(layers, config, hidden, mask):
    """Send hidden states (B, T, d) through layers; no token looks at padding."""
    attention = create_bidirectional_mask(config=config, inputs_embeds=hidden, attention_mask=mask)
    for layer in layers:
        hidden = layer(hidden, attention)
    return hidden
