"""The command line: what it prints, what it answers in JSON, and how it fails."""

import io
import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from plmrec_lite import cli, data, doctor
from plmrec_lite.cli import main
from plmrec_lite.doctor import Finding
from plmrec_lite.runtime import shell_command
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
    assert main(["recommend", ";".join(["a film " * 30] * 4)]) == 0


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


HEAVY = {"torch", "transformers", "tokenizers", "sklearn", "scipy.stats", "pandas", "rapidfuzz"}
ASK = (
    "import sys; from plmrec_lite.cli import main; status = main(sys.argv[1:]); "
    "print(status, *sys.modules)"
)


@pytest.mark.parametrize(
    ("words", "status", "light"),
    [
        ([" ;"], 1, HEAVY),  # refused
        (["Alien", "-k", "0"], 1, HEAVY),
        (["a heist"], 0, HEAVY - {"pandas", "rapidfuzz"}),  # all vectors are kept
        (["Alien"], 0, {"torch", "transformers", "tokenizers"}),  # no vectors are needed
    ],
)
def test_a_call_imports_no_more_than_it_needs(words, status, light, capsys):
    assert main(["recommend", "a heist"]) == 0  # its vectors are kept from here on
    done = subprocess.run(
        [sys.executable, "-c", ASK, "recommend", *words], capture_output=True, text=True
    )
    assert not done.stderr.startswith("Traceback"), done.stderr
    ended, *imported = done.stdout.splitlines()[-1].split()
    assert int(ended) == status
    assert not light & set(imported)


def test_a_model_is_loaded_only_for_words_that_are_not_kept(monkeypatch, tmp_path, capsys):
    films, loads = data.load_movielens(), []

    def load(name):
        loads.append(name)
        raise ModelError("asked for")

    monkeypatch.setattr(data, "load_movielens", lambda: films)
    monkeypatch.setattr("plmrec_lite.text.encoder.load_pretrained", load)
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path))
    assert main(["recommend", "Alien"]) == 0
    assert loads == []
    assert main(["recommend", "a heist"]) == 1
    assert loads == ["minilm"]


def test_no_command_is_status_two(capsys):
    with pytest.raises(SystemExit, match="2"):
        main([])


def test_data_says_where_it_lies(capsys):
    assert main(["data", "opinions", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["folder"] == str(data.cache_home())
    assert [line["name"] for line in answer["datasets"]] == ["opinions"]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii", "utf-8"])
def test_what_the_terminal_has_no_sign_for_ends_nothing(encoding, monkeypatch):
    found = [Finding("good", True, "fine"), Finding("bad", False, "a \N{SNOWMAN}", "melt it — now")]
    monkeypatch.setattr(doctor, "examine", lambda: found)
    monkeypatch.setattr(sys, "argv", ["plmrec-lite", "doctor"])
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert main() == 1
    sys.stdout.flush()
    said = sys.stdout.buffer.getvalue().decode(encoding).split("\n")
    assert said[0].split() == ["✓" if encoding == "utf-8" else "+", "good", "fine"]
    snowman = "\N{SNOWMAN}" if encoding == "utf-8" else "\\u2603"
    assert said[1].split() == ["✗" if encoding == "utf-8" else "-", "bad", "a", snowman]
    assert said[2].startswith("  cure: melt it")
    monkeypatch.setattr(sys, "argv", ["plmrec-lite", "data", "\N{SNOWMAN}"])
    assert main() == 1
    sys.stderr.flush()
    assert snowman.encode(encoding) in sys.stderr.buffer.getvalue()


def test_json_is_ascii_whatever_the_terminal(capsys):
    assert main(["recommend", "Les Misérables", "-k", "1", "--json"]) == 0
    printed = capsys.readouterr().out
    assert printed.isascii()
    assert json.loads(printed)["titles"] == ["Les Misérables"]


@pytest.mark.parametrize("place", ["here", "elsewhere"])
def test_the_cure_for_a_missing_data_set_is_followed(place, tmp_path, monkeypatch):
    if place == "elsewhere":
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PYTHONPATH", str(Path(doctor.__file__).parents[1]))
    with monkeypatch.context() as patch:
        patch.setenv("PLMREC_HOME", str(tmp_path / "empty"))
        finding = doctor._dataset("opinions")
    assert not finding.works
    command = finding.cure.removeprefix("run: ")
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.stdout.startswith("opinions         verified")


def test_the_cure_for_a_missing_package_is_a_command_that_runs(monkeypatch):
    finding = doctor._package("no-such-package")
    command = finding.cure.removeprefix("run: ")
    assert command.endswith("-m pip install no-such-package")
    done = subprocess.run(f"{command} --help", shell=True, capture_output=True)
    assert done.returncode == 0


@pytest.mark.parametrize("option", ["--split", "--on-bad", "--duplicates"])
def test_an_option_of_a_few_words_takes_no_other(option, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["judge", "events.csv", "--items", "items.csv", option, "another"])
    assert f"argument {option}: invalid choice: 'another'" in capsys.readouterr().err


def test_each_command_and_each_option_says_what_it_is():
    (commands,) = cli._parser()._subparsers._group_actions
    assert {one.dest for one in commands._choices_actions if one.help} == {*commands.choices}
    silent = {
        (name, action.dest)
        for name, parser in commands.choices.items()
        for action in parser._actions
        if not action.help and not action.choices
    }
    assert silent == set()


@pytest.mark.parametrize(
    ("system", "machine", "cure"),
    [
        ("Darwin", "x86_64", "no current torch for Intel Macs"),
        ("Darwin", "arm64", "pip install torch"),
        ("Linux", "x86_64", "pip install torch"),
    ],
)
def test_a_missing_torch_on_an_intel_mac_gets_its_own_cure(monkeypatch, system, machine, cure):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", missing)
    monkeypatch.setattr(doctor.platform, "system", lambda: system)
    monkeypatch.setattr(doctor.platform, "machine", lambda: machine)
    assert cure in doctor._package("torch").cure
    assert "Intel" not in doctor._package("pandas").cure


def test_doctor_works_without_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "transformers", None)
    findings = {finding.name: finding for finding in doctor.examine()}
    assert not findings["device"].works
    assert "torch" in findings["device"].seen
    assert not findings["model"].works


def test_the_gpu_sizes_without_a_gpu_are_named_with_the_cure(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setenv("PLMREC_PROFILE", "gpu")
    finding = doctor._device()
    assert not finding.works
    assert finding.seen.startswith("cpu, profile gpu, but torch sees no GPU")
    assert "unset PLMREC_PROFILE" in finding.cure
    monkeypatch.delenv("PLMREC_PROFILE")
    assert doctor._device() == Finding("device", True, "cpu, profile cpu")


@pytest.mark.parametrize("size", ["cpu", "gpu"])
def test_a_gpu_is_named_with_its_memory(monkeypatch, size):
    made = SimpleNamespace(name="Made-up 9", total_memory=24.4e9)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: made)
    monkeypatch.setenv("PLMREC_PROFILE", size)
    assert doctor._device() == Finding("device", True, f"cuda (Made-up 9, 24 GB), profile {size}")


def test_doctor_says_what_the_vector_cache_holds(monkeypatch, tmp_path):
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path))
    assert doctor._vectors().seen == f"0.0 MB in 0 files in {tmp_path / 'vectors'}"
    keep_vectors("k", np.zeros((1000, 300), dtype=np.float32))
    finding = doctor._vectors()
    assert finding.works
    assert finding.seen.startswith(f"1.2 MB in 1 files in {tmp_path / 'vectors'} (to remove them: ")
    subprocess.run(finding.seen.partition("them: ")[2][:-1], shell=True, check=True)
    assert not (tmp_path / "vectors").exists()


def test_doctor_finds_all_well(capsys):
    assert main(["doctor", "--json"]) == 0
    findings = {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert set(data.DATASETS) | {"python", "device", "cache", "vectors", "model"} <= set(findings)
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
    assert f"cure: run: {shell_command('data', 'movielens-100k')}" in printed
    assert "cure: weights are truncated; run: pip install again" in printed


def test_doctor_accepts_a_read_only_cache_that_is_complete(monkeypatch):
    def read_only(*positional, **named):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryDirectory", read_only)
    finding = doctor._cache()
    assert finding.works
    assert "it holds all that is needed" in finding.seen


def test_what_no_page_needs_is_fetched_by_name_only(capsys, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(data, "fetch", lambda name: asked.append(name) or {})
    assert main(["data"]) == 0
    assert asked == [name for name in data.DATASETS if name not in ("mpnet", "movielens-1m")]
    assert main(["data", "mpnet"]) == 0
    assert asked[-1] == "mpnet"
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path))
    finding = doctor._dataset("mpnet")
    assert finding.works
    assert shell_command("data", "mpnet") in finding.seen
