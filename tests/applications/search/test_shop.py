"""Reviews are dealt out without leaks: none describes an item and is a query too."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications.search.queries import FORMS, UNHEARD, queries_of, unheard_queries
from plmrec_lite.applications.search.shop import copied, open_shop

SIZES = (40, 12, 5, 4, 1)  # reviews of each item


def made_reviews(seed=0):
    rng = np.random.default_rng(seed)
    words = np.array(
        [
            "soft",
            "red",
            "blue",
            "long",
            "short",
            "tight",
            "loose",
            "warm",
            "cotton",
            "linen",
            "collar",
            "hem",
        ]
    )
    kinds = ("Dresses", "Knits", "Jeans", "", "Swim")
    rows = []
    for item, (size, kind) in enumerate(zip(SIZES, kinds, strict=True)):
        for number in range(size):
            said = " ".join(rng.choice(words, 9))
            title = "" if number % 4 == 0 else f"Lovely {said[:4]}"
            text = f"Bought it. {said} and {said[::-1]} in {item} or {number}! Fine."
            rows.append((100 - item, title, text, "General", "Tops", kind))
    columns = ["item", "title", "text", "division", "department", "kind"]
    return pd.DataFrame(rows, columns=columns).sample(frac=1, random_state=0)


@pytest.fixture(scope="module")
def shop():
    return open_shop(made_reviews(), n_described=6)


def test_every_review_has_one_role(shop):
    roles = np.concatenate([shop.learned, shop.validation, shop.test])
    assert np.sort(roles).tolist() == list(range(sum(SIZES)))
    assert set(shop.described) <= set(shop.learned)


def test_numbers_of_queries_and_descriptions(shop):
    """A tenth, at least one and at most eight, of items with five reviews or more."""
    items = shop.items["item"].tolist()
    assert items == [96, 97, 98, 99, 100]
    for part in (shop.validation, shop.test):
        assert np.bincount(shop.about(part), minlength=5).tolist() == [0, 0, 1, 1, 4]
    assert np.bincount(shop.about(shop.described)).tolist() == [1, 4, 3, 6, 6]
    wider = open_shop(made_reviews(), share=0.3, at_most=8)
    assert np.bincount(wider.about(wider.test), minlength=5).tolist() == [0, 0, 1, 3, 8]


def test_the_first_reviews_that_are_left_describe(shop):
    rows = shop.learned[shop.about(shop.learned) == 4]
    assert shop.described[shop.about(shop.described) == 4].tolist() == rows[:6].tolist()


def test_the_seed_decides_which():
    one, same, other = (open_shop(made_reviews(), seed=seed) for seed in (0, 0, 1))
    assert one.test.tolist() == same.test.tolist() != other.test.tolist()


def test_items_have_their_facets(shop):
    assert shop.items["kind"].tolist() == ["Swim", "", "Jeans", "Knits", "Dresses"]
    assert set(shop.items["division"]) == {"General"}
    mixed = made_reviews()
    mixed.loc[mixed.index[mixed["item"] == 100][:7], "kind"] = [
        "",
        "",
        "",
        "",
        "",
        "Knits",
        "Knits",
    ]
    assert open_shop(mixed).items["kind"].iloc[4] == "Dresses"


def test_documents_hold_the_describing_reviews_and_no_query(shop):
    documents = shop.documents()
    assert len(documents) == 5
    for rows, there in ((shop.described, True), (shop.validation, False), (shop.test, False)):
        for item, text in zip(shop.about(rows), shop.reviews["text"].iloc[rows], strict=True):
            assert (text in documents[item]) is there
    titled = shop.described[shop.reviews["title"].iloc[shop.described] != ""][0]
    assert f"{shop.reviews['title'].iloc[titled]}. " in documents[shop.about([titled])[0]]


def test_a_copy_becomes_no_query():
    reviews = made_reviews()
    rows = reviews.index[reviews["item"] == 98]
    long = "one two three four five six seven eight nine ten eleven twelve thirteen"
    reviews.loc[rows[0], "text"] = f"Well, {long}."
    reviews.loc[rows[1:3], "text"] = f"{long}, I say!"  # two of five are left: one for each part
    for seed in range(8):
        shop = open_shop(reviews, seed=seed)
        for part in (shop.validation, shop.test):
            assert not shop.reviews["text"].iloc[part].str.contains("eleven").any()
            assert 2 in shop.about(part)


def test_the_share_is_of_all_reviews_of_an_item_copies_among_them():
    reviews = made_reviews()
    rows = reviews.index[reviews["item"] == 100][:12]
    reviews.loc[rows, "text"] = "one two three four five six seven eight nine ten eleven twelve"
    shop = open_shop(reviews)
    for part in (shop.validation, shop.test):
        assert np.bincount(shop.about(part), minlength=5)[4] == 4  # a tenth of 40, not of 28


def test_a_sentence_of_five_words_may_ask_and_one_of_four_not():
    texts = [
        "Bought it. One, two, three, four, five! Fine.",
        "Bought it. One two three four! Fine.",
    ]
    reviews = pd.DataFrame({"title": ["", ""], "text": texts})
    asked, rows = queries_of(SimpleNamespace(reviews=reviews), [0, 1], "sentence")
    assert (asked, rows.tolist()) == (["One, two, three, four, five!", texts[1]], [0, 1])


def test_copies_share_five_runs_of_eight_words():
    words = [f"w{i}" for i in range(40)]
    texts = [
        " ".join(words[:12]),  # five runs with the next
        "so " + " ".join(words[:12]),
        " ".join(words[20:31]),  # four runs with the next
        "so " + " ".join(words[20:31]),
        "short text",
        " ".join(words[35:] + words[:4]),
    ]
    assert copied(texts).tolist() == [0, 1]
    assert copied(["a b c"]).tolist() == []
    assert copied([texts[0]] * 21).tolist() == []  # a stock phrase
    assert copied([texts[0]] * 20).tolist() == list(range(20))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"at_least": 2}, "at_least=2"),
        ({"share": 0.5}, "share=0.5"),
        ({"at_most": 0}, "at_most=0"),
        ({"n_described": 0}, "n_described=0"),
        ({"at_least": 50}, "at_least=50: no item has so many"),
    ],
)
def test_bad_settings(setting, message):
    with pytest.raises(ValueError, match=message):
        open_shop(made_reviews(), **setting)


def test_queries_come_from_their_reviews(shop):
    for form in FORMS:
        texts, rows = queries_of(shop, shop.test, form)
        assert len(texts) == len(rows) and set(rows) <= set(shop.test)
        for text, row in zip(texts, rows, strict=True):
            review = shop.reviews.iloc[row]
            if form in ("title", "review"):
                assert text == review["title" if form == "title" else "text"]
            elif form == "sentence":
                assert text in review["text"] and text not in ("Bought it.", "Fine.")
    _, rows = queries_of(shop, shop.test, "title")
    assert len(rows) == (shop.reviews["title"].iloc[shop.test] != "").sum()


def test_a_misspelt_query_is_its_sentence_with_typos(shop):
    sentences, _ = queries_of(shop, shop.test, "sentence")
    misspelt, _ = queries_of(shop, shop.test, "misspelt")
    for right, wrong in zip(sentences, misspelt, strict=True):
        assert right != wrong and len(right.split()) == len(wrong.split())
    assert misspelt == queries_of(shop, shop.test, "misspelt")[0]
    assert misspelt != queries_of(shop, shop.test, "misspelt", seed=1)[0]


def test_a_query_does_not_depend_on_the_others(shop):
    texts, _ = queries_of(shop, shop.test, "sentence")
    assert queries_of(shop, shop.test[2:3], "sentence")[0] == texts[2:3]


def test_any_long_sentence_may_ask_and_each_review_draws_its_own():
    reviews = made_reviews()
    reviews["text"] = [f"{text} The second one is long too." for text in reviews["text"]]
    shop = open_shop(reviews, share=0.3)
    second = [text.startswith("The") for text in queries_of(shop, shop.test, "sentence")[0]]
    assert 0 < sum(second) < len(second)


def test_an_unknown_form_is_named(shop):
    with pytest.raises(ValueError, match="form='poem'"):
        queries_of(shop, shop.test, "poem")


def test_unheard_queries_have_no_word_of_any_review(shop):
    texts, gains = unheard_queries(shop)
    assert len(texts) == sum(len(queries.split("|")) for queries in UNHEARD.values())
    assert gains[texts.index("ballgown")].tolist() == [0, 0, 0, 0, 1]
    assert gains[texts.index("lifeguard")].tolist() == [1, 0, 0, 0, 0]
    assert gains[texts.index("woolens")].tolist() == [0, 0, 0, 1, 0]  # the third kind that is meant
    reviews = made_reviews()
    reviews.iloc[0, reviews.columns.get_loc("title")] = "My Kilt"
    fewer, _ = unheard_queries(open_shop(reviews))
    assert set(texts) - set(fewer) == {"kilt"}
    reviews["text"] += " " + " ".join(queries.replace("|", " ") for queries in UNHEARD.values())
    with pytest.raises(ValueError, match="there is none left"):
        unheard_queries(open_shop(reviews))
