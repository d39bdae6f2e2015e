"""What the pages show: findings and checks, recorded results, figures, code."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "attention_view": ["AttentionView"],
        "claim_line": ["ClaimError"],
        "claims": ["check", "finding"],
        "code": ["code_lines", "code_of"],
        "figures": ["COLOURS", "MARKERS", "use_house_style"],
        "heat_text": ["HeatText"],
        "recording": ["Recorded", "recorded"],
        "self_checks": ["self_check"],
    },
)
