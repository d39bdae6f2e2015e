"""One look for every figure: readable in print, on dark pages, and without colour vision.

Source: the colours are those of Okabe and Ito 2008.
"""

from __future__ import annotations

from plmrec_lite.runtime import in_notebook

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def use_house_style():
    """Set matplotlib's defaults for the book's figures.

    Lines and points differ by colour and by marker, on white. The built pages turn white and
    black round where they are dark, and keep the hues (``book/_static/book.css``).
    In a notebook whose backend draws for files alone (``MPLBACKEND=Agg``), figures appear again.
    """
    import matplotlib as mpl
    from cycler import cycler
    from matplotlib.backends import BackendFilter, backend_registry

    files_only = backend_registry.list_builtin(BackendFilter.NON_INTERACTIVE)
    if in_notebook() and mpl.get_backend().lower() in files_only:
        from IPython import get_ipython

        get_ipython().run_line_magic("matplotlib", "inline")
    mpl.rcParams.update(
        {
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.prop_cycle": cycler(color=COLOURS) + cycler(marker=MARKERS),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.constrained_layout.use": True,
            "figure.dpi": 110,
            "figure.facecolor": "white",
            "figure.figsize": (6.5, 3.6),
            "font.size": 11,
            "grid.alpha": 0.3,
            "image.cmap": "cividis",
            "legend.frameon": False,
            "savefig.facecolor": "white",
        }
    )
