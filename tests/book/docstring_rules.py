"""What must hold for the documentation of a public name of the library."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
import textwrap

from numpydoc.docscrape import NumpyDocString, get_doc_object
from numpydoc.validate import validate

# Of numpydoc's checks the house form keeps those on what a reader needs. Left out are those on
# layout and full stops (GL01-03, SS02-06, PR04-09, RT02-05: an entry may stand on one line,
# ``name : type; what it is``), on the order of
# sections (GL07: a Source line may follow the last), and on sections that are used where they
# help and not everywhere (ES01, SA01-04, EX01).
CHECKS = {
    "GL05": "tabs",
    "GL06": "a section that numpydoc does not know",
    "GL08": "no docstring",
    "GL10": "a broken directive",
    "SS01": "no summary",
    "PR01": "an undocumented parameter",
    "PR02": "a documented parameter that is not there",
    "PR03": "parameters in another order",
    "PR10": "no space before the colon of a parameter",
    "RT01": "no Returns section",
    "YD01": "no Yields section",
}


def modules_of(package):
    """The package and every module in it, imported."""
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def public_names(module):
    """The public functions, classes and methods that a module defines, by dotted name."""
    names = []
    for name, value in vars(module).items():
        here = getattr(value, "__module__", None) == module.__name__
        if name.startswith("_") or not here or not (inspect.isclass(value) or callable(value)):
            continue
        names.append(f"{module.__name__}.{name}")
        if inspect.isclass(value):
            for method, member in vars(value).items():
                plain = inspect.unwrap(getattr(member, "__func__", member))
                if inspect.isfunction(plain) and not method.startswith("_"):
                    names.append(f"{module.__name__}.{name}.{method}")
    return names


def object_of(name):
    """The object behind a dotted name."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(f"{name!r} cannot be imported")


def complaints(name):
    """What numpydoc, and the rules of the house, hold against the documentation of a name."""
    thing = object_of(name)
    # The house's last line is no part of the section above it.
    text = re.sub(r"\n\s*Source: .*\Z", "", inspect.getdoc(thing) or "", flags=re.DOTALL)
    doc = get_doc_object(thing, doc=text)
    found = [f"{code}: {words}" for code, words in validate(doc)["errors"] if code in CHECKS]
    if fields := fields_of(thing):
        found = [words for words in found if not words.startswith(("PR01", "PR02", "PR03"))]
        told = " ".join(entry.name for entry in (*doc["Parameters"], *doc["Attributes"]))
        missing = sorted(fields - set(re.findall(r"\w+", told)))
        found += [f"the field {field} is not documented" for field in missing]
    return found + _raises(thing)


def fields_of(thing):
    """The public fields of a data class or a named tuple; none for anything else."""
    names = getattr(thing, "_fields", ())
    if dataclasses.is_dataclass(thing):
        names = [field.name for field in dataclasses.fields(thing)]
    return {name for name in names if not name.startswith("_")}


def _raises(thing):
    """An error that a function raises by name must stand in its Raises section."""
    if inspect.isclass(thing):
        return []
    tree = ast.parse(textwrap.dedent(inspect.getsource(thing)))
    raised = {
        node.exc.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
        and node.exc.func.id[0].isupper()
    }
    section = NumpyDocString(inspect.getdoc(thing) or "")["Raises"]
    documented = " ".join(entry.name + entry.type + " ".join(entry.desc) for entry in section)
    return [f"raises {e}, which its docstring does not say" for e in raised if e not in documented]
