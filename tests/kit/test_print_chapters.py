"""What becomes of a page on paper."""

import pytest
from print_chapters import appendix, read_chapter

PAGE = """<html><body><p class="logo__title">A book</p>
<nav class="bd-docs-nav"><p class="caption">Ideas</p><ul><li class="current">x</li></ul></nav>
<article class="bd-article"><section id="a-page"><h1><span class="section-number">3. </span>A
page</h1>{body}</section></article></body></html>"""
KNOWN = {"ideas/page", "math/other", "back/glossary"}


@pytest.fixture
def chapter(tmp_path):
    """Make a chapter of some HTML."""

    def make(body):
        (tmp_path / "book" / "ideas").mkdir(parents=True, exist_ok=True)
        html = PAGE.format(body=body)
        (tmp_path / "book" / "ideas" / "page.html").write_text(html, encoding="utf-8")
        return read_chapter(tmp_path, "ideas/page", KNOWN)

    return make


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("../math/other.html", "#math--other"),
        ("../math/other.html#fig-a", "#math--other--fig-a"),
        ("../back/glossary.html#term-MiniLM", "#back--glossary--term-MiniLM"),
        ("#fig-b", "#ideas--page--fig-b"),
        ("page.html", "#ideas--page"),
        ("https://a.b/c.html#d", "https://a.b/c.html#d"),
    ],
)
def test_links_lead_inside_the_book(chapter, link, leads):
    assert chapter(f'<p><a class="x" href="{link}">y</a></p>').body.a.attrs == {"href": leads}


@pytest.mark.parametrize("link", ["../../genindex.html", "../../_sources/page.ipynb", ""])
def test_a_link_to_what_is_not_in_the_book_becomes_words(chapter, link):
    assert chapter(f'<p><a href="{link}">these words</a></p>').body.p.get_text() == "these words"
    assert chapter(f'<p><a href="{link}">these words</a></p>').body.a is None


def test_places_and_pictures_have_names_that_are_used_once_in_the_book(chapter):
    body = chapter('<p id="a b"><img src="../../_images/x.png" style="width: 9px"/></p>').body
    assert (body["id"], body.p["id"]) == ("ideas--page", "ideas--page--a--b")
    assert body.img.attrs == {"src": "_images/x.png"}


def test_headings_stand_below_the_part(chapter):
    body = chapter("<h2>Section</h2><h3>Smaller</h3>").body
    assert [h.name for h in body.find_all(["h1", "h2", "h3", "h4"])] == ["h2", "h3", "h4"]
    assert body.h2.get_text() == "3. A page"


def test_code_that_folds_is_left_out_and_text_that_folds_is_open(chapter):
    body = chapter(
        '<div class="cell"><details class="hide above-input"><summary>Show</summary><pre>x</pre>'
        '</details><div class="cell_output">out</div></div>'
        '<details class="sd-dropdown"><summary>A derivation</summary><p>So it is.</p></details>'
    ).body
    assert body.pre is None
    assert "out" in body.get_text()
    assert body.find("details") is None
    assert "A derivation" in body.get_text() and "So it is." in body.get_text()


def test_a_figure_for_the_hand_is_its_words(chapter):
    body = chapter(
        '<figure class="hand"><div class="hand-board">board</div><script>{}</script>'
        '<figcaption>Caption</figcaption><div class="hand-words">In words.</div></figure>'
    ).body
    assert body.figure.get_text() == "CaptionIn words."


def test_solutions_and_answers_move_to_the_appendix_with_links_both_ways(chapter):
    found = chapter(
        '<div class="exercise admonition" id="e1"><p class="admonition-title">'
        '<span class="caption-number">Exercise 3.1 </span></p><p>Do it.</p></div>'
        '<div class="solution dropdown admonition" id="s1"><p class="admonition-title">Solution</p>'
        "<p>Done.</p></div>"
        '<fieldset class="quiz" id="quiz-1"><legend><span class="quiz-number">Question 1</span> '
        'Which?</legend><details class="quiz-answers"><summary>Answers</summary><p>This.</p>'
        "</details></fieldset>"
    )
    assert found.body.select_one(".solution, .quiz-answers") is None
    assert "Done." not in found.body.get_text() and "This." not in found.body.get_text()
    whole = appendix([found]).body
    answers = whole.select(".answer")
    assert [one.select_one(".answer-to a").get_text() for one in answers] == [
        "Exercise 3.1", "Question 1"]  # fmt: skip
    assert [one.select_one(".answer-to a")["href"] for one in answers] == [
        "#ideas--page--e1", "#ideas--page--quiz-1"]  # fmt: skip
    assert [a["href"][1:] for a in found.body.select(".see a")] == [one["id"] for one in answers]
    assert whole.h3.get_text() == "3. A\npage"


def test_answers_of_several_pages_keep_apart(chapter):
    page = '<fieldset class="quiz" id="q"><legend><span class="quiz-number">Q</span></legend>'
    page += '<details class="quiz-answers"><summary>A</summary><p>x</p></details></fieldset>'
    found = chapter(page * 3)
    ids = [one["id"] for one in appendix([found]).body.select(".answer")]
    assert len(set(ids)) == 3
