import pytest

from plmrec_lite.data.sources.records import Dataset, File


def test_a_file_is_called_by_the_last_part_of_its_path():
    assert File("a/b/c.txt", "0" * 64, 1).name == "c.txt"


def test_counts_that_agree_pass_and_others_name_both_numbers():
    record = Dataset("toy", "", "", "", "", {"users": 943, "items": 1682}, ())
    record.check_counts(users=943, items=1682)
    with pytest.raises(
        ValueError, match=r"toy: expected 1,682 items, read 9,742.*plmrec-lite data"
    ):
        record.check_counts(users=943, items=9742)
