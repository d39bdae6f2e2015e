"""Which code an experiment came from, as one hash that words do not change.

Comments, docstrings and the words of errors are left out: they change no result. So are a
script's lists of seeds and cases, which a recording holds itself.
"""

import ast
import hashlib

from book_files import ROOT

LIBRARY = "plmrec_lite"
LISTS = {"SEEDS", "SEEDS_OF", "CASES", "CHECK"}


def code_hash(script, root=ROOT):
    """Hash a script and every module of the library that it reaches.

    Parameters
    ----------
    script : pathlib.Path
        A Python file that imports the library by ``from plmrec_lite... import ...``.
    root : pathlib.Path
        The repository, which holds the library.

    Returns
    -------
    str
        The sha256 of the parsed code of all files, in the order of their names.

    Raises
    ------
    SyntaxError
        If a file is not valid Python.
    """
    trees, waiting = {}, [script]
    while waiting:
        path = waiting.pop()
        if path in trees:
            continue
        trees[path] = ast.parse(path.read_text(encoding="utf-8"))
        waiting += _imported(trees[path], root)
    trees[script].body = [node for node in trees[script].body if not _is_list(node)]
    digest = hashlib.sha256()
    for path in sorted(trees, key=lambda p: (p != script, p.as_posix())):
        digest.update(ast.dump(_Wordless().visit(trees[path])).encode())
    return digest.hexdigest()


def _is_list(node):
    """Tell whether a statement sets one of a script's lists."""
    return isinstance(node, ast.Assign) and {getattr(t, "id", "") for t in node.targets} <= LISTS


def _imported(tree, root):
    """List the files of the library that a parsed module imports from."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == LIBRARY:
            found += [_defining(node.module, alias.name, root) for alias in node.names]
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names if a.name.split(".")[0] == LIBRARY]
            found += [_file(name, root) for name in names]
    return found


def _file(module, root):
    """Return the file of a module or package."""
    path = root.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _defining(module, name, root):
    """Return the file that a name comes from: a package hands it on from one of its modules."""
    path = _file(module, root)
    if path.name != "__init__.py":
        return path
    if (inner := _file(f"{module}.{name}", root)).is_file():
        return inner
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and name in [a.asname or a.name for a in node.names]:
            return _defining(node.module, name, root)
    return path


class _Wordless(ast.NodeTransformer):
    """Drop docstrings and what is said when an error is raised."""

    def generic_visit(self, node):
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                node.body = body[1:]
        return node

    def visit_Raise(self, node):
        return ast.Raise(exc=None, cause=None)
