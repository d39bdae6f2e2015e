"""A pre-trained decoder and its tokenizer, under one roof."""

from __future__ import annotations

from plmrec_lite.checks import check_texts
from plmrec_lite.runtime import device as choose_device
from plmrec_lite.text.gpt.weights import NAME, smollm2_folder
from plmrec_lite.text.pretrained import CURE, ModelError, model_folder

JOINT = 64  # characters before a joint that can decide how the tokens at it are cut


class GPT:
    """A decoder that reads tokens and says how likely each token is as the next one.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
    model : transformers.PreTrainedModel; a causal one; it is moved, and ends in evaluation mode
    device : str, torch.device or None; see ``plmrec_lite.runtime.device``

    Attributes
    ----------
    max_length : int; tokens that it reads at once

    Examples
    --------
    >>> gpt = load_gpt(device="cpu")
    >>> [gpt.text([token]) for token in gpt.ids("Blade Runner (1982)")]
    ['Bl', 'ade', ' Run', 'ner', ' (', '1', '9', '8', '2', ')']
    """

    def __init__(self, tokenizer, model, device=None):
        self.device = choose_device(device)
        self.tokenizer, self.model = tokenizer, model.to(self.device).eval()
        self.max_length = model.config.max_position_embeddings

    def ids(self, text):
        """Cut a text into tokens.

        Parameters
        ----------
        text : str

        Returns
        -------
        list of int
        """
        return self.tokenizer(text, add_special_tokens=False)["input_ids"]

    def text(self, ids):
        """Put tokens together again.

        Parameters
        ----------
        ids : list of int

        Returns
        -------
        str
        """
        return self.tokenizer.decode(ids, clean_up_tokenization_spaces=False)

    def continuations(self, prompt, texts):
        """Cut texts that follow a prompt into tokens, and make sure that no token spans the joint.

        Parameters
        ----------
        prompt : str; not empty
        texts : sequence of n str; each as it follows the prompt: ``" Alien"`` with its space

        Returns
        -------
        list of n lists of int

        Raises
        ------
        TypeError, ValueError: as ``check_texts``; or the tokens of prompt and text together are not
            those of the prompt, then those of the text
        """
        if not isinstance(prompt, str) or not prompt.strip():
            raise ValueError(f"prompt={prompt!r}: give a text")
        texts = check_texts(texts)
        if not texts:
            return []
        end = prompt[-JOINT:]
        before = self.ids(end)
        alone = self.tokenizer(texts, add_special_tokens=False)["input_ids"]
        joint = [end + text for text in texts]
        for text, ids, both in zip(
            texts, alone, self.tokenizer(joint, add_special_tokens=False)["input_ids"], strict=True
        ):
            if both != before + ids:
                raise ValueError(
                    f"{text[:40]!r} after {end[-20:]!r}: a token spans the joint; end the prompt "
                    "without a space, and begin the text with one"
                )
        return alone


def load_gpt(name=NAME, device=None):
    """Load a decoder and its tokenizer from safetensors, never running remote code.

    Parameters
    ----------
    name : str; ``"smollm2"`` (134.5 M weights; fetched and converted at the first call), a folder
        with a saved causal model, or a hub name
    device : str, torch.device or None; see ``plmrec_lite.runtime.device``

    Returns
    -------
    GPT; its model float32

    Raises
    ------
    FetchError: ``"smollm2"`` is neither here nor to be had
    ModelError: no such model, or its files are incomplete, damaged, or none of a decoder

    Source: Allal et al. 2025 (SmolLM2); Wolf et al. 2020 (transformers).
    """
    device = choose_device(device)
    folder = smollm2_folder() if name == NAME else model_folder(name)
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()  # it would report on the second of reading a file
    options = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **options)
        model = AutoModelForCausalLM.from_pretrained(
            folder, use_safetensors=True, dtype="float32", **options
        )
    except Exception as error:  # the parsers of configuration, words and weights raise many kinds
        raise ModelError(
            f"the decoder {name!r} in {folder} is incomplete, damaged, or none: "
            f"{type(error).__name__}: {' '.join(str(error).split())[:300]} — {CURE}"
        ) from error
    return GPT(tokenizer, model, device)
