"""How the lock files are made: what is asked of the index for each system and Python.

`make lock` itself asks the index; what it found is tested in tests/book/test_versions.py.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import resolve_lock
from steps import StepError

LINUX, ARM, MAC, WINDOWS = (resolve_lock.places()[i] for i in (0, 3, 6, 9))


def test_each_system_is_proved_with_the_lowest_patch_of_each_python():
    found = resolve_lock.places()
    assert len(found) == 12
    assert [p["platform_machine"] for p in (LINUX, ARM, MAC, WINDOWS)] == [
        "x86_64",
        "aarch64",
        "arm64",
        "AMD64",
    ]
    assert [p["python_full_version"] for p in found[:3]] == ["3.11.0", "3.12.0", "3.13.0"]
    assert (WINDOWS["sys_platform"], WINDOWS["os_name"]) == ("win32", "nt")


def test_a_system_takes_the_wheels_that_are_made_for_it():
    assert resolve_lock.tags(WINDOWS) == ["win_amd64"]
    assert resolve_lock.tags(MAC) == ["macosx_14_0_arm64"]
    linux = resolve_lock.tags(ARM)
    assert linux[0] == "manylinux_2_28_aarch64"
    assert {"manylinux_2_17_aarch64", "manylinux2014_aarch64", "linux_aarch64"} <= set(linux)
    assert not any("2_29" in tag or "x86" in tag for tag in linux)


def test_the_lines_of_a_lock_are_read_without_markers_and_comments(tmp_path):
    lock = tmp_path / "x.lock"
    lock.write_text(
        '# head==0\n-r other.lock\na-b==1.0+cpu  # >=3\nc==2 ; os_name == "nt"  # any\n'
    )
    assert resolve_lock.pins(lock) == ["a-b==1.0+cpu", "c==2"]
    assert resolve_lock.pins(tmp_path / "none.lock") == []


def test_only_what_some_system_takes_is_locked(tmp_path):
    lines = [
        "always==1",
        "pywinpty==3 ; os_name == 'nt'",
        "overrides==7 ; python_full_version < '3.12'",
        "old==2 ; python_full_version < '3.14'",
        "new==4 ; python_full_version >= '3.14'",
        "js==1 ; sys_platform == 'emscripten'",
        "nvidia-cublas==13 ; sys_platform == 'linux'",
        "cuda-toolkit==13",
        "triton==3",
    ]
    (tmp_path / "all.txt").write_text("\n".join(lines))
    found = resolve_lock._served(sys.executable, tmp_path, tmp_path / "all.txt")
    assert list(found) == [
        "always==1",
        'pywinpty==3 ; os_name == "nt"',
        'overrides==7 ; python_full_version < "3.12"',
        "old==2",
    ]
    assert found["always==1"] == [True] * 12
    assert found['pywinpty==3 ; os_name == "nt"'] == [False] * 9 + [True] * 3
    assert found['overrides==7 ; python_full_version < "3.12"'] == [True, False, False] * 4


@pytest.fixture
def index(monkeypatch):
    """What pip is asked, and an index that has all but what a test takes away."""
    asked, gone = [], set()

    def run(command, cwd, **options):
        words = [str(word) for word in command]
        after = {word: words[i + 1] for i, word in enumerate(words[:-1])}
        lines = Path(after["-r"]).read_text().split()
        asked.append((after["--python-version"], after["--platform"], lines, words))
        if gone & set(lines):
            return SimpleNamespace(returncode=1, args=words, stderr=b"No matching distribution")
        found = [{"metadata": {"name": line.split("==")[0].replace("-", "_")}} for line in lines]
        found[0]["metadata"]["requires_python"] = ">=3.10"
        Path(after["--report"]).write_text(json.dumps({"install": found}))
        return SimpleNamespace(returncode=0, args=words, stderr=b"")

    monkeypatch.setattr(resolve_lock, "run", run)
    return SimpleNamespace(asked=asked, gone=gone)


SERVED = {
    "a-b==1": [True] * 12,
    'win==2 ; os_name == "nt"': [False] * 9 + [True] * 3,
    "pytrec-eval-terrier==3": [True] * 12,
}


def test_every_system_is_asked_for_wheels_of_what_it_takes(index, tmp_path):
    told = resolve_lock.prove(sys.executable, tmp_path, SERVED, tmp_path)
    assert told == {"a-b": ">=3.10", "win": "any", "pytrec-eval-terrier": "any"}
    assert [version for version, *_ in index.asked] == ["3.11.0", "3.12.0", "3.13.0"] * 4
    assert index.asked[0][2] == ["a-b==1", "pytrec-eval-terrier==3"]
    assert index.asked[3][2] == ["a-b==1"]  # built from source on Linux aarch64
    assert index.asked[9][2] == ["a-b==1", "win==2", "pytrec-eval-terrier==3"]
    for *_, words in index.asked:
        assert {"--dry-run", "--no-deps", "--only-binary=:all:", "--ignore-installed"} <= set(words)


def test_a_package_without_a_wheel_is_told(index, tmp_path, capsys):
    index.gone.add("win==2")
    with pytest.raises(StepError, match="ended with 1"):
        resolve_lock.prove(sys.executable, tmp_path, SERVED, tmp_path)
    assert "Windows AMD64" in capsys.readouterr().out
