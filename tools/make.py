"""The book's commands, without make: ``py -3.11 tools/make.py book``. The Makefile calls this.

Standard library only, and no syntax newer than Python 3.8: it must be able to say "too old".
"""

import argparse
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import build_book
import environment
import machine
import resolve_lock
import whole_folder as whole
from page_tests import fast_tests, tests_of
from steps import Failed, clean_environment

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = {}
OPTIONS = {
    "PAGE": "a page, such as ideas/recommenders",
    "NAME": "an experiment, such as finetuning-methods",
    "FAST": "1: only the units of the library",
    "UPGRADE": "1: take the newest versions",
}


def command(words, needs="reading", only=()):
    """Register a command.

    Parameters
    ----------
    words : str
        What it does, for the list of commands.
    needs : {"reading", "testing", None}
        What the environment must hold.
    only : tuple of str
        The options that it takes.

    Returns
    -------
    callable
        The decorator.
    """

    def register(function):
        COMMANDS[function.__name__] = (function, words, needs, only)
        return function

    return register


class Book:
    """What a command works with.

    Parameters
    ----------
    given : dict
        The options of the command line, such as ``{"PAGE": "ideas/recommenders"}``.
    """

    def __init__(self, given):
        self.given = given

    def words(self, option):
        """Return the words of an option; none if it is not given."""
        return shlex.split(self.given.get(option, ""))

    def run(self, *arguments, **variables):
        """Run the environment's Python, at this terminal; end as it ends if that is not well."""
        arguments = [str(environment.python_of(ROOT)), *map(str, arguments)]
        holding = {"pass_fds": whole.inherited()} if os.name == "posix" else {}
        before = signal.signal(signal.SIGINT, _leave_it_to_the_child)
        try:
            done = subprocess.run(
                arguments, cwd=str(ROOT), env=clean_environment(**variables), check=False, **holding
            )
        finally:
            signal.signal(signal.SIGINT, before)
        if done.returncode:
            sys.exit(done.returncode if done.returncode > 0 else 128 - done.returncode)


def _leave_it_to_the_child(number, frame):
    """Ctrl-C reaches the child too, which decides: JupyterLab asks whether to stop."""


@command("Build the book into _build/html")
def book(it):
    data(it)
    with whole.hold(ROOT, "pages", alone=True, doing="make book"):
        environment.ensure_web(ROOT)
        cover = build_book.build_book(ROOT, environment.python_of(ROOT))
    print(f"The book is ready: open {cover.relative_to(ROOT)}")


@command(
    "Prove everything; FAST=1: the library; PAGE=part/name: one page",
    needs="testing",
    only=("FAST", "PAGE"),
)
def test(it):
    pages = it.words("PAGE")
    fast = it.given.get("FAST", "0") not in ("", "0")
    if not (pages or fast):
        if lacks := machine.lacks(machine.facts(ROOT), tests=True):
            raise Failed("\n".join(lacks))
        with whole.hold(ROOT, "pages", alone=True, doing="make test"):
            environment.ensure_web(ROOT)
    data(it)
    lint(it)
    chosen = tests_of(ROOT, pages) if pages else fast_tests(ROOT) if fast else []
    it.run("-m", "pytest", "-n", "2", "--dist", "worksteal", *chosen, OMP_NUM_THREADS="1")


@command("Open the pages in JupyterLab")
def lab(it):
    data(it)
    it.run("-m", "jupyterlab", "--notebook-dir=book")


@command("Fetch what the pages read, and verify it")
def data(it):
    it.run("-c", "import sys; from plmrec_lite.cli import main; sys.exit(main(['data']))")


@command("Start a new page from the template: PAGE=ideas/name", only=("PAGE",))
def page(it):
    it.run("tools/new_page.py", *it.words("PAGE"))


@command("Run one page in place: PAGE=ideas/recommenders", only=("PAGE",))
def notebook(it):
    data(it)
    it.run("tools/run_page.py", *it.words("PAGE"))


@command(
    "Record what is too long for a page: NAME=finetuning-methods", needs="testing", only=("NAME",)
)
def experiments(it):
    data(it)
    it.run("tools/run_experiment.py", *it.words("NAME"))


@command("Stamp the address in _config.yml into every page")
def tidy(it):
    it.run("tools/run_page.py", "--stamp")


@command("Time the library against its peers", needs="testing")
def bench(it):
    data(it)
    it.run("-m", "benchmarks")


@command("Check form and style", needs="testing")
def lint(it):
    it.run("-m", "ruff", "check", ".")
    it.run("-m", "ruff", "format", "--check", ".")


@command("Correct form and style where a machine can", needs="testing")
def format(it):
    it.run("-m", "ruff", "check", "--fix", ".")
    it.run("-m", "ruff", "format", ".")


@command("Resolve the lock files anew from pyproject.toml, and prove them", None, ("UPGRADE",))
def lock(it):
    resolve_lock.lock(ROOT, upgrade=it.given.get("UPGRADE", "0") not in ("", "0"))


@command("Remove what was built; the environment and the data stay", needs=None)
def clean(it):
    with whole.hold(ROOT, "pages", alone=True, doing="make clean"):
        for path in build_book.clean(ROOT):
            print(f"{path} stays: it holds what experiments have found so far")


@command("List these commands", needs=None)
def help(it):
    for name, (_, words, *_) in COMMANDS.items():
        print(f"  {name:<12} {words}")


def read_arguments(arguments):
    """Read a command line such as ``test PAGE=math/self-attention``.

    Parameters
    ----------
    arguments : list of str
        The words after the script's name.

    Returns
    -------
    name : str
        The command.
    keep : bool
        Whether an environment of another Python will do.
    given : dict
        The options.
    """
    parser = argparse.ArgumentParser(prog="tools/make.py", description="The book's commands.")
    parser.add_argument("command", nargs="?", default="help", choices=list(COMMANDS))
    parser.add_argument(
        "--keep", action="store_true", help="an environment that another Python made will do"
    )
    parser.add_argument(
        "options",
        nargs="*",
        metavar="OPTION=value",
        help="; ".join(f"{k}: {v}" for k, v in OPTIONS.items()),
    )
    found = parser.parse_args(arguments)
    given = dict(text.partition("=")[::2] for text in found.options)
    takes = COMMANDS[found.command][3]
    for option in given:
        if option not in takes:
            listed = ", ".join(takes) or "no options"
            parser.error(f"{found.command} does not take {option!r}: it takes {listed}")
    return found.command, found.keep, given


def main(arguments):
    """Run a command.

    Parameters
    ----------
    arguments : list of str
        The words after the script's name.

    Returns
    -------
    int
        0, or 1 if something is missing or failed; 130 after Ctrl-C.
    """
    name, keep, given = read_arguments(arguments)
    function, _, needs, _ = COMMANDS[name]
    for ending in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, ending):
            signal.signal(getattr(signal, ending), _stop)
    try:
        if needs is None:
            function(Book(given))
            return 0
        with whole.hold(ROOT, "environment", alone=False, doing=f"make {name}") as held:
            environment.ensure(ROOT, held, tests=needs == "testing", keep=keep)
            function(Book(given))
    except (Failed, whole.NotOurs) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: what was not finished is made anew next time.", file=sys.stderr)
        return 130
    return 0


def _stop(number, frame):
    """End in order, so that what this process started is ended too."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
