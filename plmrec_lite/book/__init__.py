"""What the pages show: claims, recorded results, figures, code."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "attention_view": ["AttentionView"],
        "claims": ["ClaimError", "claim"],
        "code": ["code_lines", "code_of"],
        "figures": ["COLOURS", "MARKERS", "use_house_style"],
        "recording": ["Recorded", "recorded"],
    },
)
