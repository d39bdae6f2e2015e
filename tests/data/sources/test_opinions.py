import pytest

from plmrec_lite.data.sources.opinions import SOURCES, load_opinions


@pytest.fixture(scope="module")
def opinions():
    return load_opinions()


def test_all_sentences_of_all_sources_are_there(opinions):
    assert opinions.columns.tolist() == ["source", "group", "text", "sentiment"]
    assert opinions["source"].value_counts(sort=False).to_dict() == {
        "product": 3708,
        "film": 10_605,
        "tweet": 4200,
        "editorial": 5190,
    }
    assert not opinions.isna().any(axis=None)


@pytest.mark.parametrize("source", SOURCES)
def test_one_source_alone_is_its_part_of_the_whole(source, opinions):
    part = load_opinions(source)
    whole = opinions[opinions["source"] == source].reset_index(drop=True)
    assert part.equals(whole)


def test_an_unknown_source_gets_the_list():
    with pytest.raises(ValueError, match=r"'films'.*product, film, tweet, editorial"):
        load_opinions("films")


def test_the_last_sentence_counts_though_no_line_ends_after_it(opinions):
    last = opinions.groupby("source", sort=False).last()["text"]
    assert last["tweet"] == "Execute like lightning not like wind"
    assert last["editorial"] == "They sound a needed alarm in the urban education night."


def test_sentiment_lies_on_the_scale_and_on_both_sides(opinions):
    assert opinions["sentiment"].between(-4, 4).all()
    bounds = opinions.groupby("source")["sentiment"].agg(["min", "max"])
    assert (bounds["min"] < -2.5).all()
    assert (bounds["max"] > 2.5).all()


def test_letters_are_read_in_the_right_encoding(opinions):
    text = " ".join(opinions["text"])
    for word in ("clichés", "Buñuel", "Hélène", "£1000", "español"):
        assert word in text
    assert "�" not in text
    assert not any(mark in text for mark in ("Ã", "â€"))


def test_no_markup_or_stray_space_is_left(opinions):
    assert not opinions["text"].str.contains(r"&(?:amp|lt|gt);").any()
    assert opinions["text"].str.contains("&", regex=False).sum() > 150
    assert opinions["text"].map(lambda text: text == " ".join(text.split()) != "").all()


def test_sentences_of_one_review_share_a_group(opinions):
    groups = opinions.groupby("source", sort=False)["group"].nunique()
    assert groups.to_dict() == {"product": 300, "film": 10_605, "tweet": 4200, "editorial": 498}
    assert opinions.groupby("group")["source"].nunique().eq(1).all()
    first = opinions["group"].iloc[:3].tolist()
    assert first == ["product-1"] * 3
