import re

import pytest

from plmrec_lite.data.sources.registry import DATASETS, dataset


def test_the_data_sets_of_the_book():
    films = ["movielens-100k", "movielens-1m", "film-facts", "film-synopses"]
    written = ["opinions", "clothing-reviews", "mailing-lists"]
    seen = ["emoji", "emoji-drawings", "emoji-sentiment", "efficientnet-lite0"]
    learnt = ["glove-50d", "mpnet", "smollm2"]
    assert list(DATASETS) == [*films, *written, *learnt, *seen]
    assert all(dataset(name) is record for name, record in DATASETS.items())


@pytest.mark.parametrize("record", DATASETS.values(), ids=lambda record: record.name)
def test_a_record_says_all_that_a_reader_and_a_fetch_need(record):
    for said in (record.title, record.licence, record.citation):
        assert said.strip() == said != ""
    assert record.page.startswith("https://")
    assert all(count > 0 for count in record.counts.values())
    assert record.sources
    for source in [one for whole in record.sources for one in (whole, *whole.parts)]:
        assert re.fullmatch(r"[0-9a-f]{64}", source.sha256)
        if source.kind == "parts":
            assert sum(file.size for part in source.parts for file in part.files) == source.size
        elif source.kind == "url":
            assert source.where.startswith("https://")
        elif source.kind == "npm":
            assert re.fullmatch(r"(@[\w-]+/)?[\w.-]+@[\w.-]+", source.where)
        else:
            assert source.kind in ("wheel", "sdist")
            assert re.fullmatch(r"[\w-]+==[\w.]+", source.where)
        for file in source.files:
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
            assert file.size > 0


@pytest.mark.parametrize("record", DATASETS.values(), ids=lambda record: record.name)
def test_files_of_one_data_set_do_not_overwrite_each_other(record):
    names = [file.name for source in record.sources for file in source.files]
    assert len(set(names)) == len(names)


def test_movielens_comes_from_grouplens_first_then_from_the_wheel():
    sources = dataset("movielens-100k").sources
    assert [source.kind for source in sources] == ["url", "wheel"]
    assert sources[1].where == "recbole==1.2.1"


def test_only_what_no_page_needs_waits_to_be_asked_for():
    assert [name for name, record in DATASETS.items() if record.on_request] == [
        "movielens-1m",
        "mpnet",
    ]


def test_an_unknown_name_gets_the_list_of_known_ones():
    with pytest.raises(ValueError, match=r"'netflix'.*movielens-100k, movielens-1m, film-facts"):
        dataset("netflix")


def test_ml_latest_small_is_refused_with_the_reason():
    with pytest.raises(ValueError, match=r"'ml-latest-small'.*other users.*use 'movielens-100k'"):
        dataset("ml-latest-small")
