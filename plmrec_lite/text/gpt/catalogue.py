"""Writing that cannot leave a catalogue: a trie of its texts says which tokens may come next."""

from __future__ import annotations

import numpy as np
import torch

from plmrec_lite.checks import check_number
from plmrec_lite.text.gpt.scoring import check_length, read_prompt


class Trie:
    """Token sequences as a tree: what begins alike shares its first nodes.

    Parameters
    ----------
    sequences : list of n lists of int; none empty; equal ones share their last node

    Attributes
    ----------
    children : list of dict of int to int; of each node, from a token to the next node; node 0 is
        the root
    ends : list of lists of int; of each node, the numbers of the sequences that end there

    Raises
    ------
    ValueError: there is no sequence, or one is empty

    Examples
    --------
    >>> trie = Trie([[7, 8], [7, 9], [7]])
    >>> trie.children[0], trie.children[1], trie.ends[1]
    ({7: 1}, {8: 2, 9: 3}, [2])
    """

    def __init__(self, sequences):
        if not sequences or not all(map(len, sequences)):
            raise ValueError(f"{len(sequences)} sequences, or an empty one: give each a token")
        self.children, self.ends = [{}], [[]]
        for number, sequence in enumerate(sequences):
            node = 0
            for token in sequence:
                if token not in self.children[node]:
                    self.children[node][token] = len(self.children)
                    self.children.append({})
                    self.ends.append([])
                node = self.children[node][token]
            self.ends[node].append(number)


@torch.inference_mode()
def write_from_catalogue(gpt, prompt, texts, k=10, n_beams=20):
    """Write the likeliest texts of a catalogue after a prompt, by beam search along its trie.

    At each step a beam can be continued by the tokens that the trie allows, and by no others; of
    all continuations the ``n_beams`` likeliest stay. A beam that reaches the end of a text is an
    answer, and goes on if a longer text begins with it.

    Parameters
    ----------
    gpt : GPT
    prompt : str
    texts : sequence of n str; the catalogue; each as it follows the prompt, with its space. Let
        them end alike, such as with a line break: else a text that begins a longer one always has
        the higher probability.
    k : int; answers
    n_beams : int; with n or more, the answers are those of scoring every text

    Returns
    -------
    numbers : int array (m,); of the texts, the likeliest first, ties by lower number; m is k, or
        fewer where the beams end in fewer texts
    log_probs : float64 array (m,); in nats, as summed from ``log_probabilities``

    Raises
    ------
    TypeError, ValueError: as ``log_probabilities``; or k or n_beams below 1
    """
    check_number("k", k, least=1, whole=True)
    check_number("n_beams", n_beams, least=1, whole=True)
    sequences = gpt.continuations(prompt, texts)
    trie = Trie(sequences)
    prefix = read_prompt(gpt, prompt)
    longest = prefix.n_tokens + max(map(len, sequences))
    check_length(gpt, longest)
    beams, scores, cache = [0], np.zeros(1), prefix.repeated(1)
    log_probs = prefix.log_probs[None]  # (n_beams, vocab_size)
    found = []  # (negative log-probability, number)
    while True:
        steps = _steps(trie, beams, scores, log_probs)
        found += [(-score, number) for score, _, _, node in steps for number in trie.ends[node]]
        found = sorted(found)[:k]
        steps = [step for step in steps if trie.children[step[3]]][:n_beams]
        if not steps or (len(found) == k and -found[-1][0] > steps[0][0]):
            break  # nothing can be continued, or every longer text is less likely
        scores = np.array([score for score, _, _, _ in steps])
        beams = [node for _, _, _, node in steps]
        cache.batch_select_indices(torch.tensor([b for _, b, _, _ in steps], device=gpt.device))
        tokens = torch.tensor([[token] for _, _, token, _ in steps], device=gpt.device)
        logits = gpt.model(tokens, past_key_values=cache).logits[:, -1]  # (n_beams, vocab_size)
        log_probs = logits.log_softmax(-1)
    return (
        np.array([number for _, number in found], dtype=np.int64),
        np.array([-negative for negative, _ in found]),
    )


def _steps(trie, beams, scores, log_probs):
    """List each allowed step as (log-probability, beam, token, node), the likeliest first."""
    steps = []
    for beam, node in enumerate(beams):
        tokens = list(trie.children[node])
        asked = torch.tensor(tokens, device=log_probs.device)
        said = log_probs[beam][asked].double().cpu().numpy()
        steps += [
            (scores[beam] + log_prob, beam, token, trie.children[node][token])
            for token, log_prob in zip(tokens, said, strict=True)
        ]
    return sorted(steps, key=lambda step: (-step[0], step[3]))
