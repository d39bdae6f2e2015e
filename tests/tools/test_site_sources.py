"""The built pages are made again only where what they are made from has changed."""

import make
import pytest
import site_sources
import whole_folder as whole


@pytest.fixture
def root(tmp_path):
    """A small repository whose pages are built."""
    for name in ("book/page.md", "plmrec_lite/code.py", "_toc.yml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "_build" / "html").mkdir(parents=True)
    whole.finish(tmp_path / "_build" / "html", site_sources.made_from(tmp_path))
    return tmp_path


def test_what_was_built_from_the_same_is_current(root):
    assert site_sources.is_current(root)


@pytest.mark.parametrize("name", ["book/page.md", "plmrec_lite/code.py", "_toc.yml"])
def test_a_change_of_what_the_pages_are_made_from_is_seen(name, root):
    (root / name).write_text("another")
    assert not site_sources.is_current(root)


def test_a_new_name_and_a_missing_site_are_seen(root):
    (root / "book" / "page.md").rename(root / "book" / "other.md")
    assert not site_sources.is_current(root)
    assert not site_sources.is_current(root / "book")


def test_what_python_caches_is_no_source(root):
    (root / "plmrec_lite" / "__pycache__").mkdir()
    (root / "plmrec_lite" / "__pycache__" / "code.pyc").write_text("x")
    assert site_sources.is_current(root)


@pytest.mark.parametrize(("current", "built"), [(True, 0), (False, 1)])
@pytest.mark.parametrize("command", ["slides", "print"])
def test_slides_and_paper_build_the_site_where_it_is_not_current(
    command, current, built, monkeypatch, tmp_path
):
    done = []
    monkeypatch.setattr(make, "ROOT", tmp_path)
    monkeypatch.setattr(make, "book", lambda it: done.append("book"))
    monkeypatch.setattr(make.site_sources, "is_current", lambda root: current)
    book = make.Book({"PAGE": "math/cross-entropy"} if command == "slides" else {})
    monkeypatch.setattr(book, "run", lambda *words, **variables: done.append(words))
    make.COMMANDS[command][0](book)
    assert done[:built] == ["book"] * built
    assert done[built:] == [
        ("tools/build_slides.py", "math/cross-entropy")
        if command == "slides"
        else ("tools/build_print.py",)
    ]
