"""The mathematics of language models from scratch; tests prove it equal to torch's."""
