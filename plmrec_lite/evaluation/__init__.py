"""How a result is measured: rankings, metrics, intervals."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "lists": ["evaluate_lists"],
        "protocol": ["evaluate", "evaluate_sampled"],
        "report": ["Report", "table"],
    },
)
