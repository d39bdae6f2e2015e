"""Masks under the hand: the scores of MiniLM's first layer for a sentence with padding."""

import torch
from plmrec_lite.nn.attention import TransformerBlock
from plmrec_lite.text import TextEncoder

SENTENCE = "A wildly funny prison caper."  # from a review
LENGTH = 11  # of the longest text of the batch; what is missing is padding
HEADS = [7, 4, 2]  # of the first layer, from 0


@torch.no_grad()
def scores():
    """Tokens, the scores q · k / √d_k of every head before any mask, and who is no padding."""
    encoder = TextEncoder(device="cpu")
    batch = encoder.tokenizer(
        SENTENCE, padding="max_length", max_length=LENGTH, return_tensors="pt"
    )
    x = encoder.model.embeddings(batch["input_ids"])  # (1, T, C)
    attention = TransformerBlock.from_bert_layer(encoder.model.encoder.layer[0]).attention
    query, key = (attention._split(part(x)) for part in (attention.query, attention.key))
    tokens = encoder.tokenizer.convert_ids_to_tokens(batch["input_ids"][0])
    d_k = query.size(-1)
    return tokens, (query @ key.mT / d_k**0.5)[0], batch["attention_mask"][0].bool()


def make():
    """The scores with three decimals."""
    tokens, s, real = scores()
    rounded = [[[round(v, 3) for v in row] for row in s[head].tolist()] for head in HEADS]
    return {
        "tokens": tokens,
        "real": [int(r) for r in real],
        "heads": [head + 1 for head in HEADS],
        "scores": rounded,
    }


def words(data):
    """What the word funny gives to padding and to later tokens by the first head."""
    place = data["tokens"].index("funny")
    p = torch.tensor(data["scores"][0][place]).softmax(0)
    real = torch.tensor(data["real"]).bool()
    return {
        "head": f"{data['heads'][0]}",
        "padding": f"{100 * p[~real].sum():.0f} %",
        "later": f"{100 * p[place + 1 :].sum():.0f} %",
        "left": f"{100 * p[real].sum():.0f} %",
    }


def part(data):
    """All scores: they take a second."""
    anew = scores()[1][HEADS].numpy()
    return {"scores": data["scores"]}, {"scores": anew}
