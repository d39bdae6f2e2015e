"""Build the pages beside those that are there, and put them in place when all are written."""

import os
import shutil
import subprocess

import site_sources
import whole_folder as whole
from steps import StepError, check, run

STRICT = ["--warningiserror", "--nitpick", "--keep-going"]
EDITIONS = ("student", "instructor")
JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"


def build_book(root, python, edition=""):
    """Build the book from nothing into ``_build/html``; the caller holds its lock alone.

    An edition is built from ``_build/editions``, into a folder of its own. A build that is
    interrupted or complains leaves the pages of the last good one where they are.
    """
    target, fresh = root / "_build", root / "_build" / "unfinished"
    source = target / "editions" / edition if edition else root
    site = target / (f"html-{edition}" if edition else "html")
    whole.throw_away(fresh, ours=True)
    fresh.mkdir(parents=True)
    log, sources = target / "build.log", site_sources.made_from(root)
    print("Building the pages ...", flush=True)
    with log.open("w", encoding="utf-8") as file:
        command = [python, "-c", JUPYTER_BOOK, "build", source, "--path-output", fresh, *STRICT]
        done = run(command, root, stdout=file, stderr=subprocess.STDOUT)
    if done.returncode:
        print(log.read_text(encoding="utf-8", errors="replace"))
        raise StepError(f"the build of the pages ended with {done.returncode}: see above, or {log}")
    built = fresh / "_build" / "html"
    if edition == "student":
        search = run([python, root / "tools" / "editions.py", "--site", built], root)
        check(search, "the pages were built and not put in place: solutions are found in them")
    whole.finish(built, sources)
    whole.throw_away(site, ours=True)
    os.rename(str(built), str(site))
    whole.throw_away(fresh, ours=True)
    return site / "index.html"


def clean(root):
    """Remove what was built; list what stays: journals of experiments hold hours of work."""
    built, stays = root / "_build", []
    for path in sorted(built.iterdir()) if built.is_dir() else []:
        if path.name == "experiments":
            stays.append("_build/experiments")
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(str(path))
        else:
            path.unlink()
    return stays
