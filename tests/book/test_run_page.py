"""``make notebook``: runs a page in place, notes its cost, and leaves nothing that changes."""

import ast
import re
import shutil
import sys
import time
from importlib import metadata

import nbformat
import pytest
import run_page
from book_files import ROOT, bring_in_source, page_files
from kernel_cost import KernelCost
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from page_tests import page_named
from steps import StepError


def cells(page):
    return [(c.id, c.cell_type, c.source, c.get("outputs")) for c in page.cells[1:]]


def test_a_second_run_changes_nothing_but_the_cost(template_page, tmp_path):
    path = shutil.copyfile(template_page, tmp_path / "page.ipynb")
    run_page.run_page(path)
    again, before = nbformat.read(path, 4), nbformat.read(template_page, 4)
    assert cells(again) == cells(before)
    assert [c.metadata for c in again.cells] == [c.metadata for c in before.cells]
    assert set(again.metadata) == {"kernelspec", "language_info", "plmrec"}


def test_a_page_that_fails_is_left_as_it_was(template_page, tmp_path):
    page = nbformat.read(template_page, 4)
    page.cells.append(new_code_cell("1 / 0", id="broken"))
    path = tmp_path / "page.ipynb"
    nbformat.write(page, path)
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        run_page.run_page(path)
    assert path.read_bytes() == before


@pytest.fixture
def command(template_page, tmp_path, monkeypatch):
    """The command line in a copy of a book of one page, and the file of the page."""
    shutil.copytree(template_page.parents[2], tmp_path / "book")
    monkeypatch.setattr(run_page, "ROOT", tmp_path / "book")
    return run_page.main, tmp_path / "book" / "book" / "ideas" / "sample.ipynb"


def test_the_command_compares_stamps_and_runs(command, capsys):
    main, path = command
    page = nbformat.read(path, 4)
    cell = next(c for c in page.cells if c.id == "bring-in")
    good, cell.source = cell.source, "1"
    nbformat.write(page, path)
    before = path.read_bytes()
    assert main(["ideas/sample", "--compare"]) == 0
    assert "says again what it said" not in capsys.readouterr().out  # the cell now shows 1
    assert path.read_bytes() == before
    assert main(["ideas/sample", "--stamp"]) == 0
    page = nbformat.read(path, 4)
    assert next(c for c in page.cells if c.id == "bring-in").source == good
    assert page.cells[0].source == nbformat.reads(before.decode(), 4).cells[0].source
    assert main(["ideas/sample", "--compare"]) == 0
    assert "says again what it said" in capsys.readouterr().out
    assert main(["ideas/sample"]) == 0
    assert "sample.ipynb: **Measured cost** " in capsys.readouterr().out


def test_the_command_says_which_page_failed_or_is_not_there(command, capsys):
    main, path = command
    page = nbformat.read(path, 4)
    page.cells.append(new_code_cell("1 / 0", id="broken"))
    nbformat.write(page, path)
    assert main(["ideas/sample"]) == 1
    assert "sample.ipynb failed and is left as it was" in capsys.readouterr().err
    for words, said in (
        (["ideas/none"], "no page 'ideas/none'; the notebooks are: ideas/sample"),
        (["ideas/sample", "--stamp", "--compare"], "not allowed with"),
    ):
        with pytest.raises(SystemExit, match="2"):
            main(words)
        assert said in capsys.readouterr().err


def test_the_card_says_what_the_run_cost(good_page):
    cost = {"cpu_s": 12.4, "wall_s": 7.6, "peak_gb": 1.26, "cores": 2}
    run_page.write_cost(good_page, cost)
    line = "**Measured cost** 12 s of processor time · 8 s on 2 cores · 1.3 GB of memory at most"
    assert line in good_page.cells[0].source
    assert good_page.metadata["plmrec"]["cost"] == cost


def test_a_card_without_a_cost_line_is_an_error(good_page):
    good_page.cells[0].source = "# Title"
    with pytest.raises(ValueError, match="Measured cost"):
        run_page.write_cost(good_page, {"cpu_s": 1, "wall_s": 1, "peak_gb": 1, "cores": 1})


def test_ids_last_and_are_given_where_they_lack():
    page = new_notebook(cells=[new_markdown_cell("a", id="one")])
    page.cells += [new_markdown_cell("b", id="one"), new_markdown_cell("c")]
    del page.cells[2]["id"]
    run_page.stamp(page)
    first = [cell.id for cell in page.cells]
    run_page.stamp(page)
    assert [cell.id for cell in page.cells] == first
    assert first[0] == "one"
    assert len(set(first)) == 3


def test_the_bring_in_cell_gets_the_text_of_the_settings(good_page):
    cell = next(c for c in good_page.cells if c.id == "bring-in")
    cell.source = "old"
    run_page.stamp(good_page)
    assert cell.source == bring_in_source()


def test_noise_goes_and_what_matters_stays():
    bar = new_output("stream", name="stderr", text="train:  10%|█         | 1/10\r")
    warning = new_output("stream", name="stderr", text="UserWarning: look here")
    widget = new_output("display_data", data={run_page.WIDGET_VIEW: {}, "text/plain": "bar"})
    number = new_output("stream", name="stdout", text="50%| is printed")
    page = new_notebook(cells=[new_code_cell("x", outputs=[bar, warning, widget, number])])
    page.metadata["widgets"] = {"state": {}}
    page.cells[0].metadata["execution"] = {"iopub.status.busy": "2026-01-01"}
    run_page.clean(page)
    assert page.cells[0].outputs == [warning, number]
    assert page.cells[0].metadata == {}
    assert "widgets" not in page.metadata


def test_the_cost_counts_memory_and_the_work_of_child_processes():
    work = (
        "import subprocess, sys\n"
        "held = bytearray(200_000_000)\n"
        "spin = 'import time\\nwhile time.process_time() < 0.7: pass'\n"
        "subprocess.run([sys.executable, '-c', spin], check=True)\n"
        "import time; time.sleep(0.2)"
    )
    client = NotebookClient(new_notebook(cells=[new_code_cell(work)]), kernel_name="python3")
    cost = KernelCost(client)
    started = time.perf_counter()
    client.execute()
    assert cost.peak_bytes > 200_000_000
    assert cost.cpu_s > 0.7
    assert 0.9 < cost.wall_s < time.perf_counter() - started


def test_a_page_is_found_by_any_of_its_names():
    path = page_files()[2]
    assert path.suffix == ".ipynb"
    name = f"{path.parent.name}/{path.stem}"
    assert page_named(ROOT, name) == page_named(ROOT, f"book/{name}.ipynb") == path
    with pytest.raises(StepError, match=name):
        page_named(ROOT, "start/nothing")
    assert page_named(ROOT, "back/faq").suffix == ".md"
    with pytest.raises(StepError, match=r"no page 'back/faq'"):
        page_named(ROOT, "back/faq", (".ipynb",))


def test_a_listed_page_without_a_file_is_an_error(tmp_path):
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/lost\n")
    with pytest.raises(FileNotFoundError, match="book/lost"):
        page_files(tmp_path)


@pytest.mark.parametrize("url", ["", "https://github.com/owner/name"])
def test_the_bring_in_text_follows_the_address(tmp_path, url):
    config = f'repository:\n  url: "{url}"\n  branch: edition\n'
    (tmp_path / "_config.yml").write_text(config)
    text = bring_in_source(tmp_path)
    pip = '%pip install --quiet "plmrec-lite[pages] @ git+https://github.com/owner/name@edition"'
    assert (pip in text) == bool(url)
    assert ("raise ModuleNotFoundError" in text) == (not url)
    assert not text.endswith("\n")


def test_without_library_and_address_the_cell_names_the_cure(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install -e "\.\[pages\]"'):
        exec(bring_in_source(), {})


def brought_by(name, extra=""):
    """The packages that ``pip install name[extra]`` brings."""
    found, open_ends = set(), [(name, extra)]
    while open_ends:
        name, extra = open_ends.pop()
        for line in metadata.requires(name) or ():
            asked = Requirement(line)
            wanted = asked.marker is None or asked.marker.evaluate({"extra": extra})
            if wanted and canonicalize_name(asked.name) not in found:
                found.add(canonicalize_name(asked.name))
                open_ends += [(asked.name, each) for each in asked.extras or [""]]
    return found


def imported_by(code):
    """The packages, outside the standard library, that a page's code imports."""
    code = re.sub(r"^(\s*)[%!].*", r"\1pass", code, flags=re.MULTILINE)
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name.partition(".")[0] for name in found} - sys.stdlib_module_names


def test_the_cure_brings_all_that_the_pages_import():
    pages = [nbformat.read(path, 4) for path in page_files() if path.suffix == ".ipynb"]
    sources = [cell.source for page in pages for cell in page.cells if cell.cell_type == "code"]
    brought = brought_by("plmrec-lite", "pages") | {"plmrec-lite"}
    owners = metadata.packages_distributions()
    for package in set().union(*map(imported_by, sources)):
        assert {canonicalize_name(owner) for owner in owners[package]} & brought, package


def test_a_page_is_compared_with_its_outputs_and_left_as_it_was(template_page, tmp_path):
    page = nbformat.read(template_page, 4)
    cell = next(c for c in page.cells if c.id == "compute")
    cell.outputs[0]["data"]["text/plain"] = "[1.0, 0.28, 0.0, 0.25, 1.0]"
    cell.metadata["tags"] = ["tolerance-0.001", "hide-cell"]
    path = tmp_path / "page.ipynb"
    nbformat.write(page, path)
    before = path.read_bytes()
    assert run_page.compare_page(path) == [
        "cell compute ['tolerance-0.001'] needs tolerance-0.02",
        "    text/plain: stored '0.28', now '0.25': tolerance-0.02 would allow it",
    ]
    assert path.read_bytes() == before
    assert run_page.compare_page(template_page) == []


def test_the_large_sizes_stand_on_the_card_beside_the_small_ones(good_page, tmp_path):
    cost = {"cpu_s": 12.4, "wall_s": 8.1, "peak_gb": 1.26, "cores": 2}
    run_page.write_cost(good_page, cost)
    path = tmp_path / "page.ipynb"
    nbformat.write(good_page, path)
    run_page.note_gpu(path, {"wall_s": 5.4, "device": "NVIDIA H100"})
    page = nbformat.read(path, 4)
    assert "1.3 GB of memory at most · large sizes: 5 s with one NVIDIA H100\n" in (
        page.cells[0].source + "\n"
    )
    assert [c.get("outputs") for c in page.cells] == [c.get("outputs") for c in good_page.cells]
    run_page.write_cost(page, {**cost, "cpu_s": 20})  # a new run of the small sizes keeps it
    assert "20 s of processor time" in page.cells[0].source
    assert "large sizes: 5 s" in page.cells[0].source


def test_without_a_gpu_the_large_sizes_are_not_run(template_page):
    with pytest.raises(RuntimeError, match="--gpu needs a CUDA GPU"):
        run_page.run_on_gpu(template_page)
