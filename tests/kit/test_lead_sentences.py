"""What a slide keeps of a paragraph."""

import pytest
from bs4 import BeautifulSoup
from lead_sentences import lead_of, leads_on, sentences_of


def paragraph(html):
    """An element of HTML."""
    return BeautifulSoup(html, "html.parser").find(True)


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>One. Two. Three.</p>", "One. Two. Three."),
        ("<p>Only one sentence of some words</p>", "Only one sentence of some words"),
        (f"<p>A sentence of six short words. {'Long ' * 30}end.</p>",
         f"A sentence of six short words. {'Long ' * 30}end."),
        (f"<p>This first sentence has eight words in it. {'Long ' * 30}end.</p>",
         "This first sentence has eight words in it."),
        (f"<p>This first sentence has eight words in it. {'Long ' * 30}end. So it is:</p>",
         "This first sentence has eight words in it. So it is:"),
        (f"<p>In the cases that we show in Fig. 2, 1.5 is enough. {'Long ' * 30}.</p>",
         "In the cases that we show in Fig. 2, 1.5 is enough."),
        (f"<p><strong>A bold start.</strong> Then what it means in words. {'No ' * 30}end.</p>",
         "A bold start. Then what it means in words."),
    ],
)  # fmt: skip
def test_the_first_sentences_stay_whole(html, kept):
    assert lead_of(paragraph(html)).get_text() == kept


def test_marks_and_formulas_stay_as_they_were():
    kept = '<p>The <em>first</em> is <span class="math">\\(a. B\\)</span> here and now again.'
    lead = lead_of(paragraph(f"{kept} {'X ' * 40}.</p>"))
    assert str(lead) == f"{kept}</p>"


def test_a_formula_counts_as_one_word_and_ends_no_sentence():
    formula = '<span class="math">\\(a + b + c. D + e\\)</span>'
    first = f"Here {formula} is added to eight words, no more."
    html = f"<p>{first} {'Six words are in this one. ' * 3}</p>"
    assert lead_of(paragraph(html), most=22).get_text().count("Six words") == 2


def test_a_part_that_is_cut_off_leaves_no_empty_mark():
    lead = lead_of(
        paragraph(f"<p>A sentence of exactly eight words is here. <em>{'Gone ' * 40}.</em></p>")
    )
    assert lead.em is None


def test_what_is_given_is_not_changed():
    block = paragraph(f"<p>A sentence of exactly eight words is here. {'Gone ' * 40}</p>")
    before = str(block)
    lead_of(block)
    assert str(block) == before


def test_sentences_are_listed_with_their_marks():
    found = sentences_of(paragraph("<p>What is <em>it</em>? It is this. (And that.)</p>"))
    assert [str(one) for one in found] == [
        "<p>What is <em>it</em>?</p>",
        "<p> It is this.</p>",
        "<p> (And that.)</p>",
    ]


def test_a_short_form_ends_no_sentence():
    text = "See Fig. 2 and Eq. 3 by A. Author, B. Author et al. [2004]. Then this."
    assert len(sentences_of(paragraph(f"<p>{text}</p>"))) == 2


@pytest.mark.parametrize(
    ("html", "leads"),
    [("<p>It is:</p>", True), ("<p>The vector is</p>", True), ("<p>It is.</p>", False),
     ("<p>(It is.)</p>", False), ("<ul><li>It</li></ul>", False)],
)  # fmt: skip
def test_a_paragraph_without_a_full_stop_leads_on(html, leads):
    assert leads_on(paragraph(html)) == leads
