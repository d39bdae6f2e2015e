"""Run notebook pages in place: fresh kernel, cells in order, outputs kept, minutes, cost noted.

    python tools/run_page.py start/setup        one page, or several
    python tools/run_page.py                    every notebook in _toc.yml
    python tools/run_page.py --stamp            only write ids and the repository address
    python tools/run_page.py --compare          say how far a new run is from the stored outputs
    python tools/run_page.py --gpu              run the large sizes on a GPU, note only the seconds

A page that fails is left as it was.
"""

import argparse
import copy
import hashlib
import os
import re
import sys

import nbformat
from book_files import ROOT, bring_in_source, page_files
from compare_outputs import differences, tags_for
from kernel_cost import KernelCost
from minutes import write_minutes
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from page_tests import page_named
from steps import StepError

CELL_TIMEOUT_S = 600
COMPARISON = ("nbval", "tolerance")  # so begin the tags that say how a cell is compared
COST_LINE = re.compile(r"^\*\*Measured cost\*\*.*$", re.MULTILINE)
# A progress bar redraws its line with carriage returns or shows a percentage and a bar; tqdm also
# says that it cannot draw a widget.
PROGRESS = re.compile(r"\r|\d+%\s*\||\x1b\[[0-9;]*[A-K]|IProgress not found")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python", "pygments_lexer": "ipython3"},
}


def run_page(path):
    """Run one notebook in its own folder, write it back, and return its line of cost.

    nbclient's CellExecutionError if a cell fails; the file is left as it was.
    """
    page = nbformat.read(path, as_version=4)
    stamp(page)
    line = write_cost(page, execute(page, path.parent))
    write_minutes(page)
    nbformat.validate(page)
    nbformat.write(page, path)
    return line


def run_on_gpu(path):
    """Run one notebook in its large sizes; its outputs stay those of the small ones."""
    import torch

    if not torch.cuda.is_available():
        raise RuntimeError("--gpu needs a CUDA GPU, and torch sees none: leave --gpu out")
    page = nbformat.read(path, as_version=4)
    cost = execute(copy.deepcopy(page), path.parent, profile="gpu")
    return note_gpu(path, {"wall_s": cost["wall_s"], "device": torch.cuda.get_device_name()})


def note_gpu(path, gpu):
    """Write on a page's card how long its large sizes took: ``wall_s`` and ``device``."""
    page = nbformat.read(path, as_version=4)
    page.metadata["plmrec"]["gpu"] = gpu
    line = write_cost(page, page.metadata["plmrec"]["cost"])
    nbformat.write(page, path)
    return line


def execute(page, folder, profile="cpu"):
    """Run all cells in a fresh kernel, drop what changes from run to run, and return the cost."""
    client = NotebookClient(
        page,
        timeout=CELL_TIMEOUT_S,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    measured = KernelCost(client)
    client.execute(env={**os.environ, "PLMREC_PROFILE": profile, "PLMREC_PROGRESS": "0"})
    clean(page)
    return {
        "cores": measured.cores,
        "cpu_s": round(measured.cpu_s, 1),
        "peak_gb": round(measured.peak_bytes / 1e9, 2),
        "wall_s": round(measured.wall_s, 1),
    }


def compare_page(path):
    """Run a notebook; list each cell that differs from the stored one, and the tag to allow it."""
    stored = nbformat.read(path, as_version=4)
    page = copy.deepcopy(stored)
    execute(page, path.parent)
    lines = []
    for old, new in zip(stored.cells, page.cells, strict=True):
        if found := differences(old.get("outputs", []), new.get("outputs", [])):
            tags = [tag for tag in old.metadata.get("tags", []) if tag.startswith(COMPARISON)]
            lines.append(f"cell {old.id} {tags or 'without a tag'} needs {tags_for(found)}")
            lines += [f"    {line}" for line in found]
    return lines


def stamp(page):
    """Give every cell a lasting id, and the bring-in cell its text; ids that are unique stay."""
    page.nbformat_minor = max(page.nbformat_minor, 5)
    taken = set()
    for cell in page.cells:
        name = cell.get("id") or hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        while name in taken:
            name = hashlib.sha256(name.encode()).hexdigest()[:8]
        taken.add(name)
        cell["id"] = name
        if "bring-in" in cell.metadata.get("tags", []):
            cell.source = bring_in_source()


def clean(page):
    """Drop progress bars, widgets, timings; what else went to stderr stays, for the tests."""
    page.metadata = nbformat.from_dict({**page.metadata, **METADATA})
    page.metadata.pop("widgets", None)
    for cell in page.cells:
        for key in ("execution", "collapsed", "ExecuteTime"):
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not _is_noise(output)]


def _is_noise(output):
    """Tell whether an output is a progress bar or a widget."""
    if output.output_type == "stream" and output.name == "stderr":
        return not output.text.strip() or bool(PROGRESS.search(output.text))
    return WIDGET_VIEW in output.get("data", {})


def write_cost(page, cost):
    """Note the cost of a run in the notebook's metadata and on its card; return the line."""
    page.metadata["plmrec"] = {**page.metadata.get("plmrec", {}), "cost": cost}
    line = (
        f"**Measured cost** {cost['cpu_s']:.0f} s of processor time · {cost['wall_s']:.0f} s on "
        f"{cost['cores']} cores · {cost['peak_gb']:.1f} GB of memory at most"
    )
    if gpu := page.metadata["plmrec"].get("gpu"):
        line += f" · large sizes: {gpu['wall_s']:.0f} s with one {gpu['device']}"
    first = page.cells[0]
    first.source, found = COST_LINE.subn(line, first.source, count=1)
    if not found:
        raise ValueError("the first cell has no line **Measured cost**: copy it from the template")
    return line


def stamp_page(path):
    """Write a notebook's ids and its bring-in cell; its outputs stay."""
    page = nbformat.read(path, as_version=4)
    stamp(page)
    nbformat.write(page, path)
    return "stamped"


def main(arguments=None):
    """Work on the named pages, or all; return 1 if one failed."""
    parser = argparse.ArgumentParser(description="Run notebook pages in place.")
    parser.add_argument("page", nargs="*", help="such as start/setup; all when none is named")
    modes = parser.add_mutually_exclusive_group()
    for name, (work, words) in MODES.items():
        modes.add_argument(f"--{name}", dest="work", action="store_const", const=work, help=words)
    options = parser.parse_args(arguments)
    failed = 0
    try:
        paths = [page_named(ROOT, name, (".ipynb",)) for name in options.page]
    except StepError as error:
        parser.error(str(error))
    for path in paths or [p for p in page_files() if p.suffix == ".ipynb"]:
        name = path.relative_to(ROOT).as_posix()
        print(f"{name} ...", flush=True)
        try:
            found = (options.work or run_page)(path)
        except CellExecutionError as error:
            print(f"{name} failed and is left as it was:\n{error}", file=sys.stderr)
            failed = 1
        else:
            said = "\n".join(found) if isinstance(found, list) else found
            print(f"{name}: {said or 'says again what it said'}")
    return failed


MODES = {
    "stamp": (stamp_page, "write ids and the address, run nothing"),
    "compare": (compare_page, "write nothing, say what differs and the tag for it"),
    "gpu": (run_on_gpu, "run the large sizes on a GPU, note the seconds"),
}

if __name__ == "__main__":
    sys.exit(main())
