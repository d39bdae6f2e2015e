"""A stick of a few small files: the start scripts are the real ones, its packages are tiny."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import checksums
import machine
import make_stick
import stick_wheels

sys.path.append(str(Path(make_stick.__file__).parent / "stick"))
from start import place_of

ROOT = Path(make_stick.__file__).resolve().parents[1]
PYTHON = "{}.{}".format(*sys.version_info[:2])
PATIENCE_S = 30
# In place of pip: checks the hash of each wheel, unpacks one after the other, and stops where the
# test asks for it.
PIP = """
import hashlib, json, os, pathlib, sys, sysconfig, time, zipfile
options = sys.argv[1:]
wheels = pathlib.Path(options[options.index("--find-links") + 1])
site = pathlib.Path(sysconfig.get_path("purelib"))
site.joinpath("words.json").write_text(json.dumps(options))
leaks = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "PYTHON"))}
site.joinpath("leaks.json").write_text(json.dumps(leaks))
for line in pathlib.Path(options[options.index("-r") + 1]).read_text().splitlines():
    if "--hash" in line:
        file = wheels / line.rpartition("# ")[2]
        sha = hashlib.sha256(file.read_bytes()).hexdigest()
        assert f"--hash=sha256:{sha} " in line, file
        zipfile.ZipFile(file).extractall(site)
        if os.environ.get("STOP_AT") == file.name:
            pathlib.Path(os.environ["STOPPED"]).write_text(str(os.getpid()))
            time.sleep(30)
"""
LIBRARY = "import os\nprint('home', os.environ['PLMREC_HOME'])\n"
FILES = {
    "site/index.html": "<h1>The book</h1>",
    "source/book/start/setup.ipynb": "first edition",
    "source/book/ideas/why.ipynb": "first edition",
    "data/films/u.data": "1 2 3",
}


def write_wheel(folder, name, files):
    """Write a wheel of some files; return its record."""
    path = folder / f"{name}-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    return stick_wheels.Wheel(name, "1", path.name, sha, ())


class TinyStick:
    """A stick for this machine, the disk of a reader, and what the start script does there."""

    def __init__(self, folder):
        self.root, self.home = folder / "the stíck", folder / "home"
        self.home.mkdir(parents=True)
        self.work, self.stopped = self.home / "plmrec-book", folder / "stopped"
        (self.root / "wheels").mkdir(parents=True)
        for name, text in FILES.items():
            self.write(name, text)
        wheels = [
            write_wheel(self.root / "wheels", "first", {"first.py": ""}),
            write_wheel(self.root / "wheels", "library", {"library.py": LIBRARY}),
            write_wheel(self.root / "wheels", "pip", {"pip/__main__.py": PIP}),
        ]
        self.place = place_of(machine.facts(folder))
        text = stick_wheels.requirements(wheels)
        (self.root / "wheels" / f"{self.place}.txt").write_text(text)
        make_stick.put_start(ROOT, self.root, ["linux"], [PYTHON])
        make_stick.put_page(ROOT, self.root, ["linux"], [PYTHON])
        checksums.write(self.root)

    def write(self, name, text, of=None):
        """Write a file of the stick, or of another folder."""
        path = (of or self.root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def begin(self, *words, of=None, **variables):
        """Start the script of the stick, or of another folder."""
        leaks = {"PYTHONPATH": "/nowhere", "PIP_INDEX_URL": "nowhere", "PIP_USER": "1"}
        return subprocess.Popen(
            ["sh", str((of or self.root) / "start.sh"), *words],
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), **leaks, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def start(self, *words, **options):
        """Run the script to its end: status, and what it said."""
        child = self.begin(*words, **{"PLMREC_PYTHON": sys.executable, **options})
        out, _ = child.communicate(timeout=PATIENCE_S)
        return child.returncode, out

    def interrupt(self, how, stop_at):
        """Set the environment up, and end it while a wheel is being unpacked."""
        child = self.begin(
            "setup", PLMREC_PYTHON=sys.executable, STOP_AT=stop_at, STOPPED=str(self.stopped)
        )
        for _ in range(PATIENCE_S * 50):
            if self.stopped.exists() and self.stopped.read_text():
                break
            time.sleep(0.02)
        step = int(self.stopped.read_text())
        self.stopped.unlink()
        if how == "SIGKILL":
            os.killpg(os.getpgid(step), signal.SIGKILL)
            os.killpg(child.pid, signal.SIGKILL)
        else:
            os.kill(child.pid, signal.SIGINT)
        out, _ = child.communicate(timeout=PATIENCE_S)
        return child.returncode, out

    def installed(self):
        """The modules in the environment, without what the installer notes."""
        site = next((self.work / "env").glob("[lL]ib/**/site-packages"))
        return {path.name for path in site.glob("*.py")}

    def note(self, name):
        """What the installer was told."""
        return next((self.work / "env").glob(f"[lL]ib/**/{name}")).read_text()

    def copy(self, folder):
        """Copy the stick, as a lecturer does."""
        shutil.copytree(self.root, folder)
        return folder
