"""The data of the figures that answer to the hand: as the library computes it."""

import copy
import json
import re

import numpy as np
import pytest
from book_files import ROOT, page_files
from hand_book import FIGURES
from make_hand import maker, makers, read, write
from plmrec_book.hand import filled, packed

MAKERS = makers()


def assert_up_to_date(name, data):
    held, anew = maker(name).part(data)
    assert held.keys() == anew.keys()
    for field in held:
        np.testing.assert_allclose(held[field], anew[field], atol=2e-3, err_msg=f"{name}: {field}")


@pytest.mark.parametrize("name", MAKERS)
def test_the_data_is_what_the_library_computes_today(name):
    assert_up_to_date(name, read(name))


def test_data_that_is_not_up_to_date_would_be_found():
    data = read("masks")
    damaged = copy.deepcopy(data)
    damaged["scores"][1][2][3] += 0.1
    with pytest.raises(AssertionError, match="masks: scores"):
        assert_up_to_date("masks", damaged)


@pytest.mark.parametrize("name", MAKERS)
def test_the_words_say_what_the_data_says(name):
    data = read(name)
    assert data["words"] == maker(name).words(data)


def test_data_and_what_makes_it_belong_to_a_figure():
    data = {path.stem for path in (ROOT / "book" / "hand").glob("*.json")}
    assert {*MAKERS} <= data <= {*FIGURES}


@pytest.mark.parametrize(
    "path", [p for p in page_files() if p.suffix == ".ipynb"], ids=lambda p: p.stem
)
def test_every_notebook_has_a_figure_of_its_own(path):
    shown = {p: re.findall(r":::\{hand\} ([\w-]+)", p.read_text()) for p in page_files()}
    assert {*shown.pop(path)} - {name for names in shown.values() for name in names}


def test_data_is_written_one_field_a_line_and_carried_safely(tmp_path):
    (tmp_path / "one.py").write_text(
        "def make():\n    return {'a': ['</script>']}\n\n\n"
        "def words(data):\n    return {'best': data['a'][0]}\n"
    )
    path = write("one", tmp_path)
    assert path.read_text() == '{\n"a":["</script>"],\n"words":{"best":"</script>"}\n}\n'
    carried = packed(read("one", tmp_path))
    assert "<" not in carried
    assert json.loads(carried) == read("one", tmp_path)


def test_a_text_takes_its_words_from_the_data():
    assert filled("[[a-b]] of $x_{[[n]]}$", {"a-b": "1", "n": "2"}) == "1 of $x_{2}$"
    with pytest.raises(KeyError, match="worst"):
        filled("[[worst]]", {"best": "1"})
