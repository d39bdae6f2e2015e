"""The command line: what it prints, what it answers in JSON, and how it fails."""

import json

import pytest

from plmrec_lite import data, doctor
from plmrec_lite.cli import main
from plmrec_lite.text import ModelError


def test_recommend_names_what_it_understood(capsys):
    assert main(["recommend", "Alien; a heist", "-k", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Films you named: Alien"
    assert lines[1] == "Words you used:  a heist"
    assert len(lines) == 5


def test_recommend_as_json(capsys):
    assert main(["recommend", "Alien", "-k", "2", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["titles"] == ["Alien"]
    assert [set(film) for film in answer["films"]] == [{"item", "title", "year", "genres"}] * 2


def test_bad_words_are_one_line_and_status_one(capsys):
    assert main(["recommend", " "]) == 1
    assert "empty taste" in capsys.readouterr().err
    assert main(["data", "ml-latest-small"]) == 1
    assert "cannot stand in" in capsys.readouterr().err


def test_no_command_is_status_two(capsys):
    with pytest.raises(SystemExit, match="2"):
        main([])


def test_data_says_where_it_lies(capsys):
    assert main(["data", "opinions", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["folder"] == str(data.cache_home())
    assert [line["name"] for line in answer["datasets"]] == ["opinions"]


def test_doctor_finds_all_well(capsys):
    assert main(["doctor", "--json"]) == 0
    findings = {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert set(data.DATASETS) | {"python", "device", "cache", "model"} <= set(findings)
    assert all(finding["works"] for finding in findings.values())


def test_doctor_names_each_fault_and_its_cure(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("PLMREC_PROFILE", "laptop")
    monkeypatch.setattr(doctor, "PACKAGES", ("no-such-package",))

    def damaged():
        raise ModelError("weights are truncated; run: pip install again")

    monkeypatch.setattr("plmrec_lite.text.TextEncoder", damaged)
    assert main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert "✗ no-such-package" in printed
    assert "✗ device         PLMREC_PROFILE='laptop'" in printed
    assert "cure: set PLMREC_HOME to a folder you can write to" in printed
    assert "cure: run: plmrec-lite data movielens-100k" in printed
    assert "cure: weights are truncated; run: pip install again" in printed


def test_doctor_accepts_a_read_only_cache_that_is_complete(monkeypatch):
    def read_only(*positional, **named):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryDirectory", read_only)
    finding = doctor._cache()
    assert finding.works
    assert "it holds all that is needed" in finding.seen
