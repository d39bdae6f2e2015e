import re

import numpy as np
import pytest

from plmrec_lite.book import HeatText


def test_words_are_coloured_by_sign_and_share_of_the_row_s_largest():
    view = HeatText(["a", "<poor>", "film"], {"occlusion": [0.0, 0.6, -0.3], "length": [1, 4, 2]})
    html = view._repr_html_()
    assert "rgb(0 114 178 / 0.55)" in html
    assert re.search(r'class="against"[^>]*rgb\(213 94 0 / 0\.28\)[^>]*>film', html)
    assert "&lt;poor&gt;" in html
    assert "<poor>" not in html
    assert html.count("<td>") == 1 + 6
    assert "<script" not in html
    assert repr(view) == (
        "occlusion: <poor> (+0.60), film (-0.30), a (+0.00)\n"
        "length: <poor> (+4.00), film (+2.00), a (+1.00)"
    )


def test_a_row_of_zeros_has_no_colour_and_no_line():
    html = HeatText(["a", "b"], {"none": [0, 0]})._repr_html_()
    assert html.count("/ 0.00)") == 2
    assert 'class="for"' not in html


@pytest.mark.parametrize("values", [{}, {"x": [1.0]}, {"x": [1.0, np.nan]}])
def test_other_values_are_refused(values):
    with pytest.raises(ValueError, match=r"empty|for each of the 2 words"):
        HeatText(["a", "b"], values)
