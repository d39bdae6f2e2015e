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
import site_sources
import whole_folder as whole
from page_tests import fast_tests, tests_of
from steps import StepError, clean_environment

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = {}


def command(needs="reading", only=(), name=None):
    """Register a command: what the environment must hold, and the options it takes.

    Its docstring is what the list of commands says. A ``name`` is given where the function cannot
    have that of the command.
    """

    def register(function):
        COMMANDS[name or function.__name__.replace("_", "-")] = (function, needs, only)
        return function

    return register


class Book:
    """What a command works with: the options given, such as ``{"PAGE": "ideas/recommenders"}``."""

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


@command(only=("EDITION",))
def book(it):
    """Build the book into _build/html; EDITION=student: that edition into _build/html-student."""
    edition = it.given.get("EDITION", "")
    if edition not in ("", *build_book.EDITIONS):
        listed = " or ".join(build_book.EDITIONS)
        raise StepError(f"there is no edition {edition!r}: give EDITION={listed}, or none")
    data(it)
    with whole.hold(ROOT, "pages", alone=True, doing="make book"):
        environment.ensure_web(ROOT)
        if edition:
            it.run("tools/editions.py", edition)
        cover = build_book.build_book(ROOT, environment.python_of(ROOT), edition)
    print(f"The book is ready: open {cover.relative_to(ROOT)}")


@command(needs="testing")
def editions(it):
    """Make the editions for students and instructors in _build/editions."""
    with whole.hold(ROOT, "pages", alone=True, doing="make editions"):
        it.run("tools/editions.py")


def _site(it):
    """Build the book, unless the pages in _build/html are made from what is here."""
    if not site_sources.is_current(ROOT):
        book(it)


@command(only=("PAGE",))
def slides(it):
    """Make slides of every page, or of one: PAGE=ideas/recommenders."""
    _site(it)
    with whole.hold(ROOT, "pages", alone=True, doing="make slides"):
        it.run("tools/build_slides.py", *it.words("PAGE"))


@command(needs="testing", name="print")
def on_paper(it):
    """Make the book on paper: a PDF and an EPUB in _build/print."""
    _site(it)
    with whole.hold(ROOT, "pages", alone=True, doing="make print"):
        it.run("tools/build_print.py")


@command(needs="testing", only=("FAST", "PAGE"))
def test(it):
    """Prove everything; with FAST=1 the library, with PAGE=part/name one page."""
    pages = it.words("PAGE")
    fast = it.given.get("FAST", "0") not in ("", "0")
    if not (pages or fast):
        if lacks := machine.lacks(machine.facts(ROOT), tests=True):
            raise StepError("\n".join(lacks))
        with whole.hold(ROOT, "pages", alone=True, doing="make test"):
            environment.ensure_web(ROOT)
    if not pages:  # a page fetches what it reads when it reads it
        data(it)
    lint(it)
    chosen = tests_of(ROOT, pages) if pages else fast_tests(ROOT) if fast else []
    it.run("-m", "pytest", "-n", "2", "--dist", "worksteal", *chosen, OMP_NUM_THREADS="1")


@command()
def lab(it):
    """Open the pages in JupyterLab."""
    data(it)
    it.run("-m", "jupyterlab", "--notebook-dir=book")


@command()
def data(it):
    """Fetch what the pages read, and verify it."""
    it.run("-c", "import sys; from plmrec_lite.cli import main; sys.exit(main(['data']))")


@command(only=("EDITION", "PLATFORM", "PYTHONS"))
def stick(it):
    """Make a stick for a class without a network: PLATFORM="linux macos windows"."""
    book(it)
    names = ("PLATFORM", "PYTHONS", "EDITION")
    options = [[f"--{name.lower()}", *it.words(name)] for name in names]
    with whole.hold(ROOT, "pages", alone=True, doing="make stick"):
        it.run("tools/make_stick.py", *[word for given in options if given[1:] for word in given])


@command(needs="testing", only=("NAME",))
def release_check(it):
    """Prove a release from a clean clone; NAME=stick: only that large test, here."""
    it.run("tools/release_check.py", *it.words("NAME"))


@command(only=("PAGE",))
def page(it):
    """Start a new page from the template: PAGE=ideas/name."""
    it.run("tools/new_page.py", *it.words("PAGE"))


@command(only=("PAGE",))
def notebook(it):
    """Run one page in place: PAGE=ideas/recommenders."""
    data(it)
    it.run("tools/run_page.py", *it.words("PAGE"))


@command(needs="testing", only=("NAME",))
def experiments(it):
    """Record what is too long for a page: NAME=finetuning-methods."""
    data(it)
    it.run("tools/run_experiment.py", *it.words("NAME"))


@command()
def tidy(it):
    """Stamp the address in _config.yml into every page."""
    it.run("tools/run_page.py", "--stamp")


@command(needs="testing")
def bench(it):
    """Time the library against its peers."""
    data(it)
    it.run("-m", "benchmarks")


@command(needs="testing")
def lint(it):
    """Check form and style."""
    it.run("-m", "ruff", "check", ".")
    it.run("-m", "ruff", "format", "--check", ".")


@command(needs="testing")
def format(it):
    """Correct form and style where a machine can."""
    it.run("-m", "ruff", "check", "--fix", ".")
    it.run("-m", "ruff", "format", ".")


@command(needs=None, only=("UPGRADE",))
def lock(it):
    """Resolve the lock files anew and prove them; UPGRADE=1: newest versions."""
    resolve_lock.lock(ROOT, upgrade=it.given.get("UPGRADE", "0") not in ("", "0"))


@command(needs=None)
def clean(it):
    """Remove what was built; the environment and the data stay."""
    with whole.hold(ROOT, "pages", alone=True, doing="make clean"):
        for path in build_book.clean(ROOT):
            print(f"{path} stays: it holds what experiments have found so far")


@command(needs=None)
def help(it):
    """List these commands."""
    for name, (function, *_) in COMMANDS.items():
        print(f"  {name:<12} {function.__doc__.rstrip('.')}")


def read_arguments(arguments):
    """Read a command line such as ``test PAGE=math/self-attention``: name, --keep, options."""
    parser = argparse.ArgumentParser(prog="tools/make.py", description="The book's commands.")
    parser.add_argument("command", nargs="?", default="help", choices=list(COMMANDS))
    parser.add_argument(
        "--keep", action="store_true", help="an environment that another Python made will do"
    )
    parser.add_argument("options", nargs="*", metavar="OPTION=value", help="as `help` says")
    found = parser.parse_args(arguments)
    given = dict(text.partition("=")[::2] for text in found.options)
    takes = COMMANDS[found.command][2]
    for option in given:
        if option not in takes:
            listed = ", ".join(takes) or "no options"
            parser.error(f"{found.command} does not take {option!r}: it takes {listed}")
    return found.command, found.keep, given


def main(arguments):
    """Run a command; return 1 if something is missing or failed, 130 after Ctrl-C."""
    name, keep, given = read_arguments(arguments)
    function, needs, _ = COMMANDS[name]
    if given.get("EDITION"):  # its assignments are made by otter-grader
        needs = "testing"
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
    except (StepError, whole.ForeignFolderError) as error:
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
