"""A GPT of random weights, which needs no download and reads 64 tokens."""

import functools

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from plmrec_lite.text.gpt.model import GPT

END = "<|im_end|>"
LINES = [
    "A viewer liked these films: Alien, Aliens, Blade Runner. The next film that they will like is",
    "Star Wars, Star Trek, Star Trek: Generations, The Thing, The Terminator, Emma, yes, no",
]
LENGTH = 64


def tiny_tokenizer():
    """Byte-level pairs that were merged on a few film titles; a token takes its space before it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = [*map(chr, range(33, 127)), "Ġ", "Ċ"]  # ASCII, the space, the line break
    trainer = trainers.BpeTrainer(
        vocab_size=180, special_tokens=[END], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(LINES, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END)


def tiny_llama(vocab_size):
    """Two layers whose four heads share two keys, with weights large enough to prefer something."""
    config = LlamaConfig(
        vocab_size=vocab_size,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=LENGTH,
        initializer_range=0.3,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=0,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return LlamaForCausalLM(config)


@functools.cache
def tiny_gpt():
    """The same one for all tests."""
    tokenizer = tiny_tokenizer()
    return GPT(tokenizer, tiny_llama(len(tokenizer)), device="cpu")
