"""The house style: told apart without colour, on a white ground."""

import matplotlib as mpl
import nbclient
import nbformat
import pytest
from matplotlib.colors import to_rgb

from plmrec_lite.book.figures import COLOURS, MARKERS, use_house_style


def test_lines_differ_by_marker_as_well_as_by_colour():
    with mpl.rc_context():
        use_house_style()
        cycle = mpl.rcParams["axes.prop_cycle"].by_key()
        assert mpl.rcParams["figure.facecolor"] == "white"
    assert len(set(cycle["color"])) == len(set(cycle["marker"])) == len(COLOURS) == len(MARKERS)


def test_main_colours_are_readable_on_white():
    def luminance(colour):
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)
        ]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    contrast = [1.05 / (luminance(colour) + 0.05) for colour in COLOURS[:3]]
    assert min(contrast) >= 3  # WCAG 2.1, 1.4.11: graphical objects


PLOT = """
import matplotlib.pyplot as plt

from plmrec_lite.book import use_house_style

use_house_style()
plt.plot([1, 2]);
"""


@pytest.mark.parametrize("backend", ["Agg", None])
def test_a_page_shows_its_figures_whatever_backend_the_reader_has_set(backend, monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)
    if backend:
        monkeypatch.setenv("MPLBACKEND", backend)
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(PLOT)])
    nbclient.NotebookClient(page, timeout=120, kernel_name="python3").execute()
    (shown,) = [output for output in page.cells[0].outputs if output.output_type != "stream"]
    assert "image/png" in shown.data


def test_outside_a_notebook_the_backend_stays():
    with mpl.rc_context():
        before = mpl.get_backend()
        use_house_style()
        assert mpl.get_backend() == before
