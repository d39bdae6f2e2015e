import pytest

from plmrec_lite.data.sources.own_words import own_words, without_names


@pytest.mark.parametrize(
    ("body", "own"),
    [
        ("One line\nand another.", "One line and another."),
        ("> a quote\n>> a quote in it\nYes.", "Yes."),
        ("JM> by initials\n| by a bar\n--] by a bracket\nYes.", "Yes."),
        ("Ben wrote:\n\n> why?\n\nBecause.", "Because."),
        ("On Monday, the first of June, Ben\nin his garden wrote:\n> why?\nBecause.", "Because."),
        ("I agree.\nOn Monday Ben wrote:\nan unmarked quote.", "I agree. an unmarked quote."),
        ("There are two:\none.", "There are two: one."),
        ("It works.\n-- \nBen, head of all", "It works."),
        ("It works.\n" + "_" * 40 + "\nlist footer", "It works."),
        ("It works.\n-----Original Message-----\nFrom: x\nold", "It works."),
        ("It works.\n  ----- Original Message -----\nold", "It works."),
        ("It works.\n-----------------------\nThis sf.net email is sponsored by", "It works."),
        ("It works.\nTo unsubscribe, write", "It works."),
        ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nIt works.\n"
         "-----BEGIN PGP SIGNATURE-----\nVersion: 1", "It works."),
        ("It works.\n\nBen", "It works."),
        ("It works.\n\nCheers,\nBen", "It works. Cheers,"),
        ("It works.\n\nso do I", "It works. so do I"),
        ("Ben", "Ben"),
        ("> only a quote", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_what_others_wrote_is_taken_out(body, own):
    assert own_words(body) == own


def test_names_are_taken_out_where_they_are_words_of_their_own():
    names = ["Ada Lovelace", "Ada", "Lovelace"]
    assert own_words("Ada Lovelace asked Ada about Adagio and ada.", names) == (
        "asked about Adagio and ada."
    )
    assert without_names("Ada Lovelace asked.", ["Ada", "Ada Lovelace"]) == "asked."


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see http://a.example/~ben?x=1 or www.b.example now", "see or now"),
        ("write to <ben@a.example> or ben+x@b.example", "write to or"),
        ("call +353 1 234 5678 in 2002", "call in 2002"),
        ("version 2.4.18 of 5 files", "version 2.4.18 of 5 files"),
    ],
)
def test_links_addresses_and_telephone_numbers_are_taken_out(text, left):
    assert without_names(text) == left
