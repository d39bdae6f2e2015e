"""The stick is whole or the old one stays; what lies on it, and what does not."""

import re
import shutil
import zipfile

import checksums
import make
import make_stick
import pytest
from steps import StepError
from tiny_stick import ROOT, write_wheel

STEPS = ["put_source", "put_data", "put_wheels", "put_start", "put_page"]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A small repository with a built site, and an index without a network."""
    for name in ("book/start", "plmrec_lite", "tools", "_build/html", "book/__pycache__"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copytree(ROOT / "tools" / "stick", tmp_path / "tools" / "stick")
    for name in make_stick.ON_THE_STICK:
        shutil.copyfile(ROOT / "tools" / name, tmp_path / "tools" / name)
    for name in make_stick.SOURCE_FILES:
        shutil.copyfile(ROOT / name, tmp_path / name)
    for name in ("book/start/setup.ipynb", "book/__pycache__/x.pyc", "book/.hidden"):
        (tmp_path / name).write_text(name)
    (tmp_path / "_build" / "html" / "index.html").write_text("first")

    def gather(root, place, house):
        return [write_wheel(house, f"only{place['python_version']}", {"a.py": ""})]

    def own_wheel(root, folder):
        return write_wheel(folder, "plmrec_lite", {"plmrec_lite/__init__.py": ""})

    monkeypatch.setattr(make_stick.stick_wheels, "gather", gather)
    monkeypatch.setattr(make_stick, "own_wheel", own_wheel)
    monkeypatch.setattr(make_stick, "put_data", lambda folder: folder.mkdir())
    return tmp_path


def make_it(root, pythons=("3.11",)):
    return make_stick.make_stick(root, ["linux"], list(pythons))


def test_the_stick_and_its_zip_hold_the_same_files_with_their_hashes(root):
    stick, archive = make_it(root, ["3.11", "3.13"])
    assert checksums.faults(stick) == []
    names = checksums.files_in(stick)
    assert {"site/index.html", "source/book/start/setup.ipynb", "start/start.py"} < set(names)
    assert {"wheels/linux-3.11.txt", "wheels/linux-3.13.txt"} < set(names)
    assert not [n for n in names if re.search(r"pycache|\.hidden|_build|unfinished", n)]
    with zipfile.ZipFile(archive) as packed:
        assert packed.testzip() is None
        assert set(packed.namelist()) == {f"stick/{n}" for n in [*names, checksums.LIST]}
        packed.extractall(root / "other")
        mode = packed.getinfo("stick/start.command").external_attr >> 16
        assert mode & 0o111
    assert checksums.faults(root / "other" / "stick") == []


@pytest.mark.parametrize("step", [*STEPS, "checksums.write", "os.rename"])
def test_what_ends_the_making_leaves_the_old_stick_whole(root, monkeypatch, step):
    stick, _ = make_it(root)
    (root / "_build" / "html" / "index.html").write_text("second")
    with monkeypatch.context() as patch:

        def stop(*arguments):
            raise KeyboardInterrupt

        home, _, name = f"make_stick.{step}".rpartition(".")
        place = {"make_stick": make_stick, "make_stick.checksums": checksums}.get(home)
        patch.setattr(place or make_stick.os, name, stop)
        with pytest.raises(KeyboardInterrupt):
            make_it(root)
    if step != "os.rename":  # the moment between two folders: then there is none, and no half
        assert checksums.faults(stick) == []
        assert (stick / "site" / "index.html").read_text() == "first"
    make_it(root)
    assert checksums.faults(stick) == []
    assert (stick / "site" / "index.html").read_text() == "second"


def test_a_zip_that_was_not_finished_is_none(root, monkeypatch):
    _, archive = make_it(root)
    before = archive.read_bytes()
    (root / "_build" / "html" / "index.html").write_text("second")
    with monkeypatch.context() as patch:
        patch.setattr(make_stick.os, "replace", lambda *names: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            make_it(root)
    assert archive.read_bytes() == before


def test_without_a_site_nothing_is_begun(root):
    (root / "_build" / "html" / "index.html").unlink()
    with pytest.raises(StepError, match="run `make book`"):
        make_it(root)
    assert not (root / "_build" / "unfinished-stick").exists()


def test_a_stick_of_the_student_edition_holds_its_pages_and_no_others(root):
    with pytest.raises(StepError, match="html-student is not there: run `make book EDITION=stud"):
        make_stick.make_stick(root, ["linux"], ["3.11"], "student")
    (root / "_build" / "html-student").mkdir()
    (root / "_build" / "html-student" / "index.html").write_text("for students")
    edition = root / "_build" / "editions" / "student"
    assignment = "book/assignments/own-data.ipynb"
    for folder in ("start", "assignments"):
        (edition / "book" / folder).mkdir(parents=True)
    for name in ("book/start/setup.ipynb", assignment, "_toc.yml", "_config.yml"):
        (edition / name).write_text("for students")
    (root / "book" / "start" / "solved.ipynb").touch()
    stick, _ = make_stick.make_stick(root, ["linux"], ["3.11"], "student")
    placed = ("book/start/setup.ipynb", assignment, "_toc.yml")
    for name in ("site/index.html", *(f"source/{name}" for name in placed)):
        assert (stick / name).read_text() == "for students"
    assert not (stick / "source" / "book" / "start" / "solved.ipynb").exists()


def test_answers_for_those_who_teach_stay_at_home(root):
    (root / "book" / "kit" / "start").mkdir(parents=True)
    (root / "book" / "kit" / "start" / "setup.yml").touch()
    stick, _ = make_it(root)
    assert not [name for name in checksums.files_in(stick) if "kit" in name.split("/")]


def test_the_data_sets_come_along_and_nothing_else_of_the_cache(tmp_path, monkeypatch):
    kept = [n for n, record in make_stick.DATASETS.items() if not record.on_request]
    for name in (*make_stick.DATASETS, "vectors"):
        (tmp_path / "cache" / name / "part").mkdir(parents=True)
        (tmp_path / "cache" / name / "part" / "file").write_text(name)
        (tmp_path / "cache" / name / "left over").touch()

    def find_cached(name):
        return {"part/file": tmp_path / "cache" / name / "part" / "file"}

    monkeypatch.setattr(make_stick, "find_cached", find_cached)
    make_stick.put_data(tmp_path / "data")
    assert checksums.files_in(tmp_path / "data") == sorted(f"{name}/part/file" for name in kept)
    monkeypatch.setattr(make_stick, "find_cached", lambda name: None)
    with pytest.raises(StepError, match=f"{kept[0]} is not in the cache.*run `make data`"):
        make_stick.put_data(tmp_path / "none")


def test_the_source_holds_what_a_page_and_its_run_need(tmp_path):
    make_stick.put_source(ROOT, ROOT, tmp_path / "source")
    for name in ("book/start/setup.ipynb", "plmrec_lite/cli.py", "tools/run_page.py", "LICENSE"):
        assert (tmp_path / "source" / name).is_file()
    names = checksums.files_in(tmp_path / "source")
    assert not [n for n in names if "pycache" in n or n.startswith((".", "_build", "tests"))]
    portable = re.compile(r"[\w .+/-]{1,120}", re.ASCII)
    assert [n for n in names if not portable.fullmatch(n)] == []
    assert len({n.lower() for n in names}) == len(names)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, []),
        ({"PLATFORM": "linux macos"}, ["--platform", "linux", "macos"]),
        ({"PYTHONS": "3.12"}, ["--pythons", "3.12"]),
        ({"EDITION": "student"}, ["--edition", "student"]),
    ],
)
def test_make_stick_builds_the_book_and_hands_on_what_is_asked(given, words, monkeypatch):
    monkeypatch.setattr(make, "book", lambda it: done.append("book"))
    it, done = make.Book(given), []
    monkeypatch.setattr(it, "run", lambda *all_words: done.append(list(all_words)))
    make.stick(it)
    assert done == ["book", ["tools/make_stick.py", *words]]


def test_a_wrong_word_is_told_before_anything_is_made(root, monkeypatch, capsys):
    monkeypatch.setattr(make_stick, "ROOT", root)
    assert make_stick.main(["--platform", "amiga"]) == 1
    assert "'amiga-" in capsys.readouterr().err
    assert not (root / "_build" / "wheels").exists()
