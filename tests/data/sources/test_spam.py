import io
import json
import tarfile

import pytest

from plmrec_lite.data.sources import spam
from plmrec_lite.data.sources.spam import load_spam


@pytest.fixture(scope="module")
def mails():
    return load_spam()


def test_counts(mails):
    assert mails["kind"].value_counts().to_dict() == {
        "easy-ham": 3801,
        "spam": 1686,
        "hard-ham": 226,
    }
    assert mails["group"].nunique() == 3074
    assert not mails["text"].duplicated().any()
    assert (mails["text"].str.strip() != "").all()


def test_what_tells_where_a_mail_came_from_is_gone(mails):
    for left in (r"https?://", r"[\w.]+@\w+\.\w+", r"<(?:p|br|td|a)\b"):
        assert mails["text"].str.contains(left, regex=True).mean() < 0.001, left


STYLE = "<style>p {color: red}</style>"


def mail(subject, body, kind="text/plain", **headers):
    said = {"Subject": subject, "Content-Type": kind} | headers
    head = "".join(f"{name}: {value}\n" for name, value in said.items() if value)
    return f"{head}\n{body}\n"


@pytest.fixture
def small(tmp_path, monkeypatch):
    def make(*mails):
        path = tmp_path / "mails.tgz"
        with tarfile.open(path, mode="w:gz") as archive:
            for number, (folder, text) in enumerate(mails):
                content = json.dumps({"text": text}).encode()
                for ending in ("json", "txt"):  # the package has both
                    name = f"package/data/{folder}/{number:05}.abc.{ending}"
                    member = tarfile.TarInfo(name)
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))
        monkeypatch.setattr(spam, "fetch", lambda name: {"mails.tgz": path})
        return load_spam()

    return make


def test_marks_quotes_and_repeats_are_gone(small):
    mails = small(
        ("easy-ham-1", mail("Re: [ILUG] Slow disk", "> slow\nBuy a new one today.")),
        ("easy-ham-2", mail("slow disk", "No, do not buy it.")),
        ("easy-ham-2", mail("slow disk", "No, do not buy it.")),
        (
            "hard-ham-1",
            mail("News", "<html><style>p {}</style><b>New</b> &amp; old things", "text/html"),
        ),
        ("spam-2", mail(None, "Buy it now at http://x.example today.")),
        ("spam-1", mail("Empty", "")),
        ("spam-1", mail("Shop", "Buy it all:<BR><a href='x'>here</a> today")),
    )
    assert mails["text"].tolist() == [
        "Slow disk. Buy a new one today",
        "slow disk. No, do not buy it",
        "News. New & old things",
        "Buy it now at today",
        "Shop. Buy it all: here today",
    ]
    assert mails["kind"].tolist() == ["easy-ham", "easy-ham", "hard-ham", "spam", "spam"]
    assert mails["group"].tolist() == [0, 0, 1, 2, 3]


def test_groups_reach_through_others(small):
    long = "We have a very special offer for you today and you must read it all."
    mails = small(
        ("spam-1", mail("One", "First.")),
        ("spam-1", mail("Two", f"{long} A")),
        ("spam-1", mail("One", f"{long} B")),
        ("spam-1", mail("Three", "Third.")),
    )
    assert mails["group"].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("encoding", "charset", "body"),
    [
        ("quoted-printable", "utf-8", "na=C3=AFve offer"),
        ("base64", "latin-1", "bmHvdmUgb2ZmZXI="),
        ("quoted-printable", "no-such-charset", "na=EFve offer"),
        ("quoted-printable", "utf-8", "na=EFve offer"),
    ],
)
def test_letters_are_read_in_their_encoding(encoding, charset, body, small):
    kind = f"text/plain; charset={charset}"
    text = mail("=?utf-8?q?Zo=C3=AB?=", body, kind, **{"Content-Transfer-Encoding": encoding})
    assert small(("spam-1", text))["text"].tolist() == ["Zoë. naïve offer"]
