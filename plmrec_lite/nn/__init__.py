"""The mathematics of language models from scratch: embeddings, attention, losses.

Each function is short enough to read on a page, and a test proves it equal to torch or
transformers.
"""
