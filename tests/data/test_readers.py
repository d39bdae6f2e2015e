"""Files of the reader's own: each kind is read alike, and a wrong file is named with a cure."""

import csv
import gzip
import json

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data import Interactions, Items, load_movielens, read_behaviors, read_table
from plmrec_lite.data.encodings import check_encoding, likely_encoding, unread
from plmrec_lite.data.separated import read_separated

BIG = 76561197960287930
TABLE = pd.DataFrame(
    {"user_id": [BIG, 3, BIG], "item_id": ["NA", "b", "c"], "rating": [5, 3, 4], "ts": [1, 2, 3]}
)


def write(table, path):
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    if kind == "parquet":
        table.to_parquet(path)
    elif kind == "jsonl":
        table.to_json(path, orient="records", lines=True)
    else:
        table.to_csv(path, index=False, sep="," if kind == "csv" else "\t")
    return path


@pytest.mark.parametrize(
    "name", ["a.csv", "a.csv.gz", "a.tsv", "a.tsv.gz", "a.parquet", "a.jsonl", "a.jsonl.gz"]
)
def test_each_kind_of_file_gives_the_same_table(tmp_path, name):
    read = read_table(write(TABLE, tmp_path / name))
    assert read.to_dict("list") == TABLE.to_dict("list")
    log = Interactions.from_frame(read)
    assert log.user_ids.tolist() == [3, BIG]
    assert log.item_ids.tolist() == ["NA", "b", "c"]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.jsonl"])
def test_a_gap_among_large_ids_costs_no_digit(tmp_path, name):
    holed = TABLE.assign(user_id=pd.array([BIG, None, BIG + 1], dtype="Int64"))
    log = Interactions.from_frame(read_table(write(holed, tmp_path / name)), on_bad="drop")
    assert log.user_ids.tolist() == [BIG, BIG + 1]
    assert len(log) == 2


def test_ids_that_only_look_like_numbers_stay_as_written(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("user_id,item_id,sku\n007,0195153448,01\n7,1,2\n")
    table = read_table(path)
    assert table["user_id"].tolist() == ["007", "7"]
    assert table["item_id"].tolist() == ["0195153448", "1"]
    assert table["sku"].tolist() == [1, 2]
    assert read_table(path, ids=["sku"])["sku"].tolist() == ["01", "2"]


@pytest.mark.parametrize("written", ["007", "+7", "-0", " 7", "7 ", '"07"', "7\t", "-07"])
@pytest.mark.parametrize("place", ["7,{},1", "{},7,1", "7,7,1\n{},9,1", "9,{}"])
def test_no_sign_of_an_id_is_lost(tmp_path, written, place):
    text = ("user_id,item_id,rating\n" + place.format(written)).encode()
    (tmp_path / "a.csv").write_bytes(text)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text))
    for name in ("a.csv", "a.csv.gz"):
        table = read_table(tmp_path / name)
        assert written.strip('"') in {*table["user_id"], *table["item_id"]}


def test_one_file_is_read_one_way(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("user_id,n\n7,1\n,2\n")
    table = read_separated(path, ",", "utf-8", ".", None, (), csv.QUOTE_MINIMAL)
    assert table.dtypes.astype(str).tolist() == ["Int64", "int64"]


def test_a_sign_is_found_wherever_the_file_is_cut(tmp_path):
    path = tmp_path / "a.csv"
    for n in range(2**20 - 24, 2**20 - 12):  # the file is looked at by 2**20 bytes
        path.write_text("user_id,item_id\n1," + "1" * n + "\n007,2\n")
        assert read_table(path)["user_id"].tolist()[1] == "007"


@pytest.mark.parametrize("ids", ["7 5 7", "x 5 x", "7  5", "x  5", "18446744073709551615 5 1"])
@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_what_looks_like_numbers_is_read_alike_by_either_way(tmp_path, ids, name):
    path = tmp_path / name
    table = pd.DataFrame({"user_id": ids.split(" "), "item_id": [1, 2, 3], "n": [1.5, 2, 3]})
    table.to_csv(path, index=False)
    read = read_table(path)["user_id"]
    kind = "O" if "x" in ids else "u" if ids.startswith("1") else "i"
    assert read.dtype.kind == kind
    assert [str(own) for own in read.dropna()] == [own for own in ids.split(" ") if own]
    assert read.isna().tolist() == [not own for own in ids.split(" ")]


def test_recbole_pair(tmp_path):
    inter, item = tmp_path / "ml.inter", tmp_path / "ml.item"
    inter.write_text(
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
        "196\t242\t3\t881250949\n186\t302\t3\t891717742\n196\t302\t1\t881250950\n"
    )
    item.write_text(
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
        '302\t"L.A." Confidential\t1997\tCrime Mystery\n242\tKolya\t1996\tComedy\n'
    )
    log = Interactions.from_frame(read_table(inter))
    assert log.user_ids.tolist() == [186, 196]
    assert log.timestamps.tolist() == [881250949, 891717742, 881250950]
    items = Items.from_frame(read_table(item), interactions=log)
    assert items.ids.tolist() == [242, 302]
    assert items.texts == ["Kolya (1996). Comedy.", '"L.A." Confidential (1997). Crime Mystery.']


BEHAVIORS = (
    "1\tU1\t11/15/2019 8:55:22 AM\tN9 N8\tN1-1 N2-0 N3-1\n"
    "2\tU2\t11/14/2019 1:00:00 PM\t\tN2-1\n"
    "3\tU1\t11/16/2019 12:00:01 AM\tN9 N8\tN4-0 N5-1\n"
)


def test_mind_pair(tmp_path):
    path, news = tmp_path / "behaviors.tsv", tmp_path / "news.tsv"
    path.write_text(BEHAVIORS)
    news.write_text(
        "".join(
            f'N{i}\tsports\tgolf\tTitle "{i}\tAn abstract.\turl\t[]\t[]\n'
            for i in (9, 8, 1, 2, 3, 5)
        )
    )
    log = Interactions.from_frame(read_table(path))
    named = [log.item_ids[history].tolist() for history in log.histories()]
    assert dict(zip(log.user_ids.tolist(), named, strict=True)) == {
        "U1": ["N9", "N8", "N1", "N3", "N5"],
        "U2": ["N2"],
    }
    u1 = log.timestamps[log.users == 0]
    first = pd.Timestamp("2019-11-14 13:00:00").timestamp()  # of the whole file
    assert sorted(u1)[:2] == [first - 2, first - 1]
    assert sorted(u1)[2] == pd.Timestamp("2019-11-15 08:55:22").timestamp()
    items = Items.from_frame(read_table(news), interactions=log)
    assert items.texts[0] == 'Title "1. sports. golf. An abstract.'


def test_of_several_histories_the_earliest_counts_wherever_its_line_stands(tmp_path):
    path = tmp_path / "behaviors.tsv"
    later = "1\tU1\t11/16/2019 9:00:00 AM\tN9 N8 N7 N6\tN5-1\n"
    path.write_text(later + "2\tU1\t11/15/2019 9:00:00 AM\tN9 N8\tN7-1\n")
    log = Interactions.from_frame(read_behaviors(path))
    assert len(log) == 4  # N7 once, as it was met
    assert log.item_ids[log.histories()[0]].tolist() == ["N9", "N8", "N7", "N5"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1\tU1\t2019-11-15\tN9\tN1-1", "row 0 is no impression of MIND: time '2019-11-15'"),
        ("1\tU1\t11/15/2019 8:55:22 AM\tN9\tN1 N2", "shown 'N1 N2'"),
    ],
)
def test_what_is_no_behaviour_is_named(tmp_path, line, words):
    (tmp_path / "behaviors.tsv").write_text(line + "\n")
    for read in (read_table, read_behaviors):
        with pytest.raises(ValueError, match=words):
            read(tmp_path / "behaviors.tsv")


def content(kind):
    """Bytes of a file that is wrong in one way."""
    good = TABLE.to_csv(index=False).encode()
    return {
        "empty": b"",
        "blank": b"\n\n",
        "latin": "user,item\nJosé,1\n".encode("latin-1"),
        "cut": gzip.compress(good * 50)[:-20],
        "cut json": gzip.compress(b'{"user": 1, "item": 2}\n' * 50)[:-20],
        "not gzip": good,
        "semicolons": good.replace(b",", b";"),
        "one column": b"user\na\nb\n",
        "no names": b"196,242,3,881250949\n186,302,3,891717742\n",
        "ragged": b"user,item\na,1\nb,2,3\n",
        "no parquet": good,
        "no json": b'{"user": 1}\nuser,item\n',
        "a list": b"[1, 2]\n",
        "no types": b"user_id\titem_id\n1\t2\n",
        "unknown": good,
        "unicode": good.replace(b",", b"\t").decode().encode("utf-16"),
        "names alone": b"user,item,rating\n",
        "no names, words": b"ann,B1,5,881250949\nbob,B2,4,891717742\n",
    }[kind]


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("empty", "a.csv", r"a\.csv is empty: fetch or write it again"),
        ("blank", "a.csv", r"a\.csv has no columns"),
        ("latin", "a.csv", r'not in utf-8 \(byte 0xe9 .*encoding="latin-1"'),
        ("cut", "a.csv.gz", r"a\.csv\.gz ends in the middle: fetch it again"),
        ("cut json", "a.jsonl.gz", r"a\.jsonl\.gz ends in the middle"),
        ("not gzip", "a.csv.gz", r"is no gzip file: rename it without \.gz"),
        ("semicolons", "a.csv", r"one column 'user_id;item_id;rating;ts': pass separator=';'"),
        ("one column", "a.csv", "one column 'user': give at least two"),
        ("no names", "a.csv", r"begins '196,242,3,881250949': pass names=\['user', 'item'"),
        ("ragged", "a.csv", r"different length .*line 3, saw 3"),
        ("no parquet", "a.parquet", "no whole Parquet file"),
        ("no json", "a.jsonl", r"line 2 of a\.jsonl is no JSON object \('user,item'\)"),
        ("a list", "a.jsonl", "line 1 of .* is no JSON object"),
        ("no types", "a.inter", r"no RecBole types in its names \(user_id, item_id\)"),
        ("unicode", "a.tsv", r'not in utf-8 \(byte 0xff .*pass encoding="utf-16"'),
        ("names alone", "a.csv", r"a\.csv has a line of names \(user, item, rating\) and no rows"),
        ("no names, words", "a.csv", r"begins 'ann,B1,5,881250949': pass names=\['user', 'item'"),
        ("unknown", "a.data", r'no known kind .*pass separator=","'),
    ],
)
def test_a_wrong_file_is_named(tmp_path, kind, name, words):
    path = tmp_path / name
    path.write_bytes(content(kind))
    with pytest.raises(ValueError, match=words):
        read_table(path)


def test_a_folder_and_nothing(tmp_path):
    (tmp_path / "ratings.csv").touch()
    with pytest.raises(ValueError, match=r"is a folder: name a file in it \(ratings\.csv\)"):
        read_table(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"there is no file .*nothing.csv"):
        read_table(tmp_path / "nothing.csv")


def test_the_cures_cure(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(content("semicolons"))
    assert read_table(path, separator=";").to_dict("list") == TABLE.to_dict("list")
    path.write_bytes(content("latin"))
    assert read_table(path, encoding="latin-1")["user"].tolist() == ["José"]
    path.write_bytes(content("no names"))
    named = read_table(path, names=["user", "item", "rating", "time"])
    assert named["user"].tolist() == [196, 186]
    path.write_bytes(content("unicode"))
    tabs = read_table(path, encoding="utf-16", separator="\t")
    assert tabs.to_dict("list") == TABLE.to_dict("list")
    (tmp_path / "a.dat").write_text("1::2::3\n4::5::6\n")
    named = read_table(tmp_path / "a.dat", separator="::", names=["user", "item", "rating"])
    assert named["item"].tolist() == [2, 5]


def test_fewer_names_than_columns_are_refused_and_not_moved_to_the_right(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(content("no names"))
    with pytest.raises(ValueError, match=r"a\.csv has 4 columns, and names=.* are 3: name each"):
        read_table(path, names=["user", "item", "rating"])
    assert read_table(path, names=["user", "item", "rating", "time", "more"])["more"].isna().all()


@pytest.mark.parametrize(("n", "refused"), [(8, True), (9, False)])
def test_from_nine_columns_on_half_of_the_names_may_be_numbers(tmp_path, n, refused):
    path = tmp_path / "a.csv"
    path.write_text("1,2,3,4,5,b,c,d,e"[: 2 * n - 1] + "\n" + ",".join("x" * n) + "\n")
    if refused:
        with pytest.raises(ValueError, match="seems to have no line of names"):
            read_table(path)
    else:
        assert read_table(path).shape == (1, n)


def test_a_wide_table_may_have_numbers_for_names(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("user," + ",".join(map(str, range(8))) + "\n" + "a" + ",1" * 8 + "\n")
    assert read_table(path)["7"].tolist() == [1]


def test_a_mark_before_the_first_name_is_no_part_of_it(tmp_path):
    for name in ("a.csv", "a.jsonl"):
        plain = write(TABLE, tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + plain)
        assert read_table(tmp_path / name).to_dict("list") == TABLE.to_dict("list")


def test_decimals_are_read_after_a_point_or_a_comma(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('user_id,item_id,rating\n"1,5",2,"3,5"\n')
    assert read_table(path)["rating"].tolist() == ["3,5"]
    read = read_table(path, decimal=",")
    assert read["rating"].tolist() == [3.5]
    assert read["user_id"].tolist() == ["1,5"]  # an id is no number
    path.write_text("user_id;item_id;rating\n1;2;3,5\n")
    assert read_table(path, separator=";", decimal=",")["rating"].tolist() == [3.5]
    with pytest.raises(ValueError, match=r"decimal=';': use one of '\.', ','"):
        read_table(path, decimal=";")


def test_an_encoding_that_is_none_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"encoding='utf-88': there is no such encoding; usual"):
        read_table(write(TABLE, tmp_path / "a.csv"), encoding="utf-88")
    check_encoding("UTF8")


def test_what_a_codec_could_not_read_is_said(tmp_path):
    (tmp_path / "a").write_bytes(b"\xfe\xff\x00a")
    assert likely_encoding(tmp_path / "a") == "utf-16"
    with gzip.open(tmp_path / "a.gz", "wb") as file:
        file.write(b"\xff\xfea\x00")
    assert likely_encoding(tmp_path / "a.gz") == "utf-16"
    (tmp_path / "a").write_bytes(b"\xe9")
    assert likely_encoding(tmp_path / "a") == "latin-1"
    with pytest.raises(UnicodeDecodeError) as caught:
        b"a\xe9".decode("utf-8")
    assert unread(caught.value) == "byte 0xe9 cannot be read"
    assert unread(UnicodeError("UTF-16 stream does not start with BOM")).startswith("UTF-16")
    path = tmp_path / "a.tsv"
    path.write_bytes("user\titem\n1\t2\n".encode("utf-16-le"))
    with pytest.raises(ValueError, match=r"a\.tsv is not in utf-16 \("):
        read_table(path, encoding="utf-16")


def test_json_lines_may_lack_keys_and_keep_lists(tmp_path):
    path = tmp_path / "a.json"
    lines = [{"user": 1, "item": 2, "tags": ["a", "b"]}, {"user": 2, "item": 2, "note": "n"}]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    table = read_table(path)
    assert table["tags"].tolist()[0] == ["a", "b"]
    assert table["note"].tolist()[1] == "n"


@pytest.mark.parametrize("name", ["ratings.csv", "ratings.parquet"])
def test_movielens_through_the_door(tmp_path, name):
    movielens = load_movielens()
    log = movielens.interactions
    ratings = pd.DataFrame(
        {
            "userId": log.users + 1,
            "movieId": log.items + 1,
            "rating": log.ratings,
            "timestamp": log.timestamps,
        }
    )
    again = Interactions.from_frame(read_table(write(ratings, tmp_path / name)))
    for column in ("users", "items", "ratings", "timestamps"):
        mine, theirs = getattr(again, column), getattr(log, column)
        assert mine.dtype == theirs.dtype
        assert (mine == theirs).all()
    assert (again.n_users, again.n_items) == (log.n_users, log.n_items)
    films = movielens.items[["item", "title", "year"]].assign(
        item=movielens.items["item"] + 1, genres=movielens.items["genres"].map("|".join)
    )
    table = read_table(write(films, tmp_path / name.replace("ratings", "films")))
    assert Items.from_frame(table, interactions=again).texts == movielens.items["text"].tolist()
    assert np.array_equal(again.item_ids, np.arange(1, 1683))
