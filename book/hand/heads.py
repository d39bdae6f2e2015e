"""All heads of MiniLM under the hand: what each token attends to, in a dozen sentences."""

import base64

import numpy as np
import torch
from plmrec_lite.nn.attention import TransformerBlock
from plmrec_lite.text import TextEncoder

SENTENCES = [  # the first eight are from film reviews
    "A terrific insider look at the star making machinery of tinseltown.",
    "The issue of faith is not explored very deeply",
    "The script is high on squaddie banter, low on shocks.",
    "Has its moments, but it's pretty far from a treasure.",
    "It's funny, as the old saying goes, because it's true.",
    "The story ultimately takes hold and grips hard.",
    "A triumph of art direction over narrative, but what art direction!",
    "Fails to bring as much to the table.",
    "a star of silent films",
    "the actor became a star",
    "a star explodes in space",
    "the rocket flies to a distant star",
]


@torch.no_grad()
def read(encoder, text):
    """Tokens, and the weights of every head of every layer, (n_layers, n_heads, T, T)."""
    ids = encoder.tokenizer(text, return_tensors="pt")["input_ids"]  # (1, T)
    x, weights = encoder.model.embeddings(ids), []
    for layer in encoder.model.encoder.layer:
        block = TransformerBlock.from_bert_layer(layer)
        weights.append(block.attention(x, x, x)[1][0])
        x = block(x)
    return encoder.tokenizer.convert_ids_to_tokens(ids[0]), torch.stack(weights).numpy()


def make():
    """The weights in bytes: 255 is a weight of 1."""
    encoder, sentences, weights = TextEncoder(device="cpu"), [], []
    for text in SENTENCES:
        tokens, A = read(encoder, text)
        sentences.append({"text": text, "tokens": tokens})
        weights.append(base64.b64encode(np.rint(255 * A).astype(np.uint8).tobytes()).decode())
    return {"layers": len(A), "heads": A.shape[1], "sentences": sentences, "weights": weights}


def words(data):
    """The head with the most weight on the token before, the one after and [CLS], first text."""
    T = len(data["sentences"][0]["tokens"])
    A = np.frombuffer(base64.b64decode(data["weights"][0]), np.uint8).reshape(-1, T, T) / 255
    habits = {
        "before": A.diagonal(-1, 1, 2).mean(1),
        "after": A.diagonal(1, 1, 2).mean(1),
        "cls": A[:, :, 0].mean(1),
    }
    said = {}
    for habit, share in habits.items():
        layer, head = divmod(int(share.argmax()), data["heads"])
        said[habit] = f"layer {layer + 1}, head {head + 1} ({100 * share.max():.0f} %)"
    return said


def part(data):
    """All heads of the last sentence."""
    _, A = read(TextEncoder(device="cpu"), data["sentences"][-1]["text"])
    held = np.frombuffer(base64.b64decode(data["weights"][-1]), np.uint8) / 255
    return {"weights": held.reshape(A.shape)}, {"weights": A}
