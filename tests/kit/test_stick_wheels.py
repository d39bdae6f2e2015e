"""Which wheels a system and a Python take, and that each is the one that the index names."""

import hashlib
import json
from pathlib import Path

import pytest
import resolve_lock
import stick_wheels
from steps import StepError
from stick_wheels import Wheel

ROOT = Path(stick_wheels.__file__).resolve().parents[1]
PLACES = stick_wheels.places_named(["linux", "macos", "windows"], ["3.11", "3.12", "3.13"])


def wheel(name, *needs, version="1"):
    return Wheel(name, version, f"{name}-{version}-py3-none-any.whl", "", needs)


def found(*wheels):
    return {w.name: w for w in wheels}


def test_each_system_and_python_has_a_name():
    assert len(PLACES) == 9
    windows = PLACES["windows-3.12"]
    assert (windows["platform_machine"], windows["python_full_version"]) == ("AMD64", "3.12.0")
    assert PLACES["macos-3.11"]["platform_machine"] == "arm64"
    assert PLACES["linux-3.13"]["platform_machine"] == "x86_64"


@pytest.mark.parametrize(("platform", "python"), [("solaris", "3.11"), ("linux", "3.10")])
def test_a_system_or_python_that_is_not_served_is_refused(platform, python):
    with pytest.raises(StepError, match=f"'{platform}-{python}' is none.*linux, macos, windows"):
        stick_wheels.places_named([platform], [python])


def test_the_whole_lock_is_asked_for_but_what_builds_the_site():
    asked = {name: stick_wheels.lines_for(ROOT, place) for name, place in PLACES.items()}
    everywhere = {line for lines in asked.values() for line in lines}
    locked = set(resolve_lock.pins(ROOT / "requirements.lock"))
    assert {line.partition("==")[0] for line in locked - everywhere} == stick_wheels.LEFT_OUT
    assert everywhere < locked

    def places_with(name):
        return {p for p, lines in asked.items() if any(line.startswith(name) for line in lines)}

    assert places_with("pywinpty==") == {"windows-3.11", "windows-3.12", "windows-3.13"}
    assert places_with("appnope==") == {"macos-3.11", "macos-3.12", "macos-3.13"}
    assert places_with("overrides==") == {"linux-3.11", "macos-3.11", "windows-3.11"}


TORCH = wheel(
    "torch",
    "numpy>=1",
    'cuda-toolkit[blas]==13.0; platform_system == "Linux"',
    'optree; extra == "optree"',
)


def test_what_a_wheel_needs_beyond_the_lock_is_found_as_its_system_reads_it():
    torch = found(TORCH, wheel("numpy", version="2.1"))
    assert stick_wheels.unmet(PLACES["macos-3.11"], torch) == []
    assert stick_wheels.unmet(PLACES["linux-3.11"], torch) == ["cuda-toolkit==13.0"]


def test_an_extra_is_followed_where_it_is_asked_for():
    toolkit = wheel(
        "cuda-toolkit",
        'nvidia-cublas==13.*; extra == "blas"',
        'nvidia-nvtx==13.*; extra == "nvtx"',
        version="13.0",
    )
    torch = found(TORCH, wheel("numpy", version="2.1"), toolkit)
    assert stick_wheels.unmet(PLACES["linux-3.11"], torch) == ["nvidia-cublas==13.*"]
    torch = torch | found(wheel("nvidia-cublas", version="13.2"))
    assert stick_wheels.unmet(PLACES["linux-3.11"], torch) == []


def test_a_version_that_does_not_fit_is_told():
    both = found(wheel("a", "b>=2"), wheel("b", version="1.9"))
    with pytest.raises(StepError, match=r"a needs b>=2, and the lock has 1\.9: run `make lock`"):
        stick_wheels.unmet(PLACES["linux-3.11"], both)


class Index:
    """In place of pip and an index: describes wheels, hands them out, and notes what was asked."""

    def __init__(self, wheels):
        self.wheels, self.fetched, self.bad, self.options = wheels, [], (), []

    def pip(self, root, command, *words):
        words = [str(word) for word in words]
        self.options.append(words)
        lines = Path(words[words.index("-r") + 1]).read_text().splitlines()
        names = [line.partition("==")[0] for line in lines]
        if command == "install":
            text = json.dumps({"install": [self.described(name) for name in names]})
            Path(words[words.index("--report") + 1]).write_text(text)
            return
        assert all("--hash=sha256:" in line for line in lines)
        folder = Path(words[words.index("--dest") + 1])
        folder.mkdir()
        for name in names:
            self.fetched.append(name)
            content = b"altered" if name in self.bad else self.content(name)
            (folder / f"{name}-1+cpu-py3-none-any.whl").write_bytes(content)

    def content(self, name):
        return name.encode()

    def described(self, name):
        sha = hashlib.sha256(self.content(name)).hexdigest()
        return {
            "metadata": {"name": name, "version": "1+cpu", "requires_dist": self.wheels[name]},
            "download_info": {
                "url": f"somewhere/{name}-1%2Bcpu-py3-none-any.whl",
                "archive_info": {"hash": f"sha256={sha}"},
            },
        }


@pytest.fixture
def index(monkeypatch, tmp_path):
    (tmp_path / "requirements.lock").write_text(
        "# head\ntorch==1  # any\nnodejs-wheel==1\npywinpty==1 ; os_name == 'nt'\n"
    )
    (tmp_path / "house").mkdir()
    one = Index({"torch": ["cublas==1.*"], "cublas": ["jitlink"], "jitlink": [], "pip": []})
    monkeypatch.setattr(stick_wheels, "_pip", one.pip)
    return one


def gather(root):
    return stick_wheels.gather(root, PLACES["linux-3.11"], root / "house")


def test_what_is_needed_is_fetched_once_and_nothing_else_is_left(index, tmp_path):
    wheels = gather(tmp_path)
    assert [w.name for w in wheels] == ["cublas", "jitlink", "pip", "torch"]
    assert sorted(index.fetched) == ["cublas", "jitlink", "pip", "torch"]
    files = {path.name for path in (tmp_path / "house").iterdir() if path.is_file()}
    assert files == {w.file for w in wheels}
    assert gather(tmp_path) == wheels
    assert len(index.fetched) == 4


def test_pip_is_told_for_which_system_and_builds_nothing(index, tmp_path):
    gather(tmp_path)
    for words in index.options:
        assert "--only-binary=:all:" in words
        assert "--no-deps" in words
        assert "manylinux_2_28_x86_64" in words
        assert words[words.index("--python-version") + 1] == "3.11.0"


def test_a_wheel_that_was_altered_on_the_disk_is_fetched_anew(index, tmp_path):
    gather(tmp_path)
    (tmp_path / "house" / "pip-1+cpu-py3-none-any.whl").write_bytes(b"other")
    del index.fetched[:]
    gather(tmp_path)
    assert index.fetched == ["pip"]
    assert (tmp_path / "house" / "pip-1+cpu-py3-none-any.whl").read_bytes() == b"pip"


def test_a_wheel_that_is_not_what_the_index_says_is_refused(index, tmp_path):
    index.bad = ("jitlink",)
    with pytest.raises(StepError, match=r"jitlink-1\+cpu-py3-none-any.whl is not what the index"):
        gather(tmp_path)
    assert not (tmp_path / "house" / "jitlink-1+cpu-py3-none-any.whl").exists()


def test_packages_without_end_are_given_up(index, tmp_path):
    index.wheels |= {f"p{i}": [f"p{i + 1}"] for i in range(20)}
    index.wheels["torch"] = ["p0"]
    with pytest.raises(StepError, match="need ever more packages: p"):
        gather(tmp_path)


def test_a_failed_pip_is_told_with_a_cure(monkeypatch, tmp_path):
    monkeypatch.setattr(stick_wheels.sys, "executable", "/bin/false")
    with pytest.raises(StepError, match="run `make stick` again; what was fetched is kept"):
        stick_wheels._pip(tmp_path, "download")


def test_the_list_for_pip_holds_version_hash_and_file():
    one = Wheel("torch", "2.13.0+cpu", "torch-2.13.0+cpu-cp311.whl", "ab", ())
    line = stick_wheels.requirements([one]).splitlines()[1]
    assert line == "torch==2.13.0+cpu --hash=sha256:ab  # torch-2.13.0+cpu-cp311.whl"
