"""The hash of an experiment: what computes its numbers counts, and nothing else."""

import ast
import re
import shutil
from textwrap import dedent

import experiment_code
import pytest
from book_files import ROOT
from experiment_code import code_hash
from run_experiment import SCRIPTS, all_names

MODULES = {
    "__init__": "",
    "models/__init__": """
        import lazy_loader
        __getattr__, __dir__, __all__ = lazy_loader.attach(
            __name__, submod_attrs={"one": ["One"], "two": ["Two"]})
    """,
    "models/one": '''
        """Models of one kind."""
        import numpy as np
        from plmrec_lite.data.sources.fetch import fetch
        from plmrec_lite.models.base import Base
        from plmrec_lite.numbers import START, grown
        from plmrec_lite.runtime import progress

        NAME = "films"
        LEFT = 7

        class One(Base):
            """A model."""
            size: int = 1

            def __init__(self, rate=0.1):
                self.rate = rate

            def fit(self, n: int):
                """Fit."""
                if n < 1:
                    raise ValueError(f"n={n}")
                if unknown := set() - {n}:
                    raise ValueError(unknown)
                if (found := np.sum(n)) > 9:
                    raise ValueError(found)
                print("fitting")
                for _ in progress([n], "fitting"):
                    self.step = grown(START + found, rate=self.rate)
                return fetch(NAME)

            def save(self):
                return 8
    ''',
    "models/base": """
        class Base:
            def predict(self):
                return self._predict() + 3

            def _predict(self):
                return 10

            def explain(self):
                return 4

        class Other:
            def predict(self):
                return 11
    """,
    "models/two": "class Two:\n    size = 2\n",
    "models/net": """
        from torch import nn

        class Net(nn.Module):
            def forward(self):
                return 5
    """,
    "numbers": """
        from plmrec_lite.models import net

        START = 12

        def grown(value, rate, decay=0.5):
            return value * (1 + rate) ** decay, net.Net()

        def shrunk(value):
            return value * 6
    """,
    "runtime": "def progress(steps, what):\n    return steps[:13]\n",
    "data/sources/fetch": "def fetch(name):\n    return 14\n",
}
SCRIPT = """
    '''Does it grow?'''
    from plmrec_lite.models import One

    SEEDS = (0, 1)
    CASES = {"a": {}}
    CHECK = {}

    def run(seed):
        return One().fit(seed).predict()
"""


@pytest.fixture
def library(tmp_path):
    """A small library and a script on it, to be changed."""
    for name, text in MODULES.items():
        path = tmp_path / "plmrec_lite" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    (tmp_path / "script.py").write_text(dedent(SCRIPT))
    return tmp_path


CHECKSUMS = {"films": ["1"], "songs": ["2"]}


def hash_of(library):
    return code_hash(library / "script.py", library, CHECKSUMS)


def edit(library, file, old, new):
    path = library / file if file == "script.py" else library / "plmrec_lite" / f"{file}.py"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


MATTERS = [
    ("script.py", "fit(seed)", "fit(seed + 1)"),
    ("script.py", "import One\n", "import Two as One\n"),
    ("models/one", "size: int = 1", "size: int = 3"),
    ("models/one", "rate=0.1", "rate=0.2"),
    ("models/one", "np.sum", "np.max"),
    ("models/one", "import numpy as np", "import cupy as np"),
    ("models/one", "START + found", "START - found"),
    ("models/one", 'NAME = "films"', 'NAME = "songs"'),
    ("models/base", "_predict() + 3", "_predict() + 4"),
    ("models/base", "return 10", "return 9"),
    ("models/net", "return 5", "return 6"),
    ("numbers", "START = 12", "START = 13"),
    ("numbers", "decay=0.5", "decay=0.6"),
    ("numbers", "** decay", "* decay"),
    ("numbers", "START = 12", "START = 12\nif True:\n    START = 13"),
]
CHANGES_NOTHING = [
    ("script.py", "Does it grow?", "Does it shrink?"),
    ("script.py", 'CASES = {"a": {}}', 'CASES = {"b": {}}'),
    ("models/one", "A model.", "The model."),
    ("models/one", "Models of one kind.", "Models."),
    ("models/one", 'f"n={n}"', 'f"n={n}: give more"'),
    ("models/one", "if n < 1", "if n < 0"),
    ("models/one", 'print("fitting")', 'print("it fits")'),
    ("models/one", "LEFT = 7", "LEFT = 8"),
    ("models/one", "n: int", "n: float"),
    ("models/one", "return 8", "return 9"),
    ("models/one", "size: int = 1", "size: int = 1  # small"),
    ("models/base", "return 4", "return 5"),
    ("models/base", "return 11", "return 12"),
    ("models/base", "class Other:", "from os import path\n\nclass Other:"),
    ("models/two", "size = 2", "size = 4"),
    ("numbers", "value * 6", "value * 7"),
    ("runtime", "steps[:13]", "steps"),
    ("data/sources/fetch", "return 14", "return 15"),
    ("models/one", "    def save(self):\n        return 8\n", ""),
]


@pytest.mark.parametrize(("file", "old", "new"), MATTERS)
def test_a_change_of_what_is_computed_changes_the_hash(library, file, old, new):
    before = hash_of(library)
    edit(library, file, old, new)
    assert hash_of(library) != before


@pytest.mark.parametrize(("file", "old", "new"), CHANGES_NOTHING)
def test_a_change_of_words_or_of_what_is_not_reached_does_not(library, file, old, new):
    before = hash_of(library)
    edit(library, file, old, new)
    assert hash_of(library) == before


@pytest.mark.parametrize(
    "together",
    ["A, START = 3, 12", "(A, [START, B]) = 3, (12, 4)", "A, *START = 3, 12", "A = START = 12"],
)
def test_names_that_are_assigned_together_are_followed(library, together):
    alone = hash_of(library)
    edit(library, "numbers", "START = 12", together)
    before = hash_of(library)
    assert before != alone
    edit(library, "numbers", "12", "13")
    assert hash_of(library) != before


def test_a_name_that_is_assigned_with_others_is_followed_in_its_own_module(library):
    edit(library, "models/one", 'NAME = "films"', 'NAME, SONGS = "films", "songs"')
    both = hash_of(library)
    assert code_hash(library / "script.py", library, CHECKSUMS | {"songs": ["3"]}) != both
    edit(library, "models/one", "SONGS = ", "OTHER = ")
    edit(library, "models/one", '"films", "songs"', '"films", "tunes"')
    assert hash_of(library) != both


def test_what_fills_a_constant_counts(library):
    edit(library, "numbers", "START = 12", 'START = {}\nSTART["a"], left = 12, 3')
    before = hash_of(library)
    edit(library, "numbers", "= 12, 3", "= 13, 3")
    assert hash_of(library) != before
    edit(library, "numbers", "= 13, 3", "= 12, 3\nOTHER = {}\nOTHER[0] = 4")
    assert hash_of(library) == before


def test_the_data_that_are_named_count_and_no_others(library):
    script, before = library / "script.py", hash_of(library)
    assert code_hash(script, library, CHECKSUMS | {"films": ["3"]}) != before
    assert code_hash(script, library, CHECKSUMS | {"songs": ["3"], "new": ["4"]}) == before


def test_a_data_file_beside_a_module_counts(library):
    edit(library, "numbers", "START = 12", 'START = len("names.json")')
    (library / "plmrec_lite" / "names.json").write_text("{}")
    before = hash_of(library)
    (library / "plmrec_lite" / "names.json").write_text("[]")
    assert hash_of(library) != before


def test_where_code_stands_does_not_matter(library):
    before = hash_of(library)
    folder = library / "plmrec_lite"
    (folder / "sums").mkdir()
    shutil.move(folder / "numbers.py", folder / "sums" / "growth.py")
    edit(library, "models/one", "plmrec_lite.numbers", "plmrec_lite.sums.growth")
    shutil.move(folder / "models" / "one.py", folder / "models" / "first.py")
    edit(library, "models/__init__", '"one"', '"first"')
    edit(library, "models/first", "import progress", "import progress as bar")
    edit(library, "models/first", "in progress(", "in bar(")
    assert hash_of(library) == before


def test_how_many_modules_hold_the_code_does_not_matter(library):
    before = hash_of(library)
    edit(library, "numbers", "START = 12\n", "from plmrec_lite.start import START\n")
    (library / "plmrec_lite" / "start.py").write_text("START = 12\n")
    assert hash_of(library) == before
    (library / "plmrec_lite" / "start.py").write_text("START = 12\nSTART += 1\n")
    assert hash_of(library) != before  # what a module does when it is loaded counts


def test_a_method_counts_once_it_is_named(library):
    before = hash_of(library)
    edit(library, "script.py", ".predict()", ".explain()")
    named = hash_of(library)
    assert named != before
    edit(library, "models/base", "return 4", "return 5")
    assert hash_of(library) != named


def test_two_functions_of_one_name_are_not_one(library):
    edit(library, "script.py", "One()", "one() + two() + One()")
    edit(library, "script.py", "import One", "import One, start, two")
    edit(library, "script.py", "run(seed):", "run(seed):\n    one = start")
    edit(library, "models/__init__", '["One"]', '["One", "start"]')
    edit(library, "models/__init__", '["Two"]', '["Two", "two"]')
    for file, value in (("one", 1), ("two", 2)):
        name = "start" if file == "one" else "two"
        text = f"def _part():\n    return {value}\n\ndef {name}():\n    return _part()\n"
        path = library / "plmrec_lite" / "models" / f"{file}.py"
        path.write_text(path.read_text() + text)
    before = hash_of(library)
    edit(library, "models/one", "def _part():\n    return 1\n", "def _part():\n    return 3\n")
    edit(library, "models/two", "def _part():\n    return 2\n", "def _part():\n    return 1\n")
    edit(library, "models/one", "def _part():\n    return 3\n", "def _part():\n    return 2\n")
    assert hash_of(library) != before  # the two parts changed places


def test_a_name_that_is_not_there_is_an_error(library):
    edit(library, "script.py", "import One", "import Three as One")
    with pytest.raises(ImportError, match=r"no 'Three' in plmrec_lite\.models"):
        hash_of(library)


def test_what_is_left_out_is_there():
    """A module of the list that moves away must take its place in the list along."""
    for name in experiment_code.WITHOUT_NUMBERS:
        module, _, last = name.rpartition(".")
        path = ROOT.joinpath(*name.split("."))
        if not path.is_dir() and not path.with_suffix(".py").is_file():
            tree = ast.parse(ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text())
            assert last in {getattr(node, "name", None) for node in tree.body}, name


@pytest.fixture(scope="module")
def stale(tmp_path_factory):
    """A function that edits files of a copy of the library, and lists what gets stale by it."""
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "plmrec_lite", root / "plmrec_lite")
    scripts = {name: SCRIPTS / f"{name}.py" for name in all_names()}
    before = {name: code_hash(path, root) for name, path in scripts.items()}

    def stale_after(pattern, new, files="**/*.py"):
        texts = {path: path.read_text() for path in (root / "plmrec_lite").glob(files)}
        changed = {path: re.sub(pattern, new, text) for path, text in texts.items()}
        assert changed != texts, pattern
        try:
            for path, text in changed.items():
                path.write_text(text)
            return {name for name, path in scripts.items() if code_hash(path, root) != before[name]}
        finally:
            for path, text in texts.items():
                path.write_text(text)

    return stale_after


@pytest.mark.parametrize(
    ("pattern", "new", "expected"),
    [
        (r"\bAdamW?(?=\()", "SGD", {"rivals", "sequences", "pretraining-games"}),
        (r"np\.log2", "np.log", {"rivals", "item-text", "sequences", "sparsity"}),
        (r"def macro_f1\(", "def macro_f1(x, ", {"finetuning-curve", "finetuning-methods"}),
        (r"def stratified_split\(", "def stratified_split(x, ", {"finetuning-all-labels"}),
        (r"logsumexp|log_softmax", "softmax", {"rivals", "sequences"}),
        (r"normal_\(", "uniform_(", {"sequences"}),
        (r'(?m)^MINILM_SHA256 = ".', 'MINILM_SHA256 = "x', {"item-text", "synopses"}),
    ],
)
def test_a_changed_loss_split_or_default_makes_recordings_stale(stale, pattern, new, expected):
    assert expected <= stale(pattern, new)


@pytest.mark.parametrize("files", ["cli.py", "doctor.py", "data/sources/[adfr][eorw]*.py"])
def test_what_computes_nothing_leaves_every_recording_fresh(stale, files):
    new_argument = r"\bdef (\w+)\(", r"def \1(*more, "
    assert stale(*new_argument, files) == set()
    assert stale(r"(?s)\Z", "\n\ndef more():\n    return 1\n", files) == set()
