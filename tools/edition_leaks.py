"""What of the solutions is still found in a student edition, or in the site built from it.

A solution is known by every run of five words of its text, code and outputs that the rest of the
book does not hold, by its pictures, and in the index of the search by its words.
"""

import base64
import hashlib
import html
import json
import re
import tempfile
import zipfile
from pathlib import Path

from exercises import INLINE
from sphinx.search.en import SearchEnglish

RUN, FEWEST_KINDS, FEWEST_CHARACTERS = 5, 4, 12
WORD = re.compile(r"\d[\d.]*|[^\W\d_]\w*")
INLINE_TAG = re.compile(r"</?(?:span|em|strong|a|code|i|b|mark)\b[^>]*>")
BLOCK = re.compile(r"<[^>]*>")
ROLE = re.compile(r"\{(?P<role>[\w:-]+)\}`(?P<words>[^`<]*?)\s*(?:<[^`>]*>)?`")
PAYLOAD = re.compile(r"[A-Za-z0-9+/=]{200,}")
PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}
NO_WORDS = PICTURES | {".woff", ".woff2", ".ttf", ".eot", ".ico", ".inv", ".pickle"}
MARKS = (b"{solution", b'"solution"')
HEAD = 120  # characters of a picture in base 64 that tell it from others


class Secrets:
    """What only the solutions of a book hold.

    ``pages`` are its pages by their files, ``entries`` what the kit says of their exercises, and
    ``others`` texts that every edition holds beside its pages.
    """

    def __init__(self, pages, entries, others=()):
        self.runs, self.pictures, self.heads = {}, set(), set()
        self.words = {}
        said = {path: _split(page) for path, page in pages.items()}
        open_runs = {run for text in others for run in runs_of(text)}
        for path, (shown, _) in said.items():
            stubs = [word for entry in entries[path] for word in (entry.stub(), *_asked(entry))]
            for text in [*shown, *stubs]:
                open_runs |= runs_of(text)
        for path, (shown, hidden) in said.items():
            name = path.relative_to(path.parents[1]).with_suffix("").as_posix()
            open_words = {word for text in shown for word in words_of(text)}
            self.words[name] = {w for text in hidden for w in words_of(text)} - open_words
            for text in hidden:
                self.runs.update(dict.fromkeys(runs_of(text) - open_runs, name))
            for payload in _pictures(pages[path]):
                self.heads.add(payload[:HEAD])
                self.pictures.add(_digest(payload))

    def leaks_in(self, folder):
        """List what is found below a folder, a line for each file and kind."""
        found = []
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            found += [f"{path.relative_to(folder)}: {what}" for what in self._in_file(path)]
        return found

    def _in_file(self, path):
        """Say what one file holds of the solutions."""
        data = path.read_bytes()
        if path.suffix in PICTURES and hashlib.sha256(data).hexdigest() in self.pictures:
            return ["a picture of a solution"]
        if path.suffix in NO_WORDS:
            return []
        if zipfile.is_zipfile(path):
            return self._in_archive(path)
        text = data.decode("utf-8", errors="replace")
        found = []
        if path.suffix == ".ipynb" and any(mark in data for mark in MARKS):
            found.append("the marks of a solution")
        if any(payload[:HEAD] in self.heads for payload in PAYLOAD.findall(text)):
            found.append("a picture of a solution")
        if path.name == "searchindex.js":
            found += self._in_index(path, text)
        leaked = sorted(runs_of(_plain(path, text)) & set(self.runs))
        found += [f"of {self.runs[run]}: {run!r}" for run in leaked[:3]]
        return found

    def _in_archive(self, path):
        """Say what the files in an archive hold of the solutions."""
        with tempfile.TemporaryDirectory() as room, zipfile.ZipFile(path) as archive:
            archive.extractall(room)
            return self.leaks_in(Path(room))

    def _in_index(self, path, text):
        """List words that the search finds on a page although only its solutions hold them.

        A word that the page of the site shows is not counted: a directive has written it there.
        """
        index = json.loads(text[text.index("{") : text.rindex("}") + 1])
        stem, found = SearchEnglish({}).stem, []
        for number, doc in enumerate(index["docnames"]):
            secret = {w for w in self.words.get(doc.removeprefix("book/"), ()) if w[0].isalpha()}
            page = path.parent / f"{doc}.html"
            seen = (
                set(words_of(_plain(page, page.read_text(encoding="utf-8")))) if secret else set()
            )
            open_stems = {stem(word) for word in seen}
            stems = {stem(word): word for word in secret - seen}
            for table in ("terms", "titleterms"):
                for word, places in index.get(table, {}).items():
                    listed = places if isinstance(places, list) else [places]
                    if word in stems and word not in open_stems and number in listed:
                        found.append(f"the search finds {stems[word]!r} on {doc}")
        return found


def words_of(text):
    """List the words and numbers of a text, in lower case."""
    return [word.lower().rstrip(".") for word in WORD.findall(text)]


def runs_of(text):
    """List every run of five words that is long and varied enough to be told from others."""
    words = words_of(text)
    runs = (words[start : start + RUN] for start in range(len(words) - RUN + 1))
    return {
        run
        for some in runs
        if len(set(some)) >= FEWEST_KINDS and len(run := " ".join(some)) >= FEWEST_CHARACTERS
    }


def _split(page):
    """Return the texts of a page that every edition shows, and those of its solutions."""
    shown, hidden, glued = [], [], _glued(page)

    def written(found):
        return glued.get(found["words"], "") if "glue" in found["role"] else found["words"]

    for cell in page.cells:
        source = ROLE.sub(written, cell.source) if cell.cell_type == "markdown" else cell.source
        texts = [source, *_strings([output_without_pictures(o) for o in _outputs(cell)])]
        if "solution" in cell.metadata.get("tags", []):
            hidden += [*texts, *_strings(cell.metadata.get("mystnb", {}))]
            continue
        hidden += [found["text"] for found in INLINE.finditer(source)]
        shown += [INLINE.sub("", source), *texts[1:], *_strings(cell.metadata)]
    return shown, hidden


def _glued(page):
    """Collect what `glue` puts into the text: a dict of texts by name."""
    found = {}
    for output in (output for cell in page.cells for output in _outputs(cell)):
        name = output.get("metadata", {}).get("scrapbook", {}).get("name", "")
        words = (value for kind, value in output.get("data", {}).items() if "text/plain" in kind)
        found[name] = "".join(next(words, ""))
    return found


def _outputs(cell):
    """List the outputs of a cell; a text cell has none."""
    return cell.get("outputs", [])


def output_without_pictures(output):
    """Leave the pictures out of an output."""
    data = output.get("data", {})
    words = {kind: value for kind, value in data.items() if "image/" not in kind or "svg" in kind}
    return {**output, "data": words} if data else output


def _strings(value):
    """List all texts in nested lists and dicts, the keys included."""
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _strings(part)]
    if isinstance(value, (list, tuple)):
        return [text for part in value for text in _strings(part)]
    return [value] if isinstance(value, str) else []


def _pictures(page):
    """List the pictures of a page's solutions, in base 64."""
    cells = [cell for cell in page.cells if "solution" in cell.metadata.get("tags", [])]
    holders = [output.get("data", {}) for cell in cells for output in _outputs(cell)]
    holders += [held for cell in cells for held in cell.get("attachments", {}).values()]
    return [
        "".join(value).replace("\n", "")
        for held in holders
        for kind, value in held.items()
        if "image/" in kind and "svg" not in kind
    ]


def _digest(payload):
    """Hash a picture as its file would be hashed."""
    return hashlib.sha256(base64.b64decode(payload)).hexdigest()


def _asked(entry):
    """List what a self-check says openly."""
    return [part for answer in entry.answers for part in (answer.ask, answer.asked_of)]


def _plain(path, text):
    """Read a file as words: the texts of a notebook, a page without its marks, or all of it."""
    if path.suffix == ".ipynb":
        return "\n".join(_strings(json.loads(text)))
    if path.suffix in (".html", ".xml", ".svg"):
        return html.unescape(BLOCK.sub(" ", INLINE_TAG.sub("", text)))
    return text
