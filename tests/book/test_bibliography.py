"""Every source of the bibliography is complete and cited, and every citation has its source."""

import re
from collections import Counter

import page_rules as rules
import pytest
from book_files import ROOT, page_files
from pybtex.database import parse_file

SOURCES = parse_file(str(ROOT / "book" / "references.bib")).entries
CITATION = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
VENUES = ("journal", "booktitle", "publisher", "institution")


def cited_keys(text):
    """The keys that a text cites, in order."""
    return [key.strip() for keys in CITATION.findall(text) for key in keys.split(",")]


CITED = {
    path.relative_to(ROOT).as_posix(): cited_keys(rules.text_of(rules.read_page(path)))
    for path in page_files()
}


def shown_as(entry):
    """What a citation of the entry reads like: the authors' family names and the year."""
    families = [
        " ".join(person.prelast_names + person.last_names) for person in entry.persons["author"]
    ]
    names = families if len(families) < 3 else [families[0], "et al."]
    return (*names, entry.fields["year"])


@pytest.mark.parametrize("key", SOURCES)
def test_entry_is_complete(key):
    entry = SOURCES[key]
    assert entry.persons.get("author") and entry.fields.get("title")
    assert re.fullmatch(r"\d{4}[a-z]?", entry.fields["year"])
    assert "eprint" in entry.fields or any(entry.fields.get(venue) for venue in VENUES)


@pytest.mark.parametrize("key", SOURCES)
def test_key_ends_in_the_year_that_pages_show(key):
    assert key.endswith(SOURCES[key].fields["year"])


def test_every_source_is_cited_and_every_citation_has_a_source():
    cited = {key for keys in CITED.values() for key in keys}
    assert sorted(set(SOURCES) - cited) == []
    assert sorted(cited - set(SOURCES)) == []


def test_no_two_sources_read_alike():
    times = Counter(map(shown_as, SOURCES.values()))
    assert [label for label, n in times.items() if n > 1] == []


def test_sources_are_sorted_by_key():
    assert list(SOURCES) == sorted(SOURCES)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("as {cite:p}`a2001, b2002` say", ["a2001", "b2002"]),
        ("{cite:t}`c2003` and {cite}`d2004`", ["c2003", "d2004"]),
        ("{term}`loss`", []),
    ],
)
def test_citations_are_found(text, keys):
    assert cited_keys(text) == keys
