"""Make the data of the figures that answer to the reader's hand: book/hand/NAME.json.

Each figure has a script book/hand/NAME.py with three functions. ``make()`` computes the data with
the library. ``words(data)`` takes from the data what the text alternative says of it: where the
page writes ``[[best]]`` the book shows ``words(data)["best"]``. ``part(data)`` computes a small
part anew and returns the part that ``data`` holds beside it, so that a test can compare the two.

    python tools/make_hand.py [NAME ...]
"""

import importlib.util
import json
import sys

from book_files import ROOT

FOLDER = ROOT / "book" / "hand"


def makers(folder=FOLDER):
    """Name the figures that have a script."""
    return sorted(path.stem for path in folder.glob("*.py"))


def maker(name, folder=FOLDER):
    """Load the script of a figure."""
    spec = importlib.util.spec_from_file_location(f"hand_{name}", folder / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(name, folder=FOLDER):
    """Read the data of a figure."""
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def write(name, folder=FOLDER):
    """Compute the data of a figure and write it, one field a line."""
    module = maker(name, folder)
    data = module.make()
    data["words"] = module.words(data)
    fields = (
        f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'), ensure_ascii=False)}"
        for key, value in data.items()
    )
    path = folder / f"{name}.json"
    path.write_text("{\n" + ",\n".join(fields) + "\n}\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    for wanted in sys.argv[1:] or makers():
        written = write(wanted)
        print(f"{written.relative_to(ROOT)}: {written.stat().st_size:,} bytes")
