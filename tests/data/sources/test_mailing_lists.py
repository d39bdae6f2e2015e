import dataclasses
import hashlib
import io
import json
import tarfile

import numpy as np
import pytest

from plmrec_lite.data.sources.mailing_lists import LISTS, load_mailing_lists
from plmrec_lite.data.sources.records import File, Source
from plmrec_lite.data.sources.registry import DATASETS


@pytest.fixture(scope="module")
def lists():
    return load_mailing_lists()


def test_the_numbers_are_those_that_the_registry_states(lists):
    assert DATASETS["mailing-lists"].counts == {
        "messages": 2667,
        "people": 508,
        "lists": 8,
        "threads": 934,
    }
    log = lists.interactions
    assert (len(lists.messages), log.n_users, log.n_items, len(log)) == (2667, 508, 934, 2014)
    assert set(lists.messages["list"]) == set(LISTS.values())
    threads = lists.messages.groupby("person")["thread"].nunique()
    assert (threads >= 3).sum() == 169
    assert lists.messages["text"].str.split().str.len().median() == 62


def test_people_and_threads_are_numbered_as_they_come(lists):
    messages = lists.messages
    assert messages["time"].is_monotonic_increasing
    for column in ("person", "thread"):
        first = messages[column].drop_duplicates()
        assert first.tolist() == list(range(len(first)))
    log = lists.interactions
    assert log.user_ids.tolist() == list(range(508))
    assert log.item_ids.tolist() == lists.threads.ids.tolist() == list(range(934))


def test_the_log_holds_the_first_message_of_each_person_in_each_thread(lists):
    first = lists.messages.drop_duplicates(["person", "thread"])
    log = lists.interactions
    assert np.array_equal(log.users, first["person"])
    assert np.array_equal(log.items, first["thread"])
    assert np.array_equal(log.timestamps, first["time"])
    assert lists.messages.groupby("thread")["list"].nunique().eq(1).all()


def test_an_answer_answers_something_earlier(lists):
    answered = lists.messages["reply_to"].to_numpy()
    assert (answered >= 0).sum() == 1266
    assert (answered < np.arange(len(answered))).all()


def test_words_of_others_are_gone(lists):
    text = lists.messages["text"]
    assert (text != "").all() and not text.str.contains("\n").any()
    for left in ("[\\w.]+@\\w+\\.\\w+\\.\\w+", "https?://", "-----BEGIN PGP SIG"):
        assert not text.str.contains(left).any(), left
    assert text.str.contains("wrote:").sum() <= 3


# A small archive in the form of the real one.
def mail(number, sender, subject, text, day, **headers):
    said = {
        "From": sender,
        "Subject": subject,
        "Date": f"Mon, {day:02} Jul 2002 12:00:00 +0100",
        "Message-ID": f"<{number}@x>",
        "List-Id": "Linux <ilug.linux.ie>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\n" for name, value in said.items() if value)
    return f"{head}\n{text}\n"


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Put e-mails into the cache in place of the real ones, and expect these counts."""

    def make(*mails, counts, folder="easy-ham-1"):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for number, text in enumerate(mails):
                content = json.dumps({"text": text}).encode()
                member = tarfile.TarInfo(f"package/data/{folder}/{number:05}.abc.json")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        monkeypatch.setenv("PLMREC_HOME", str(tmp_path))
        (tmp_path / "mailing-lists").mkdir(exist_ok=True)
        (tmp_path / "mailing-lists" / "mails.tgz").write_bytes(buffer.getvalue())
        sha256 = hashlib.sha256(buffer.getvalue()).hexdigest()
        source = Source("npm", "x@1", sha256, 1, (File("mails.tgz", sha256, 1),))
        counts = dict(zip(("messages", "people", "lists", "threads"), counts, strict=True))
        record = dataclasses.replace(DATASETS["mailing-lists"], sources=(source,), counts=counts)
        monkeypatch.setitem(DATASETS, "mailing-lists", record)
        return load_mailing_lists()

    return make


ADA, BEN = "Ada Lovelace <ada@a.example>", '"Ben" <ben@b.example>'


def test_a_small_archive(small):
    lists = small(
        mail(2, BEN, "Re: [ILUG] Slow  disk", "Ada wrote:\n> slow\nBuy a new one, Ada.", 2,
             In_Reply_To="<1@x>"),
        mail(1, ADA, "[ILUG] slow disk", "My disk is slow.\n\nAda", 1),
        mail(3, "ADA LOVELACE <al@home.example>", "RE: RE: slow disk (was: fast disk)", "No.", 3,
             References="<1@x> <2@x>"),
        counts=(3, 2, 1, 1),
    )  # fmt: skip
    assert lists.messages["text"].tolist() == [
        "My disk is slow.",
        "Buy a new one, .",
        "No.",
    ]
    assert lists.messages["person"].tolist() == [0, 1, 0]  # two addresses, one full name
    assert lists.messages["reply_to"].tolist() == [-1, 0, 0]
    assert lists.messages["list"].tolist() == ["linux"] * 3
    assert lists.messages["time"].tolist() == [1025521200 + day * 86_400 for day in range(3)]
    assert lists.threads.texts == ["slow disk. My disk is slow."]
    assert len(lists.interactions) == 2


def test_what_is_left_out(small):
    lists = small(
        mail(1, ADA, "a", "First.", 1),
        mail(1, ADA, "a", "The same message id.", 2),
        mail(2, ADA, "a", "First.", 3),  # the same words of the same person
        mail(3, BEN, "a", "> only a quote", 4),
        mail(4, "Robot <rssfeeds@x.example>", "a", "News.", 5),
        mail(5, BEN, "a", "A newsletter.", 6, List_Id="Daily <news.example>"),
        mail(6, BEN, "a", "No list.", 7, List_Id=None),
        mail(7, BEN, "a", "<p>no plain text</p>", 8, Content_Type="text/html"),
        mail(8, BEN, "a", "First.", 9),  # the same words of another
        counts=(2, 2, 1, 1),
    )
    assert lists.messages["text"].tolist() == ["First.", "First."]


def test_spam_is_never_read(small):
    with pytest.raises(ValueError, match="no rows"):
        small(mail(1, ADA, "a", "Buy!", 1), counts=(0, 0, 0, 0), folder="spam-1")


def test_one_subject_on_two_lists_is_two_threads_and_none_is_its_own(small):
    lists = small(
        mail(1, ADA, "a", "One.", 1),
        mail(2, ADA, "a", "Two.", 2, List_Id=None,
             Mailing_List="list zzzzteana@yahoogroups.com; contact x"),
        mail(3, ADA, "Re:", "Three.", 3),
        mail(4, ADA, None, "Four.", 4),
        counts=(4, 1, 2, 4),
    )  # fmt: skip
    assert lists.messages["list"].tolist() == ["linux", "forteana", "linux", "linux"]
    assert lists.threads.texts == ["a. One.", "a. Two.", "Three.", "Four."]


@pytest.mark.parametrize(
    ("date", "received", "day"),
    [
        ("Mon, 01 Jul 2002 12:00:00 +0100", "by x; Tue, 02 Jul 2002 12:00:00 +0100", 1),
        ("Mon, 01 Jul 2030 12:00:00 +0100", "by x; Tue, 02 Jul 2002 12:00:00 +0100", 2),
        ("Mon, 01 Jul 1999 12:00:00 +0100", "by x; Tue, 02 Jul 2002 12:00:00 +0100", 2),
        ("Wed, 03 Jul 2002 11:00:00 +0100", "by x; Tue, 02 Jul 2002 12:00:00 +0100", 2 + 23 / 24),
        ("Thu, 04 Jul 2002 12:00:00 +0100", "by x; Tue, 02 Jul 2002 12:00:00 +0100", 2),
        ("Wed, 26 Jun 2002 12:00:00 +0100", "by x; Tue, 02 Jul 2002 12:00:00 +0100", -4),
        ("Mon, 24 Jun 2002 12:00:00 +0100", "by x; Tue, 02 Jul 2002 12:00:00 +0100", 2),
        ("some day", "by x; Tue, 02 Jul 2002 12:00:00 +0100", 2),
    ],
)
def test_a_clock_that_cannot_be_right_is_not_believed(date, received, day, small):
    lists = small(mail(1, ADA, "a", "One.", 1, Date=date, Received=received), counts=(1, 1, 1, 1))
    assert lists.messages["time"].tolist() == [1025521200 + (day - 1) * 86_400]


@pytest.mark.parametrize(
    ("encoding", "charset", "body"),
    [
        ("quoted-printable", "utf-8", "na=C3=AFve"),
        ("base64", "latin-1", "bmHvdmU="),
        ("8bit", "utf-8", "naïve"),
        ("quoted-printable", "no-such-charset", "na=EFve"),
        ("quoted-printable", "utf-8", "na=EFve"),  # says utf-8, is latin-1
    ],
)
def test_letters_are_read_in_their_encoding(encoding, charset, body, small):
    headers = {"Content_Type": f"text/plain; charset={charset}"}
    lists = small(
        mail(1, "=?iso-8859-1?q?Zo=EB?= <z@z.example>", "a", body, 1, **headers,
             Content_Transfer_Encoding=encoding),
        counts=(1, 1, 1, 1),
    )  # fmt: skip
    assert lists.messages["text"].tolist() == ["naïve"]


def test_names_of_a_thread_are_gone_from_it_and_stay_elsewhere(small):
    lists = small(
        mail(1, ADA, "thanks Ada", "Lovelace said so.", 1),
        mail(2, BEN, "b", "Lovelace wrote programs; see Ada.", 2),
        counts=(2, 2, 1, 2),
    )
    assert lists.threads.texts == ["thanks. said so.", "b. Lovelace wrote programs; see Ada."]


def test_other_counts_are_refused(small):
    with pytest.raises(ValueError, match="mailing-lists: expected 2 people, read 1"):
        small(mail(1, ADA, "a", "One.", 1), counts=(1, 2, 1, 1))
