"""A BERT small enough to be pre-trained while you wait."""

from __future__ import annotations

import torch

from plmrec_lite.nn.positions import sinusoidal_positions
from plmrec_lite.runtime import check_seed, own_seed

SHARPNESS = 2.5  # makes some two thirds of a head's attention fall on the neighbour


def small_bert(
    kind, tokenizer, d_model=128, n_layers=2, n_heads=4, max_length=64, neighbours=True, seed=0
):
    """Build a small BERT with random weights.

    Parameters
    ----------
    kind : type; ``BertForPreTraining`` guesses words and next sentences, ``BertForMaskedLM`` only
        words, ``BertLMHeadModel`` the next word
    tokenizer : transformers.PreTrainedTokenizerBase
    d_model, n_layers, n_heads : int
    max_length : int; tokens
    neighbours : bool; let two heads of the first layer begin by looking one place to the left
        and to the right: BERT's heads learn this (Clark et al. 2019), but not within minutes
    seed : int; of the first weights

    Returns
    -------
    transformers.BertPreTrainedModel; the table of pieces is also the last layer

    Raises
    ------
    ValueError: ``n_heads`` gives no heads of even width, or too few for both neighbours

    Source: Devlin et al. 2019; Turc et al. 2019 (small ones).
    """
    check_seed(seed)
    from transformers import BertConfig, BertLMHeadModel

    if d_model % (2 * n_heads):
        raise ValueError(f"d_model={d_model} does not give n_heads={n_heads} an even width each")
    if neighbours and n_heads < 2:
        raise ValueError(f"n_heads={n_heads}: two heads are needed to look left and right")
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=d_model,
        num_hidden_layers=n_layers,
        num_attention_heads=n_heads,
        intermediate_size=4 * d_model,
        max_position_embeddings=max_length,
        pad_token_id=tokenizer.pad_token_id,
        is_decoder=kind is BertLMHeadModel,
        use_cache=False,
        initializer_range=d_model**-0.5,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    with own_seed(seed):
        model = kind(config)
    if neighbours:
        look_at_neighbours(model)
    return model


@torch.no_grad()
def look_at_neighbours(model):
    """Let two heads of a fresh model begin by looking one place to the left and to the right.

    The first d_head columns of the embeddings hold the places, as the fastest of the sinusoidal
    clocks, and the rest the tokens. A head that compares the clocks of the other places with its
    own, turned by one place, finds the neighbour.

    Parameters
    ----------
    model : transformers.BertPreTrainedModel; at least two heads, changed in place

    Source: Vaswani et al. 2017, section 3.5, and Clark et al. 2019, section 3.
    """
    config, embeddings = model.config, model.bert.embeddings
    d_model, d_head = config.hidden_size, config.hidden_size // config.num_attention_heads
    tokens, places = embeddings.word_embeddings.weight, embeddings.position_embeddings.weight
    clocks = sinusoidal_positions(len(places), d_model)[:, :d_head]  # (T, d_head)
    places.zero_()
    places[:, :d_head] = clocks * tokens.std() * 2**0.5  # as long, on average, as a token
    tokens[:, :d_head] = 0
    embeddings.token_type_embeddings.weight[:, :d_head] = 0

    w = 10000.0 ** (-torch.arange(0, d_head, 2) / d_model)  # (d_head / 2,) radians a place
    attention = model.bert.encoder.layer[0].attention.self
    for head, step in enumerate((-1, 1)):
        cos, sin = torch.cos(step * w), torch.sin(step * w)
        turns = [
            torch.stack([torch.stack([c, s]), torch.stack([-s, c])])
            for c, s in zip(cos, sin, strict=True)
        ]
        rows = slice(head * d_head, (head + 1) * d_head)
        attention.query.weight[rows] = 0
        attention.query.weight[rows, :d_head] = SHARPNESS * torch.block_diag(*turns)
        attention.key.weight[rows] = SHARPNESS * torch.eye(d_head, d_model)
