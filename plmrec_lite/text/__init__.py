"""Text: pre-trained language models, and what they make of a sentence."""

from plmrec_lite.text.encoder import TextEncoder, whiten
from plmrec_lite.text.pretrained import ModelError

__all__ = ["ModelError", "TextEncoder", "whiten"]
