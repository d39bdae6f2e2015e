"""plmrec_lite: language models for recommendation, small enough to read."""

from importlib.metadata import version

__version__ = version("plmrec-lite")
