"""The glossary has every term that is linked, in order, in two languages, each with its page."""

import re
from types import SimpleNamespace

import pytest
from book_files import ROOT, page_files
from page_rules import read_page, text_of
from plmrec_book import glossary as extension

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAGES = {path.relative_to(ROOT / "book").with_suffix("").as_posix(): path for path in page_files()}
# What a reader searches for, whatever else is there.
WANTED = """
dot product · feed-forward network · attention sink · bigram · likelihood · backpropagation ·
negative log-likelihood · padding · epoch · weight decay · reranking · approximate nearest
neighbours · semantic ID · cold start · cold item · embedding · tokenisation · logits · softmax ·
temperature · cross-entropy · perplexity · InfoNCE · BPR · negative sampling · attention head ·
positional encoding · layer normalisation · residual connection · LoRA · fine-tuning ·
pre-training · masked language model · causal mask · leakage · leave-one-out · rolling split ·
NDCG · recall · MRR · full ranking · sampled metric · bootstrap · confidence interval ·
equivalence test · multiple comparisons · EASE · matrix factorisation · ALS · item-kNN · TF-IDF ·
BM25 · GloVe · skip-gram · whitening · popularity bias · sparsity · objective
"""


def entries_of(text):
    """The entries of a glossary: names, Chinese name, words."""
    body = text.split("```{glossary}\n:sorted:\n")[1].split("\n```")[0] + "\n"
    blocks = re.findall(r"((?:^\S.*\n)+)((?:^ +\S.*\n)+)", body, re.MULTILINE)
    for terms, words in blocks:
        terms = terms.splitlines()
        names = [name for name in terms if not _is_chinese(name)]
        yield SimpleNamespace(
            names=names, chinese=[t for t in terms if t not in names], words=words
        )


def _is_chinese(name):
    return bool(CHINESE.search(name))


def links_in(text):
    """The terms that a text links, in lower case, as Sphinx compares them."""
    found = [one.split("<")[-1].rstrip(">") for one in re.findall(r"\{term\}`([^`]*)`", text)]
    return {" ".join(one.split()).lower() for one in found}


ENTRIES = list(entries_of(PAGES["back/glossary"].read_text(encoding="utf-8")))
TEXTS = {name: text_of(read_page(path)) for name, path in PAGES.items()}
NAMES = {name.lower() for entry in ENTRIES for name in entry.names}


def test_every_linked_term_is_an_entry():
    missing = {name: links_in(text) - NAMES for name, text in TEXTS.items()}
    assert {name: terms for name, terms in missing.items() if terms} == {}


def test_every_entry_is_linked_from_elsewhere():
    pages = set().union(
        *(links_in(text) for name, text in TEXTS.items() if name != "back/glossary")
    )
    for entry in ENTRIES:
        others = set().union(*(links_in(e.words) for e in ENTRIES if e is not entry))
        own = {name.lower() for name in entry.names}
        assert own & (pages | others), f"nothing links to {entry.names[0]}: link its first use"


def test_entries_are_read():
    text = "# G\n\n```{glossary}\n:sorted:\n\na\nb\n点\n  Words.\n\n[C]\n典\n  More.\n```\n"
    first, second = entries_of(text)
    assert first.names == ["a", "b"] and first.chinese == ["点"] and "Words" in first.words
    assert second.names == ["[C]"]
    assert len(ENTRIES) > 150


def test_entries_are_in_order_and_no_name_is_used_twice():
    firsts = [entry.names[0].lower().lstrip("[") for entry in ENTRIES]
    assert firsts == sorted(firsts)
    names = [name.lower() for entry in ENTRIES for name in entry.names]
    assert len(names) == len(set(names))


def test_every_entry_has_a_chinese_name_and_at_most_four_sentences():
    for entry in ENTRIES:
        assert len(entry.chinese) == 1, entry.names
        assert len(re.findall(r"[.?](?= |\n)", entry.words)) <= 4, entry.names


def test_every_entry_leads_to_the_page_that_teaches_it():
    for entry in ENTRIES:
        (pages,) = re.findall(r"\{taught\}`([^`]+)`$", entry.words, re.MULTILINE)
        assert {page.strip() for page in pages.split(",")} <= set(PAGES), entry.names


def test_the_terms_that_readers_search_for_are_there():
    wanted = [" ".join(term.split()).lower() for term in WANTED.split("·")]
    assert [term for term in wanted if term not in NAMES] == []


@pytest.mark.parametrize(
    ("pages", "target"),
    [("math/b, math/a", "/book/math/b"), ("math/new, math/a", "/book/math/a"), ("math/new", None)],
)
def test_the_first_page_that_exists_is_linked(tmp_path, pages, target):
    role = extension.Taught()
    noted = []
    role.text = pages
    role.inliner = SimpleNamespace(
        document=SimpleNamespace(
            settings=SimpleNamespace(
                env=SimpleNamespace(
                    found_docs={"book/math/a", "book/math/b"},
                    docname="book/back/glossary",
                    srcdir=tmp_path,
                    note_dependency=noted.append,
                )
            )
        )
    )
    nodes, _ = role.run()
    assert [n.children[1]["reftarget"] for n in nodes] == ([target] if target else [])
    assert noted == [str(tmp_path / "_toc.yml")]
