"""Masking: which tokens of a text BERT hides, and what it puts in their place."""

from __future__ import annotations

import torch

IGNORED = -100  # the label of a place where nothing is asked; torch's losses leave it out


def mask_tokens(input_ids, tokenizer, rate=0.15, to_mask=0.8, to_random=0.1, generator=None):
    """Choose tokens to be guessed, and hide most of them.

    Parameters
    ----------
    input_ids : int tensor (..., T); special tokens and padding included
    tokenizer : transformers.PreTrainedTokenizerBase; its special tokens are never chosen
    rate : float; the probability that a token is chosen
    to_mask : float; the share of the chosen that become [MASK]
    to_random : float; the share of the chosen that become a token drawn from the whole
        vocabulary; the rest of the chosen stays as it is
    generator : torch.Generator or None

    Returns
    -------
    inputs : int tensor (..., T); what the model is shown
    labels : int tensor (..., T); the right token where one was chosen, -100 everywhere else

    Raises
    ------
    ValueError: a rate or share is no probability, or the shares sum to more than 1

    Source: Devlin et al. 2019, section 3.1 and appendix A.1.
    """
    for name, share in (("rate", rate), ("to_mask", to_mask), ("to_random", to_random)):
        if not 0 <= share <= 1:
            raise ValueError(f"{name}={share}: give a probability, from 0 to 1")
    if to_mask + to_random > 1:
        raise ValueError(f"to_mask={to_mask} and to_random={to_random} sum to more than 1")

    def draw():
        return torch.rand(input_ids.shape, generator=generator).to(input_ids.device)

    special = torch.tensor(tokenizer.all_special_ids, device=input_ids.device)
    chosen = (draw() < rate) & ~torch.isin(input_ids, special)
    labels = input_ids.masked_fill(~chosen, IGNORED)

    fate = draw()  # below 0.8: hidden; from there below 0.9: replaced; the rest: kept
    hidden = chosen & (fate < to_mask)
    replaced = chosen & ~hidden & (fate < to_mask + to_random)
    random = torch.randint(len(tokenizer), input_ids.shape, generator=generator)
    inputs = input_ids.masked_fill(hidden, tokenizer.mask_token_id)
    inputs = torch.where(replaced, random.to(input_ids), inputs)
    return inputs, labels
