"""What of a file can change a number: its definitions, without words and refusals."""

import ast
from collections import Counter

LIBRARY = "plmrec_lite"
LISTS = {"SEEDS", "SEEDS_OF", "CASES", "CHECK"}  # of a script; a recording holds them itself
DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


class Module:
    """One parsed file: its statements, its definitions by name, and what it imports as what."""

    def __init__(self, path):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        self.imports, self.definitions, self.statements = {}, {}, []
        package = path.parent.parts if path.name == "__init__.py" else ()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and not node.level:
                for name in node.names:
                    self.imports[name.asname or name.name] = (node.module, name.name)
            elif isinstance(node, ast.Import):
                for name in node.names:
                    whole = name.name if name.asname else name.name.split(".")[0]
                    self.imports[name.asname or whole] = (whole, "")
            elif isinstance(node, ast.keyword) and node.arg == "submod_attrs" and package:
                face = ".".join(package[package.index(LIBRARY) :])
                for inner, names in ast.literal_eval(node.value).items():
                    self.imports |= {name: (f"{face}.{inner}", name) for name in names}
        for node in tree.body:
            names = _defined(node)
            if names <= LISTS or names & {"__getattr__", "__all__"}:
                continue
            if (counted := _Counted(node).visit(node)) is not None:
                self.statements.append(counted)
                for name in names if isinstance(node, DEFINITIONS) else ():
                    self.definitions.setdefault(name, []).append(counted)


def _defined(node):
    """The names that a statement defines or fills, such as A and B of ``A, B["a"] = ...``."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return {getattr(node, "name", "")}


class _Counted(ast.NodeTransformer):
    """Drop from a definition what changes no result."""

    def __init__(self, definition):
        self.names = Counter(n.id for n in ast.walk(definition) if isinstance(n, ast.Name))

    def visit(self, node):
        nothing = isinstance(node, ast.Import | ast.ImportFrom | ast.Pass)
        return None if nothing else super().visit(node)

    def visit_Expr(self, node):
        if isinstance(node.value, ast.Constant):
            return None  # a docstring
        call = node.value.func if isinstance(node.value, ast.Call) else None
        if getattr(call, "id", getattr(call, "attr", "")) in ("print", "warn"):
            return None
        return self.generic_visit(node)

    def visit_Raise(self, node):
        return ast.Raise()

    def visit_If(self, node):
        inside = Counter(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
        named = [n.target.id for n in ast.walk(node.test) if isinstance(n, ast.NamedExpr)]
        raises = all(isinstance(inner, ast.Raise) for inner in node.body) and not node.orelse
        if raises and all(self.names[name] == inside[name] for name in named):
            return None  # it only refuses
        if getattr(node.test, "id", "") == "TYPE_CHECKING":
            return None
        return self.generic_visit(node)

    def visit_FunctionDef(self, node):
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node):
        node.annotation = None
        return self.generic_visit(node)
