"""One attention under the hand: the worked example of math/self-attention."""

import torch
from plmrec_lite.nn.attention import scaled_dot_product_attention

TOKENS = ["apple", "banana", "orange"]
W = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]]


def make():
    """One-hot vectors, and one matrix for query, key and value."""
    one_hot = [[int(i == j) for j in range(3)] for i in range(3)]
    return {"tokens": TOKENS, "X": one_hot, "W_Q": W, "W_K": W, "W_V": W}


def words(data):
    """Each step of the first word."""
    X, *projections = (torch.tensor(data[k], dtype=float) for k in ("X", "W_Q", "W_K", "W_V"))
    q, k, v = (X @ projection for projection in projections)
    output, weights = scaled_dot_product_attention(q, k, v)

    def said(vector):
        return "({})".format(", ".join(f"{number:.3f}" for number in vector.tolist()))

    return {
        "query": said(q[0]),
        "scores": said(q[0] @ k.T),
        "scaled": said(q[0] @ k.T / k.shape[1] ** 0.5),
        "weights": said(weights[0]),
        "output": said(output[0]),
    }


def part(data):
    """The matrix."""
    return {"W": data["W_Q"]}, {"W": W}
