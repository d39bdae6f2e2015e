"""The one training loop of the book: ``Training`` has the settings, ``train`` takes the steps."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "batches": ["RowBatches", "whole_batches"],
        "loop": ["train"],
        "objective": ["Objective"],
        "parts": ["cut"],
        "settings": ["Training", "rate_factor"],
    },
)
