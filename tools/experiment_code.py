"""Which design an experiment came from, as one hash that only a change of its numbers can change.

From the script on, every function, class and constant of the library is followed by name, and a
method where its name is mentioned too. What they say goes into the hash without docstrings,
annotations, printed words, and checks that only raise; where they stand does not. So do the
checksums of the data sets that they name. What brings or shows something is left out.
"""

import ast
import hashlib
import json
from functools import cache

from book_files import ROOT
from counted_code import DEFINITIONS, LIBRARY, Module

# What changes no number: how files come here, what is said while it works, what is kept on disk.
WITHOUT_NUMBERS = (
    "plmrec_lite.book",
    "plmrec_lite.checkpoints",
    "plmrec_lite.cli",
    "plmrec_lite.data.sources.archives",
    "plmrec_lite.data.sources.downloads",
    "plmrec_lite.data.sources.fetch",
    "plmrec_lite.data.sources.records",
    "plmrec_lite.data.sources.registry",
    "plmrec_lite.doctor",
    "plmrec_lite.runtime.device",
    "plmrec_lite.runtime.n_threads",
    "plmrec_lite.runtime.progress",
)
# Of a class with another base from outside, such as a torch module, that base may call any method.
PASSIVE_BASES = {"sklearn.base.BaseEstimator", "typing.NamedTuple", "typing.Protocol"}


def code_hash(script, root=ROOT, checksums=None):
    """Hash what an experiment computes, and from which data.

    ``checksums`` are those of each data set's files; None for those of the library's registry. A
    name that the library lacks is an ImportError.
    """
    reached = _Reached(script, root)
    digests = {
        what: _sha256([_shape(node, reached, what[0]) for node in sorted(nodes, key=_name)])
        for what, nodes in reached.nodes.items()
    }
    parts = [
        (what[1], digest, sorted(digests[other] for other in reached.uses[what]))
        for what, digest in digests.items()
        if reached.nodes[what]  # a module that only defines counts by what is used of it
    ]
    checksums = _checksums() if checksums is None else checksums
    data = {name: sums for name, sums in checksums.items() if name in reached.words}
    return _sha256((sorted(parts), sorted(data.items()), sorted(reached.files.items())))


class _Reached:
    """Everything that a script reaches.

    Attributes
    ----------
    nodes : dict of (module, name) to list of ast.AST; what counts of a definition; the script
        itself is ("", "")
    uses : dict of (module, name) to set of (module, name); the definitions that it names
    words : set of str; names of attributes, and strings
    files : dict of str to str; checksums of the data files beside a module that it mentions
    """

    def __init__(self, script, root):
        self.root, self.script = root, script
        self.module = cache(lambda name: Module(self._path(name)))
        self.nodes, self.uses, self.words, self.files = {}, {}, set(), {}
        self._methods = {}  # of each class that is reached, those not yet mentioned
        self._follow(("", ""), self.module("").statements)
        while woken := [
            (what, node)
            for what, nodes in self._methods.items()
            for node in nodes
            if node.name in self.words
        ]:
            for what, node in woken:
                self._methods[what].remove(node)
                self._follow(what, [node])

    def _path(self, module):
        if not module:
            return self.script
        path = self.root.joinpath(*module.split("."))
        return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")

    def _follow(self, what, nodes):
        """Add statements to a definition, and follow what they name."""
        self.nodes.setdefault(what, []).extend(nodes)
        uses = self.uses.setdefault(what, set())
        for node in (inner for outer in nodes for inner in ast.walk(outer)):
            if isinstance(node, ast.Attribute):
                self.words.add(node.attr)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self._mention(what[0], node.value)
            kind, other = self.target(what[0], node)
            if kind != "definition":
                continue
            uses.add(other)
            if other not in self.nodes:
                self._reach(other)

    def _mention(self, module, text):
        """Note a word, and the data file beside the module that it names."""
        self.words.add(text)
        if len(text) < 80 and text.endswith((".csv", ".json", ".tsv", ".txt")):
            path = self._path(module).parent / text
            if module and path.is_file():
                self.files[text] = hashlib.sha256(path.read_bytes()).hexdigest()

    def _reach(self, what):
        """Follow a definition for the first time, and what its module does when it is loaded."""
        module, name = what
        self._follow((module, ""), [] if (module, "") in self.nodes else self._module_loads(module))
        nodes = self.module(module).definitions[name]
        if not isinstance(nodes[0], ast.ClassDef) or self._has_active_base(module, nodes[0]):
            self._follow(what, nodes)
            return
        waiting = [
            node
            for node in nodes[0].body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("__")
        ]
        head = ast.ClassDef(name, nodes[0].bases, nodes[0].keywords, [], nodes[0].decorator_list)
        self._methods[what] = waiting
        self._follow(what, [head, *(node for node in nodes[0].body if node not in waiting)])

    def _module_loads(self, module):
        return [n for n in self.module(module).statements if not isinstance(n, DEFINITIONS)]

    def _has_active_base(self, module, node):
        """Tell whether a class inherits from code outside that may call its methods."""
        for base in node.bases:
            kind, other = self.target(module, base)
            if kind == "definition":
                inner = self.module(other[0]).definitions[other[1]][0]
                if isinstance(inner, ast.ClassDef) and self._has_active_base(other[0], inner):
                    return True
            elif kind == "outside" and other not in PASSIVE_BASES:
                return True
        return False

    def target(self, module, node):
        """Say what an expression names: ("definition", (module, name)), ("module", ...), ..."""
        if isinstance(node, ast.Name):
            here = self.module(module)
            if module and node.id in here.definitions:
                return self._counted(module, node.id)
            if node.id in here.imports:
                return self._found(*here.imports[node.id])
        elif isinstance(node, ast.Attribute):
            kind, inner = self.target(module, node.value)
            if kind == "module":
                return self._found(inner, node.attr)
            if kind == "outside":
                return kind, f"{inner}.{node.attr}"
        return None, None

    def _found(self, module, name):
        """Say what a name imported from a module is; packages hand names on."""
        if module.split(".")[0] != LIBRARY:
            return "outside", f"{module}.{name}".rstrip(".")
        if not name:
            return "module", module
        here = self.module(module)
        if name in here.definitions:
            return self._counted(module, name)
        if name in here.imports:
            return self._found(*here.imports[name])
        if self._path(f"{module}.{name}").is_file():
            return "module", f"{module}.{name}"
        raise ImportError(f"no {name!r} in {module}")

    def _counted(self, module, name):
        whole = f"{module}.{name}"
        if any(f"{whole}.".startswith(f"{left}.") for left in WITHOUT_NUMBERS):
            return "left out", name
        return "definition", (module, name)


def _name(node):
    """Sort statements by what they define: the order of methods does not matter."""
    return getattr(node, "name", "")


def _shape(node, reached, module):
    """Write a syntax tree as nested lists, the same in every version of Python."""
    if isinstance(node, list):
        return [_shape(inner, reached, module) for inner in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    kind, other = reached.target(module, node)
    if kind is not None:  # a name is what it stands for, however it was imported
        return [kind, other[1] if kind == "definition" else other]
    fields = [(f, v) for f, v in ast.iter_fields(node) if v not in (None, []) and f != "kind"]
    return [type(node).__name__, *([f, _shape(v, reached, module)] for f, v in fields)]


def _checksums():
    """Return the checksums of the files of every data set that the library knows."""
    from plmrec_lite.data.sources.registry import DATASETS

    return {
        name: sorted(file.sha256 for source in record.sources for file in source.files)
        for name, record in DATASETS.items()
    }


def _sha256(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
