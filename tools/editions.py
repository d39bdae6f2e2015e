"""Make the editions of the book: python tools/editions.py [student] [instructor] [--site FOLDER].

Each is a folder in _build/editions from which a site can be built: the pages as notebooks, with
all that the build reads. It replaces the old one when it is whole; the student edition only when
no solution is found in it. With --site a site that was built from it is searched, and nothing is
made.
"""

import argparse
import json
import os
import re
import shutil
import sys
from pathlib import Path

import assignments
import nbformat
import whole_folder as whole
from book_files import ROOT, page_files
from build_book import EDITIONS
from edition_leaks import Secrets
from exam import write_exam
from exercise_kit import KitError, entries_of
from instructor_edition import instructor_notebook, instructor_text
from minutes import read_page
from steps import StepError
from student_edition import FIXED_WORDS, student_notebook, student_text, without_lost_claims

LEFT_OUT = shutil.ignore_patterns("kit", "experiments", "__pycache__", ".*", "*.ipynb", "*.md")
OPEN = {".js", ".json", ".css", ".py", ".bib"}  # what is not a page, and the same in each edition
CLAIM = re.compile(r'"key": "([\w-]+)"')


def make_edition(root, edition, target=None):
    """Write one edition into _build/editions, or into another folder, and return the folder."""
    target = target or root / "_build" / "editions" / edition
    fresh = target.with_name(f"unfinished-{edition}")
    whole.throw_away(fresh, ours=True)
    shutil.copytree(root / "book", fresh / "book", ignore=LEFT_OUT)
    _write_settings(root, fresh, edition)
    pages, entries = read_book(root)
    write = _write_student if edition == "student" else _write_instructor
    for path in pages:
        place = fresh / path.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        write(path, place, pages[path], entries[path])
    if edition == "student":
        assignments.write_student(root, fresh / "book" / "assignments")
        _leave_out_lost_claims(fresh, root, pages)
        refuse_leaks(secrets_of(root, pages, entries), fresh)
    else:
        assignments.write_instructor(root, fresh / "book" / "assignments", fresh / "autograders")
        if (root / "book" / "kit" / "exam.yml").is_file():
            write_exam(root, fresh / "exam")
    whole.throw_away(target, ours=True)
    os.rename(fresh, target)
    return target


def read_book(root):
    """Read all pages, and what the kit says of their exercises: two dicts by the pages' files."""
    pages = {path: read_page(path) for path in page_files(root)}
    return pages, {path: entries_of(root, path, page) for path, page in pages.items()}


def secrets_of(root, pages, entries):
    """Collect what only the solutions hold: no page, no other file of the book, no fixed words."""
    book = root / "book"
    inner = [path.relative_to(book) for path in book.rglob("*") if path.suffix in OPEN]
    files = [book / path for path in inner if path.parts[0] not in ("kit", "experiments")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    graded = {path: assignments.read(path) for path in assignments.masters(root)}
    pages = {**pages, **{path: assignments.secret_page(graded[path]) for path in graded}}
    entries = {**entries, **dict.fromkeys(graded, ())}
    return Secrets(pages, entries, [*texts, *FIXED_WORDS])


def refuse_leaks(secrets, folder):
    """Raise if a solution is found below a folder; the message names each place."""
    if leaks := secrets.leaks_in(folder):
        raise StepError("\n".join([f"{folder} holds solutions:", *leaks]))


def _write_settings(root, fresh, edition):
    """Copy the table of contents, and the settings with the name of the edition in the title."""
    shutil.copyfile(root / "_toc.yml", fresh / "_toc.yml")
    config = (root / "_config.yml").read_text(encoding="utf-8")
    title = re.search(r"^title: (.*)$", config, re.MULTILINE)[1]
    named = re.sub(rf"((?:title|text): {re.escape(title)})\b", rf"\1 ({edition} edition)", config)
    (fresh / "_config.yml").write_text(named, encoding="utf-8")


def _write_student(path, place, page, entries):
    """Write one page of the student edition."""
    if path.suffix == ".ipynb":
        nbformat.write(student_notebook(page, entries), place)
    else:
        place.write_text(student_text(path.read_text(encoding="utf-8"), entries), encoding="utf-8")


def _write_instructor(path, place, page, entries):
    """Write one page of the instructor edition; pages without exercises stay as they are."""
    if path.suffix == ".ipynb":
        nbformat.write(instructor_notebook(page, entries), place)
        return
    text = path.read_text(encoding="utf-8")
    place.write_text(instructor_text(text, page, entries) if entries else text, encoding="utf-8")


def _leave_out_lost_claims(fresh, root, files):
    """Take surprises that only a solution shows off the pages without code."""
    kept = set()
    for path in files:
        if path.suffix == ".ipynb":
            page = json.loads((fresh / path.relative_to(root)).read_text(encoding="utf-8"))
            kept |= set(CLAIM.findall(json.dumps([c.get("outputs", []) for c in page["cells"]])))
    for path in files:
        if path.suffix == ".md":
            place = fresh / path.relative_to(root)
            text = place.read_text(encoding="utf-8")
            place.write_text(without_lost_claims(text, kept), encoding="utf-8")


def main(arguments=None):
    """Make the editions that are named, or both; or search the site of the student edition."""
    parser = argparse.ArgumentParser(description="Make the editions of the book.")
    parser.add_argument("edition", nargs="*", help=f"{' or '.join(EDITIONS)}; both when none")
    parser.add_argument("--site", type=Path, help="search the site in this folder for solutions")
    options = parser.parse_args(arguments)
    if unknown := set(options.edition) - set(EDITIONS):
        parser.error(f"no edition {', '.join(sorted(unknown))}: there are {', '.join(EDITIONS)}")
    try:
        if options.site:
            refuse_leaks(secrets_of(ROOT, *read_book(ROOT)), options.site)
            return 0
        for edition in options.edition or EDITIONS:
            folder = make_edition(ROOT, edition)
            print(f"The {edition} edition is ready: {folder.relative_to(ROOT)}")
    except (StepError, KitError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
