"""How a page's outputs are compared: words exactly, numbers within the cell's tolerance."""

import pytest
from compare_outputs import Difference, Tolerance, differences, tags_for, tolerance_of

SHOWN = "EASE            0.520 [0.490, 0.550]\nitem-kNN        0.480 [0.450, 0.510]\n"


def printed(*texts):
    return [{"output_type": "stream", "name": "stdout", "text": text} for text in texts]


def shown(**data):
    return [{"output_type": "display_data", "metadata": {}, "data": data}]


def found(old, new, decimals=None, integers=None):
    return differences(printed(old), printed(new), Tolerance(decimals, integers))


def test_equal_outputs_do_not_differ():
    assert found(SHOWN, SHOWN) == []
    assert differences(printed("a\n", "b\n"), printed("a\nb\n")) == []  # a stream in pieces


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.520", "0.539"),
        ("0.520", "0.501"),
        ("52.0", "53.0"),  # 2 %
        ("-0.010", "0.010"),
        ("-0.010", "+0.010"),
        ("−0.010", "0.010"),
        ("1,234.5", "1,250.0"),
        ("[0.52, 0.5]", "[0.53, 0.51]"),
        ("EASE   0.52\nkNN  0.4", "EASE  0.53\nkNN   0.4"),  # wider columns
        ("1.02e-05", "1.03e-05"),
        ("[1.   0.5 ]", "[0.99 0.51]"),
        ("0.520", "0.541"),  # the last digit may be rounded
    ],
)
def test_numbers_may_differ_within_the_tolerance(old, new):
    assert found(old, new)
    assert found(old, new, 0.02) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.520", "0.560"),  # twice the tolerance
        ("0.520", "0.480"),
        ("52.00", "54.10"),
        ("a score of 0.52", "the score of 0.52"),
        (SHOWN, "\n".join(reversed(SHOWN.split("\n")))),  # swapped rows
        ("0.52", "nan"),
        ("0.52 0.48", "0.52"),
        ("0.52", "0.52 0.48"),
        ("12 films", "13 films"),  # a whole number has a tolerance of its own
        ("Alien (1979)", "Alien (1980)"),
        ("ml-100k: 0.52", "ml-101k: 0.52"),
        ("#0072B2", "#0072B3"),
        ("12px", "13px"),
        ("1.02e-05", "1.02e-02"),
        ("", "0.5"),
        ("True", "False"),
    ],
)
def test_what_differs_by_more_or_in_words_is_seen(old, new):
    assert found(old, new, 0.02)


def test_whole_numbers_have_a_tolerance_of_their_own():
    assert found("74 films", "75 films", 0.02)
    assert found("74 films", "75 films", integers=0.0) == []  # at least by 1
    assert found("100 films", "109 films", integers=0.1) == []
    assert found("100 films", "118 films", integers=0.1)
    assert found("0.52 of 100", "0.55 of 100", integers=0.1)


def test_a_difference_says_what_would_allow_it():
    [one] = found("ndcg 0.520", "ndcg 0.571", 0.02)
    assert one.needed == pytest.approx(0.05)
    assert str(one) == "stdout: stored '0.520', now '0.571': tolerance-0.05 would allow it"
    assert found("ndcg 0.520", "ndcg 0.571", 0.05) == []
    [one] = found("100 films", "131 films")
    assert str(one).endswith("tolerance-integers-0.23 would allow it")
    [one] = found("a film", "the film")
    assert one == Difference("stdout", "a film", "the film")
    assert str(one).endswith("words must be equal")


def test_every_number_out_of_place_is_named():
    lines = found("0.10 0.20 0.30", "0.10 0.30 0.50", 0.01)
    assert [(line.stored, line.new) for line in lines] == [("0.20", "0.30"), ("0.30", "0.50")]


def test_html_and_claims_are_compared_and_pictures_are_not():
    claim = "application/vnd.plmrec.claim+json"
    old = shown(
        **{
            "text/html": "<td>0.52</td>",
            "text/plain": "0.52",
            claim: {"key": "a", "holds": True, "measured": "0.52"},
            "image/png": "aGVsbG8=",
        }
    )

    def change(kind, value):
        return shown(**{**old[0]["data"], kind: value})

    within = Tolerance(0.02)
    assert differences(old, change("image/png", "d29ybGQ=")) == []
    for kind, good, bad in [
        ("text/html", "<td>0.53</td>", "<th>0.53</th>"),
        ("text/plain", "0.53", "0.58"),
        (claim, {"key": "a", "holds": True, "measured": "0.53"}, {"key": "b"}),
        (claim, old[0]["data"][claim] | {"measured": "0.53"}, old[0]["data"][claim] | {"holds": 0}),
    ]:
        assert differences(old, change(kind, good), within) == []
        assert [d.where for d in differences(old, change(kind, bad), within)] == [kind]
        assert differences(old, change(kind, good))
    turned = dict(reversed(old[0]["data"][claim].items()))
    assert differences(old, change(claim, turned)) == []


def test_outputs_that_are_missing_added_or_of_another_kind_are_seen():
    two = printed("a") + shown(**{"text/plain": "b"})
    [one] = differences(two, printed("a"))
    assert (one.where, one.stored, one.new) == ("outputs", "text/plain", "nothing")
    assert differences(printed("a"), two)
    assert differences(shown(**{"text/plain": "b"}), shown(**{"text/html": "b"}))


def test_times_and_addresses_are_not_compared():
    assert found("took 3 s, 20 ms", "took 4.1 s, 31 ms") == []
    assert found("<Model at 0x7f2bff12>", "<Model at 0x7f2bff99>") == []
    assert found("3 s of 74 films", "4 s of 75 films")


def test_tags_are_read_and_wrong_ones_refused():
    assert tolerance_of(["hide-cell"]) == Tolerance()
    assert tolerance_of(["tolerance-0.03", "hide-cell"]) == Tolerance(0.03)
    assert tolerance_of(["tolerance-integers-0.1", "tolerance-1"]) == Tolerance(1.0, 0.1)
    for tags in (["tolerance"], ["tolerance-x"], ["tolerance-0.1", "tolerance-0.2"]):
        with pytest.raises(ValueError, match=r"tag 'tolerance.*write tolerance-0\.03"):
            tolerance_of(tags)


def test_the_tags_that_a_cell_needs_cover_all_its_differences():
    assert tags_for(found("0.520 0.500 74", "0.540 0.550 90")) == (
        "tolerance-0.049 tolerance-integers-0.17"
    )
    assert tags_for(found("0.520 a", "0.540 b")) == "other words: no tolerance allows them"
