"""Text: pre-trained language models, and what they make of a sentence."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "encoder": ["TextEncoder"],
        "encoders": ["encoder_named"],
        "pretrained": ["ModelError"],
        "word_vectors": ["WordVectors"],
    },
)
