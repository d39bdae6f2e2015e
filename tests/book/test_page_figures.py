"""The book's extension measures figures, and drops those that show nothing."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from docutils import nodes
from plmrec_book import figures


@pytest.mark.parametrize("dpi", [110, 220])
def test_a_picture_is_as_large_as_it_was_drawn_whatever_it_was_saved_at(tmp_path, dpi):
    with mpl.rc_context():
        fig = plt.figure(figsize=(5, 3))
        fig.savefig(tmp_path / "a.png", dpi=dpi)
        plt.close(fig)
    assert figures.measures(tmp_path / "a.png") == pytest.approx((550, 330, 270), abs=1)


def test_a_figure_up_to_six_and_a_half_inches_fits_on_a_phone_with_legible_letters():
    points, column = 11, 390 - 32
    assert column >= 6.5 * figures.SMALLEST
    assert points / 72 * figures.SMALLEST > 8


def test_a_figure_of_nothing_is_dropped_and_others_stay():
    document = nodes.section()
    full, empty = (nodes.figure("", nodes.caption("", "Words.")) for _ in range(2))
    full.insert(0, nodes.container())
    document += [full, empty]
    figures._drop_empty_figures(None, document)
    assert document.children == [full]
