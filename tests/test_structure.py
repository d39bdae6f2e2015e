"""Imports point down: the graph of files and the graph of packages hold no circle."""

import ast
import json
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = "plmrec_lite"
HEAVY = ("torch", "transformers", "sklearn", "scipy", "pandas", "matplotlib")


def module_of(path, root):
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def handed_on(tree):
    """The names that a package hands on from its modules, by ``lazy_loader.attach``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "submod_attrs":
            given = ast.literal_eval(node.value)
            return {name: module for module, names in given.items() for name in names}
    return {}


def import_graph(root, library=LIBRARY):
    """Each module with the modules it takes names from, wherever in the file it does so.

    A package that hands names on counts as the modules that define them.
    """
    paths = sorted((root / library).rglob("*.py"))
    trees = {module_of(path, root): ast.parse(path.read_text("utf-8")) for path in paths}
    faces = {module: handed_on(tree) for module, tree in trees.items()}
    packages = {module_of(p, root) for p in paths if p.name == "__init__.py"}

    def defining(module, name):
        if f"{module}.{name}" in trees:
            return f"{module}.{name}"
        inner = faces.get(module, {}).get(name)
        return f"{module}.{inner}" if inner else module

    graph = {}
    for module, tree in trees.items():
        if module in packages and faces[module]:
            continue
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{module} imports relatively"
                if (node.module or "").split(".")[0] == library:
                    found |= {defining(node.module, alias.name) for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {a.name for a in node.names if a.name.split(".")[0] == library}
        graph[module] = found - {module, library}
    return graph


def by_package(graph):
    """The same graph with every module replaced by the folder that it lies in."""
    folded = {}
    for module, found in graph.items():
        home = module.rpartition(".")[0]
        there = folded.setdefault(home, set())
        there |= {other.rpartition(".")[0] for other in found} - {home}
    folded.pop(LIBRARY, None)  # files beside the packages: the cellar and the roof
    return {home: found - {LIBRARY} for home, found in folded.items()}


def circle_in(graph):
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_no_circle_between_files():
    assert circle_in(import_graph(ROOT)) is None


def test_no_circle_between_packages():
    assert circle_in(by_package(import_graph(ROOT))) is None


def test_what_lies_at_the_bottom_imports_nothing_above():
    graph = import_graph(ROOT)
    assert graph["plmrec_lite.runtime"] == graph["plmrec_lite.vectors"] == set()
    assert graph["plmrec_lite.ranking"] == {"plmrec_lite.runtime"}
    below = ("plmrec_lite.nn.", "plmrec_lite.runtime", "plmrec_lite.training")
    for module, found in graph.items():
        if module.startswith("plmrec_lite.nn."):
            assert all(other.startswith(below) for other in found), module


@pytest.mark.parametrize(
    ("files", "circle"),
    [
        (
            {"a": "from lib.b import f", "b": "def g():\n    from lib.a import h"},
            {"lib.a", "lib.b"},
        ),
        ({"a": "import lib.b", "b": "x = 1"}, None),
    ],
)
def test_a_planted_circle_is_found(tmp_path, files, circle):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "__init__.py").touch()
    for name, text in files.items():
        (tmp_path / "lib" / f"{name}.py").write_text(text)
    found = circle_in(import_graph(tmp_path, "lib"))
    assert (set(found) if found else None) == circle


def loaded_by(code):
    """The heavy packages that a fresh interpreter holds after some code."""
    asked = f"import sys\n{code}\nprint(*[m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    "code",
    [
        "from plmrec_lite.book import check, finding",
        "import plmrec_lite.cli",
        "import plmrec_lite.data, plmrec_lite.evaluation, plmrec_lite.recommenders",
        "import plmrec_lite.text",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_used(code):
    assert loaded_by(code) == []


@pytest.mark.parametrize(
    "code",
    [
        "from plmrec_lite.data import load_movielens, leave_one_out",
        "from plmrec_lite.recommenders import EASE, Popularity\n"
        "from plmrec_lite.evaluation import evaluate, table",
    ],
)
def test_classical_recommenders_need_no_torch(code):
    assert not {"torch", "transformers"} & set(loaded_by(code))


RETIRED = [
    *("data.archives", "data.downloads", "data.fetch", "data.film_facts", "data.movielens"),
    *("data.opinions", "data.records", "data.registry", "data.synopses", "data.titles"),
    *("evaluation.bootstrap", "evaluation.choices", "evaluation.claims", "evaluation.recorded"),
    *("nn.attention_view", "plmrec_lite.figures", "recommenders.item_embedding"),
    *("recommenders.sequence_", "recommenders.text_tower", "recommenders.tower_"),
    *("\nclaim(", " claim(", "import claim\n", "import claim,"),
    *("text.loop", "text.training", "take_steps(", "train_tower(", "train_network("),
]
TEXTS = ("*.py", "*.md", "*.ipynb", "*.toml", "Makefile", "*.yml")


def sources(path):
    """A file's text; of a notebook what its author wrote."""
    text = path.read_text("utf-8")
    if path.suffix != ".ipynb":
        return text
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])


def test_retired_names_are_gone():
    found = subprocess.run(
        ["git", "ls-files", *TEXTS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [ROOT / name for name in found.stdout.split() if (ROOT / name).is_file()]
    for path in set(paths) - {Path(__file__)}:
        text = sources(path)
        assert [name for name in RETIRED if name in text] == [], path


def test_the_readmes_map_names_modules_that_are_there():
    rows = [line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if "/" in line]
    rows = [line for line in rows if re.match(r"\| `\w+/[\w-]+` \|", line)]
    assert len(rows) >= 13
    for row in rows:
        for name in re.findall(r"`([\w.]+)`", row.split("|", 2)[2]):
            path = ROOT / LIBRARY / name.replace(".", "/")
            assert path.with_suffix(".py").is_file() or path.is_dir(), name


BY_VALUE = {
    "Dataset",
    "File",
    "Source",
    "Limits",
    "ClickPrivacy",
    "NetworkSettings",
    "PrivacyBudget",
    "Protocol",
    "Remark",
    "Tested",
    "Training",
    "Wording",
}


def test_no_record_can_be_changed_and_those_with_tables_compare_as_objects():
    """Of two arrays, ``==`` is an array, which says not whether two records are equal."""
    found = {}
    for path in sorted((ROOT / LIBRARY).rglob("*.py")):
        if "book" in path.relative_to(ROOT).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for mark in getattr(node, "decorator_list", ()):
                if "dataclass" in ast.unparse(mark):
                    given = {k.arg: k.value.value for k in getattr(mark, "keywords", ())}
                    found[node.name] = given.get("frozen", False), given.get("eq", True)
    assert len(found) >= 24
    assert {name for name, (frozen, _) in found.items() if not frozen} == set()
    assert {name for name, (_, by_value) in found.items() if by_value} == BY_VALUE


def test_every_text_file_is_read_and_written_in_a_named_encoding():
    """Else a reader's Windows takes its own, and an é becomes two signs."""
    unnamed = []
    for path in sorted((ROOT / LIBRARY).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "attr", None)
            given = len(node.args) + any(k.arg == "encoding" for k in node.keywords)
            if called in ("read_text", "write_text") and given < 1 + (called == "write_text"):
                unnamed.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert unnamed == []
