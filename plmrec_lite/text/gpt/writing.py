"""A GPT writes freely after a prompt."""

from __future__ import annotations

import torch

from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed
from plmrec_lite.text.gpt.scoring import check_length, read_prompt


@torch.inference_mode()
def write(gpt, prompt, n_texts=1, n_tokens=20, temperature=1.0, stop="\n", seed=0):
    """Write texts after a prompt, all at once: draw a token for each, append it, and repeat.

    Parameters
    ----------
    gpt : GPT
    prompt : str
    n_texts : int
    n_tokens : int; the most tokens of a text
    temperature : float; the logits are divided by it; 0 takes the likeliest token each time
    stop : str; a text ends before it, and before the model's own end of text
    seed : int; of the draws, which do not depend on the device

    Returns
    -------
    list of n_texts str

    Raises
    ------
    ValueError: a setting out of range, or prompt and texts are longer than the model reads
    """
    check_seed(seed)
    check_number("n_texts", n_texts, least=1, whole=True)
    check_number("n_tokens", n_tokens, least=1, whole=True)
    check_number("temperature", temperature, least=0)
    if not stop:
        raise ValueError("stop='': give the text that ends an answer, such as a line break")
    prefix = read_prompt(gpt, prompt)
    longest = prefix.n_tokens + n_tokens
    check_length(gpt, longest)
    generator = torch.Generator().manual_seed(seed)
    cache, log_probs = prefix.repeated(n_texts), prefix.log_probs.expand(n_texts, -1)
    written = torch.empty(n_texts, 0, dtype=torch.long)
    for _ in range(n_tokens):
        if temperature == 0:
            tokens = log_probs.argmax(-1, keepdim=True).cpu()  # (n_texts, 1)
        else:
            weights = (log_probs.float().cpu() / temperature).softmax(-1)  # (n_texts, vocab_size)
            tokens = torch.multinomial(weights, 1, generator=generator)
        written = torch.cat([written, tokens], dim=1)  # (n_texts, number of steps)
        if all(_is_done(gpt, row, stop) for row in written.tolist()):
            break
        logits = gpt.model(tokens.to(gpt.device), past_key_values=cache).logits
        log_probs = logits[:, -1].log_softmax(-1)
    return [_until_stop(gpt, row, stop) for row in written.tolist()]


def _is_done(gpt, row, stop):
    return gpt.tokenizer.eos_token_id in row or stop in gpt.text(row)


def _until_stop(gpt, row, stop):
    if gpt.tokenizer.eos_token_id in row:
        row = row[: row.index(gpt.tokenizer.eos_token_id)]
    return gpt.text(row).split(stop)[0]
