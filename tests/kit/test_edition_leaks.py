"""A leak of each kind is planted in a student edition, or in its site, and found."""

import base64
import json

import nbformat
import pytest
from edition_leaks import runs_of
from editions import main, make_edition
from minutes import read_page
from nbformat.v4 import new_output
from small_kit import PICTURE, SECRET

PRINTED = "the sum is 15 by seven and eight"


@pytest.fixture
def student(small_root):
    return make_edition(small_root, "student")


def plant(student, change):
    """Change the sample page of a student edition."""
    path = student / "book" / "ideas" / "sample.ipynb"
    page = read_page(path)
    change(page)
    nbformat.write(page, path)


def in_text(page):
    page.cells[3].source += f"\n\n{SECRET}"


def in_code(page):
    page.cells[1].source += "\nseven + 8  # the secret sum"


def in_output(page):
    page.cells[1].outputs = [new_output("stream", text=PRINTED)]


def in_claim(page):
    page.cells[1].outputs = [new_output("display_data", {"application/x+json": {"say": SECRET}})]


def in_metadata(page):
    page.metadata["plmrec"] = {"kept": [{"solution": SECRET}]}


def in_cell_metadata(page):
    page.cells[2].metadata["mystnb"] = {"image": {"alt": SECRET}}


def in_picture(page):
    page.cells[1].outputs = [new_output("display_data", {"image/png": PICTURE})]


def in_attachment(page):
    page.cells[0].attachments = {"answer.png": {"image/png": PICTURE}}


def in_tags(page):
    page.cells[1].metadata["tags"] = ["solution"]


def in_marks(page):
    page.cells[3].source += "\n\n:::{solution-start} sample-sum\n:::"


PLANTS = [in_text, in_code, in_output, in_claim, in_metadata, in_cell_metadata]
PLANTS += [in_picture, in_attachment, in_tags, in_marks]


def test_nothing_is_found_where_nothing_is(student, small_secrets):
    assert small_secrets.leaks_in(student) == []


@pytest.mark.parametrize("change", PLANTS, ids=lambda change: change.__name__)
def test_a_leak_in_a_notebook_is_found(student, small_secrets, change):
    plant(student, change)
    found = small_secrets.leaks_in(student)
    assert found
    assert all(line.startswith("book/ideas/sample.ipynb: ") for line in found)


def test_a_leak_on_a_page_without_code_is_found_with_its_origin(student, small_secrets):
    path = student / "book" / "index.md"
    path.write_text(path.read_text() + "\nThe hidden share of this page is one.\n")
    found = small_secrets.leaks_in(student)
    assert found[0] == "book/index.md: of ideas/words: 'hidden share of this page'"


@pytest.fixture
def site(tmp_path):
    """A site of two pages, with the index of its search."""
    folder = tmp_path / "site"
    (folder / "_images").mkdir(parents=True)
    (folder / "book" / "ideas").mkdir(parents=True)
    (folder / "book" / "ideas" / "sample.html").write_text("<h1>Sample</h1><p>What is it?</p>")
    (folder / "book" / "index.html").write_text("<h1>Cover</h1>")
    write_index(folder, {"sampl": 1, "cover": 0})
    return folder


def write_index(site, terms):
    index = {"docnames": ["book/index", "book/ideas/sample"], "terms": terms, "titleterms": {}}
    (site / "searchindex.js").write_text(f"Search.setIndex({json.dumps(index)})")


def test_nothing_is_found_in_a_site_without_a_leak(site, small_secrets):
    assert small_secrets.leaks_in(site) == []


def test_a_leak_in_marked_up_text_of_a_site_is_found(site, small_secrets):
    page = site / "book" / "index.html"
    page.write_text("<p>The <em>secret</em> reason\nis that <span>seven</span> and eight make</p>")
    found = small_secrets.leaks_in(site)
    assert found[0].startswith("book/index.html: of ideas/sample: ")


def test_a_leak_in_highlighted_code_of_a_site_is_found(site, small_secrets):
    page = site / "book" / "index.html"
    page.write_text(
        "<pre><span>sev</span><b>en</b> <span>+</span> <span>8</span> <i># the secret sum</i></pre>"
    )
    assert small_secrets.leaks_in(site)


def test_a_picture_of_a_solution_is_found_as_a_file_and_in_a_page(site, small_secrets):
    (site / "_images" / "0f.png").write_bytes(base64.b64decode(PICTURE))
    (site / "book" / "index.html").write_text(f'<img src="data:image/png;base64,{PICTURE}">')
    found = small_secrets.leaks_in(site)
    assert found == [
        "_images/0f.png: a picture of a solution",
        "book/index.html: a picture of a solution",
    ]


@pytest.mark.parametrize("places", [1, [0, 1]])
def test_a_word_of_a_solution_in_the_index_of_the_search_is_found(site, small_secrets, places):
    write_index(site, {"fifteen": places})
    assert small_secrets.leaks_in(site) == [
        "searchindex.js: the search finds 'fifteen' on book/ideas/sample"
    ]


def test_a_word_that_another_page_holds_or_this_one_shows_is_none(site, small_secrets):
    write_index(site, {"fifteen": 0})
    assert small_secrets.leaks_in(site) == []
    write_index(site, {"fifteen": 1})
    (site / "book" / "ideas" / "sample.html").write_text("<p>Fifteen claims</p>")
    assert small_secrets.leaks_in(site) == []


def test_a_hidden_text_for_machines_is_searched_as_well(site, small_secrets):
    (site / "_sources").mkdir()
    (site / "_sources" / "sample.txt").write_text(SECRET)
    (site / "book" / "index.html").write_text(f'<script>var told = "{SECRET}"</script>')
    found = " ".join(small_secrets.leaks_in(site))
    assert "_sources/sample.txt" in found
    assert "book/index.html" in found


def test_what_every_edition_shows_is_no_secret(small_secrets):
    assert not runs_of("The first figure of all of these") & set(small_secrets.runs)
    assert runs_of(SECRET) <= set(small_secrets.runs)


def test_a_run_of_words_is_long_and_varied():
    assert runs_of("one two three four") == set()
    assert runs_of("a b a b a") == set()
    assert runs_of("0.5 0.5, 0.5 0.5 0.5") == set()
    assert runs_of("Divide $n$ by {term}`n_items` first.") == {"divide n by term n_items"} | {
        "n by term n_items first"
    }


def test_the_command_refuses_a_site_with_a_leak(student_book, tmp_path, capsys):
    assert main(["--site", str(student_book)]) == 0
    (tmp_path / "page.html").write_text("It is {solution-start}")
    (tmp_path / "page.txt").write_text("The rule is greedy. With unf in the list it takes that")
    assert main(["--site", str(tmp_path)]) == 1
    assert "page.txt: of ideas/language-models" in capsys.readouterr().err
