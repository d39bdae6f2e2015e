"""Every public name of the library is documented, and used on a page or tested."""

import re

import docstring_rules as rules
import nbformat
import pytest
from book_files import ROOT, page_files

import plmrec_lite

MODULES = list(rules.modules_of(plmrec_lite))
NAMES = sorted({name for module in MODULES for name in rules.public_names(module)})


@pytest.mark.parametrize("name", NAMES)
def test_public_name_is_documented(name):
    assert rules.complaints(name) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_module_says_what_it_is(module):
    assert (module.__doc__ or "").strip()


def test_every_public_name_is_used_on_a_page_or_tested():
    pages = [nbformat.read(p, 4) for p in page_files() if p.suffix == ".ipynb"]
    code = [cell.source for page in pages for cell in page.cells if cell.cell_type == "code"]
    code += [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
    used = set(re.findall(r"\w+", "\n".join(code)))
    # A record is used where the function is that returns it.
    names = [name for name in NAMES if not rules.fields_of(rules.object_of(name))]
    assert [name for name in names if name.rsplit(".", 1)[1] not in used] == []


BROKEN = {
    "nothing": "",
    "a parameter": '"""Add.\n\nReturns\n-------\nint\n    The sum.\n"""',
    "another name": '"""Add.\n\nParameters\n----------\nx : int\n    A number.\n\n'
    'Returns\n-------\nint\n    The sum.\n"""',
    "the result": '"""Add.\n\nParameters\n----------\na : int\n    A number.\n"""',
    "the error": '"""Add.\n\nParameters\n----------\na : int\n    A number.\n\n'
    'Returns\n-------\nint\n    The sum.\n"""',
}
BODY = "    if a < 0:\n        raise ValueError('negative')\n    return a + 1\n"
GOOD = (
    '"""Add.\n\nParameters\n----------\na : int\n    A number.\n\nReturns\n-------\nint\n'
    '    The sum.\n\nRaises\n------\nValueError\n    If negative.\n\nSource: none.\n"""'
)


def write_module(folder, docstring):
    lines = "\n".join(f"    {line}" for line in docstring.split("\n"))
    (folder / "sample_module.py").write_text(f"def add(a):\n{lines}\n{BODY}")


@pytest.fixture
def module_folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "sample_module", raising=False)
    yield tmp_path
    monkeypatch.delitem(__import__("sys").modules, "sample_module", raising=False)


@pytest.mark.parametrize("lack", BROKEN)
def test_a_docstring_that_lacks_something_is_told(module_folder, lack):
    write_module(module_folder, BROKEN[lack])
    assert rules.complaints("sample_module.add")


def test_a_good_docstring_is_left_alone(module_folder):
    write_module(module_folder, GOOD)
    assert rules.complaints("sample_module.add") == []


def test_a_name_that_is_not_there_is_an_error():
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        rules.object_of("nowhere.at.all")
