"""Grade a folder of submissions: python tools/grade.py AUTOGRADER SUBMISSIONS [--to FOLDER].

AUTOGRADER is an archive that `make editions` has made, such as
_build/editions/instructor/autograders/cold-items.zip; SUBMISSIONS a folder of notebooks, one a
student. Each runs by `otter run` in a process of its own, with an empty home folder, a limit of
minutes, and the variables of nobody's shell; on Linux also without a network. The points go to
grades.csv, what failed to a file for each student.

This contains accidents. It does not contain an attack: the code of a student can read what this
account can read. Run it in a container, or as an account of its own.
"""

import argparse
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from plmrec_lite.data import cache_home

MINUTES = 15
WITHOUT_NETWORK = ["unshare", "--user", "--map-root-user", "--net", "--kill-child", "sh", "-c"]
LOOPBACK = 'ip link set lo up && exec "$@"'  # the kernel of a notebook talks over loopback


def room_without_network():
    """Return the words that run a command without a network; none where that cannot be."""
    words = [*WITHOUT_NETWORK, LOOPBACK, "sh"]
    if sys.platform != "linux" or not shutil.which("unshare") or not shutil.which("ip"):
        return []
    done = subprocess.run([*words, "true"], capture_output=True, check=False)
    return [] if done.returncode else words


def grade(archive, submission, folder, minutes=MINUTES, room=()):
    """Run one submission; return its points and the points to be had, by question.

    Raises `subprocess.TimeoutExpired`, or `RuntimeError` with what otter said.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        words = ["-m", "otter", "run", "-a", archive.resolve(), "-o", folder.resolve(), "--no-logo"]
        child = subprocess.Popen(
            [*room, sys.executable, *map(str, words), str(submission.resolve())],
            cwd=home,
            env=_variables(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = child.communicate(timeout=60 * minutes)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
            raise
    results = folder / "results.json"
    if child.returncode or not results.is_file():
        raise RuntimeError(said[-2000:])
    tests = json.loads(results.read_text(encoding="utf-8"))["tests"]
    return {
        test["name"]: (test["score"], test["max_score"])
        for test in tests
        if "score" in test and test.get("max_score")
    }


def _variables(home):
    """Return the variables that a submission sees: no token of the lecturer's shell."""
    kept = ("PATH", "PYTHONPATH", "LANG", "SYSTEMROOT", "OMP_NUM_THREADS", "PLMREC_MODEL")
    own = {name: os.environ[name] for name in kept if name in os.environ}
    return {**own, "HOME": home, "PLMREC_HOME": str(cache_home()), "MPLBACKEND": "agg"}


def grade_all(archive, submissions, folder, minutes=MINUTES):
    """Grade every notebook of a folder, and write grades.csv; return its rows."""
    room, rows = room_without_network(), []
    print("without a network" if room else "with the network of this machine", file=sys.stderr)
    for path in sorted(submissions.glob("*.ipynb")):
        row = {"submission": path.stem}
        try:
            points = grade(archive, path, folder / path.stem, minutes, room)
            row |= {name: score for name, (score, _) in points.items()}
            row |= {
                "points": sum(score for score, _ in points.values()),
                "of": sum(most for _, most in points.values()),
            }
        except subprocess.TimeoutExpired:
            row["error"] = f"not done after {minutes:g} minutes"
        except RuntimeError as error:
            row["error"] = str(error).strip().splitlines()[-1][:200]
        rows.append(row)
        print(row, flush=True)
    names = list(dict.fromkeys(name for row in rows for name in row if name != "error"))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "grades.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*names, "error"])
        writer.writeheader()
        writer.writerows(rows)
    return rows


def main(arguments=None):
    """Grade a folder; return 1 if a submission could not be graded."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("submissions", type=Path)
    parser.add_argument("--to", type=Path, default=Path("grades"))
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for one submission")
    options = parser.parse_args(arguments)
    for path in (options.archive, options.submissions):
        if not path.exists():
            parser.error(f"{path} is not there")
    rows = grade_all(options.archive, options.submissions, options.to, options.minutes)
    return int(not rows or any("error" in row for row in rows))


if __name__ == "__main__":
    sys.exit(main())
