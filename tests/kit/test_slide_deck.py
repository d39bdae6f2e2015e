"""The rules that make slides of a page, on a small page."""

import pytest
from site_pages import read_site_page
from slide_deck import deck_of

PAGE = """<html><body><p class="logo__title">A book</p>
<nav class="bd-docs-nav"><p class="caption">Ideas</p><ul><li class="current">x</li></ul></nav>
<article class="bd-article"><section><h1><span class="section-number">3. </span>A page
<a class="headerlink" href="#x">#</a></h1><!--cell--><p>The card.</p>
<section><!--cell short slide self-check--><h2>The question</h2>
<p>Something is so. Why is it <em>so</em>? Read on.</p>
<div class="predict admonition"><p class="admonition-title">Predict first</p><p>Write it down.</p>
</div></section>{body}</section></article></body></html>"""
TEXT = "<p>Ten words are enough for one slide of this text.</p>"
LONG = "This first sentence has eight words in it. " + "And more words follow. " * 30


@pytest.fixture
def deck(tmp_path):
    """Make the slides of a page with some more HTML in it, after the title and the prediction."""

    def make(body, start=2):
        (tmp_path / "book" / "ideas").mkdir(parents=True, exist_ok=True)
        html = PAGE.format(body=body)
        (tmp_path / "book" / "ideas" / "page.html").write_text(html, encoding="utf-8")
        return deck_of(read_site_page(tmp_path, "ideas/page"))[start:]

    return make


def code(tags, output, source="print(1)"):
    """A code cell with an output."""
    box = f'<div class="cell_input"><pre>{source}</pre></div>'
    if "hide-input" in tags:
        box = f'<details class="hide">{box}</details>'
    classes = " ".join(f"tag_{tag}" for tag in tags.split())
    return f'<div class="cell {classes}">{box}<div class="cell_output">{output}</div></div>'


FIGURE = '<figure id="fig-a"><img src="../../_images/a.png" alt="A line."/></figure>'
TABLE = '<div class="output text_html"><table border="1"><tr><td>0.5</td></tr></table></div>'


def words(slide):
    """The words of a slide."""
    return " ".join(" ".join(block.get_text(" ").split()) for block in slide.blocks)


def test_the_first_slide_asks_the_question_and_the_second_for_a_prediction(deck):
    title, predict = deck("", start=0)
    assert (title.kind, title.title.split("\n")[0], words(title)) == (
        "title", "A page", "Why is it so ?")  # fmt: skip
    assert "Something is so." in title.notes[0].get_text()
    assert (predict.kind, predict.title, words(predict)) == (
        "predict", "Predict first", "Write it down.")  # fmt: skip


def test_only_what_is_tagged_is_shown(deck):
    body = f"<section><!--cell short--><h2>A</h2><p>Not this.</p><!--cell slide-->{TEXT}</section>"
    assert [(slide.title, words(slide)) for slide in deck(body)] == [("A", TEXT[3:-4])]


def test_a_slide_of_a_few_words_goes_to_the_notes_of_the_one_before(deck):
    few = "<section><!--cell slide--><h2>B</h2><p>A few words.</p></section>"
    (slide,) = deck(f"<section><!--cell slide--><h2>A</h2>{TEXT}</section>{few}")
    assert slide.notes[-1].get_text() == "A few words."


def test_a_long_text_is_shortened_and_its_notes_hold_it_whole(deck):
    (slide,) = deck(f"<section><!--cell slide--><h2>A</h2><p>{LONG}</p></section>")
    assert words(slide).startswith("This first sentence") and slide.shown_words <= 28
    assert slide.notes[-1].get_text().split() == LONG.split()


def test_the_summary_stays_whole(deck):
    body = f"<section><!--cell slide--><h2>Summary</h2><ul><li><p>{LONG}</p></li></ul></section>"
    assert words(deck(body)[0]).split() == LONG.split()


def test_each_heading_and_each_table_begins_a_slide(deck):
    text = "<p>Ten words are enough for a slide of text here.</p>"
    body = f"<section><!--cell slide--><h2>A</h2>{text}<h3>B</h3>{text}{TABLE}{TABLE}</section>"
    assert [(s.title, len(s.blocks)) for s in deck(body)] == [("A", 1), ("B", 2), ("B", 1)]


def test_a_formula_stays_with_the_sentence_that_it_interrupts(deck):
    formula = '<div class="math notranslate">\\[x\\]</div>'
    body = f"<section><!--cell slide--><h2>A</h2><p>{LONG} It is</p>{formula * 2}"
    body += "<p>where x is.</p>"
    (slide,) = deck(f"{body}</section>")
    assert words(slide).endswith("It is \\[x\\] \\[x\\] where x is.")


def test_a_figure_that_follows_a_short_text_stands_beside_it(deck):
    body = f"<section><!--cell slide--><h2>A</h2>{TEXT}"
    (slide,) = deck(f"{body}{code('hide-input slide', FIGURE)}</section>")
    assert [block.name for block in slide.blocks] == ["p", "figure"]
    assert slide.blocks[1].img["src"] == "../images/a.png"


def test_code_is_shown_where_the_page_shows_it(deck):
    printed = '<div class="output stream"><pre>1</pre></div>'
    shown, hidden = deck(
        f"<section><!--cell--><h2>A</h2>{code('slide', FIGURE, 'x = 1')}"
        f"{code('hide-input slide', TABLE)}{code('short', printed)}</section>"
    )[-2:]
    assert "x = 1" in words(shown)
    assert [block.name for block in hidden.blocks] == ["table"]


def test_a_line_on_how_it_was_recorded_is_not_shown(deck):
    line = '<div class="output stream"><pre>Recorded by make experiments on a machine</pre></div>'
    (slide,) = deck(f"<section><!--cell--><h2>A</h2>{code('slide hide-input', line + TABLE)}")
    assert "Recorded" not in words(slide)


def test_cells_with_the_tag_notes_are_for_the_speaker(deck):
    body = f"<section><!--cell slide--><h2>A</h2>{TEXT}"
    (slide,) = deck(f"{body}<!--cell notes--><p>Say this, too.</p></section>")
    assert "Say this, too." in [note.get_text() for note in slide.notes]
    assert "Say this" not in words(slide)


def test_links_into_the_site_become_words_and_the_cited_source_is_listed(deck):
    link = '<a href="../back/bibliography.html#id5" title="A. Author. A title. 2020.">2020</a>'
    text = f"<p>Ten words are enough for a slide [{link}] and <a href='https://a.b'>that</a>.</p>"
    slide, sources = deck(f"<section><!--cell slide--><h2>A</h2>{text}</section>")
    assert [a["href"] for a in slide.blocks[0].find_all("a")] == ["https://a.b"]
    assert words(sources) == "A. Author. A title. 2020."


def test_a_cell_beyond_the_short_path_is_marked(deck):
    one, two = deck(
        f"<section><!--cell slide--><h2>A</h2>{TEXT}<!--cell short slide--><h3>B</h3>{TEXT}"
    )
    assert (one.short, two.short) == (False, True)


def test_a_question_shows_its_right_answer_last_and_gives_the_others_to_the_speaker(deck):
    options = "".join(
        f'<label class="quiz-option"><span class="quiz-text">{one}</span></label>' for one in "AB"
    )
    reasons = "".join(
        f'<div class="quiz-answer" data-right="{right}"><div class="quiz-reason"><p>{why}</p></div>'
        "</div>"
        for right, why in ((0, "Not this."), (1, "For this."))
    )
    (slide,) = deck(
        '<section><!--cell quiz--><h2>Quiz</h2><fieldset class="quiz"><legend>'
        f'<span class="quiz-number">Question 1</span> Which?</legend>{options}{reasons}</fieldset>'
    )
    assert (slide.title, words(slide)) == ("Question 1", "Which? A B For this.")
    assert slide.blocks[1].select_one("li.right .fragment").get_text() == "For this."
    assert "Not this." in " ".join(note.get_text() for note in slide.notes)


def test_findings_that_do_not_hold_are_among_those_shown(deck):
    row = '<tr><td><span class="claim-mark verdict-{0}">{0}</span></td><td>{1}</td></tr>'
    rows = "".join(row.format("holds", f"H{i}") for i in range(9)) + row.format("not-shown", "N")
    table = f'<table class="claims"><thead><tr><th>Finding</th></tr></thead><tbody>{rows}</tbody>'
    (slide,) = deck(f"<section><!--cell--><h2>Claims</h2>{table}</table><!--cell quiz--></section>")
    assert slide.title == "What the page found, a selection"
    assert [td.get_text() for td in slide.blocks[0].select("td:nth-child(2)")] == [
        "H0", "H1", "H2", "H3", "H4", "N"]  # fmt: skip
