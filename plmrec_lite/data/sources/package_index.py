"""Find the address of a package's file where the reader's own pip or npm would; install nothing."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib.util
import json
import logging
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

logging.getLogger("unearth").addHandler(logging.NullHandler())  # an index without it is no news
TRUE = ("1", "true", "yes", "on", "y", "t")  # as pip reads them


class SourceError(Exception):
    """One source did not give its archive; the message says why."""


class AlteredError(SourceError):
    """A source serves other bytes than the book knows.

    Parameters
    ----------
    name : str; the file or the package
    expected, found : str; its sha256 as it should be, and as it is
    """

    def __init__(self, name, expected, found):
        super().__init__(
            f"{name} is altered at its source: expected sha256 {expected}, found {found}. It was "
            "not used: upgrade plmrec-lite, which may know a newer edition, or fetch over another "
            "network"
        )


@contextlib.contextmanager
def locate(source, timeout):
    """Find where a source's archive lies, and open what fetches it from there.

    Parameters
    ----------
    source : Source
    timeout : float; seconds of silence after which a server counts as absent; the reader's setting
        for pip counts more, at its indexes

    Yields
    ------
    client : unearth.fetchers.PyPIClient; with the reader's proxy, certificates, hosts and .netrc
    addresses : list of str; of files that should be the archive, in the order in which to try them

    Raises
    ------
    SourceError: no place has it (the message names the places)
    """
    if source.kind in ("wheel", "sdist"):
        settings = _pip_settings()
        with _client(settings, timeout) as client:
            yield client, _packages(client, settings, source)
    else:
        with _client({}, timeout) as client:
            yield client, [source.where if source.kind == "url" else _tarball(client, source)]


def _pip_settings():
    """The settings of the reader's pip, such as {"index-url": "https://…"}, environment last."""
    if importlib.util.find_spec("pip") is None:  # an environment made by uv
        named = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        return {name[4:].lower().replace("_", "-"): value for name, value in named.items()}
    command = [sys.executable, "-m", "pip", "config", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SourceError(f"pip cannot read its settings: {done.stderr.strip()}")
    sections = {"global": {}, "download": {}, ":env:": {}}  # the last one counts
    for line in done.stdout.splitlines():
        place, _, value = line.partition("=")
        section, _, name = place.partition(".")
        if section in sections:
            sections[section][name] = ast.literal_eval(value)
    return functools.reduce(dict.__or__, sections.values())


def _client(settings, timeout):
    """What fetches from addresses, ``file://`` among them."""
    from unearth.auth import MultiDomainBasicAuth
    from unearth.fetchers import PyPIClient

    options = {}
    if "cert" in settings:
        options["verify"] = ssl.create_default_context(cafile=settings["cert"])
    if "proxy" in settings:
        options["proxy"] = settings["proxy"]
    client = PyPIClient(
        trusted_hosts=settings.get("trusted-host", "").split(),
        timeout=float(settings.get("timeout", settings.get("default-timeout", timeout))),
        headers={"User-Agent": "plmrec-lite", "Accept-Encoding": "identity"},
        follow_redirects=True,
        **options,
    )
    indexes = f"{settings.get('index-url', '')} {settings.get('extra-index-url', '')}".split()
    client.auth = MultiDomainBasicAuth(prompting=False, index_urls=indexes)  # reads .netrc too
    return client


def _packages(client, settings, source):
    """Addresses of a wheel or an sdist: those whose index tells the right sha256, or none."""
    import httpx2

    places, others = [], []
    for place, finder in _finders(client, settings, source):
        try:
            links = [package.link for package in finder.find_matches(source.where)]
        except (httpx2.HTTPError, OSError, ValueError) as error:
            places.append(f"{place} (not reachable: {error})")
            continue
        places.append(place)
        told = {link.normalized: (link.hash_option or {}).get("sha256") for link in links}
        if fitting := [link for link, sha in told.items() if sha in (None, [source.sha256])]:
            return fitting
        others += [sha[0] for sha in told.values()]
    if others:
        raise AlteredError(source.where, source.sha256, others[0])
    raise SourceError(f"no {source.kind} of it where pip looks: {', '.join(places) or 'nowhere'}")


def _finders(client, settings, source):
    """Yield each place where pip would look, by name, with what searches it."""
    from unearth import PackageFinder
    from unearth.link import Link

    name = source.where.partition("==")[0]
    form = {"only_binary" if source.kind == "wheel" else "no_binary": [name]}
    finder = functools.partial(PackageFinder, client, ignore_compatibility=True, **form)
    for place in settings.get("find-links", "").split():
        yield Link(place).redacted, finder(find_links=[place])
    if settings.get("no-index", "").lower() in TRUE:
        return
    if "index-url" not in settings:
        default = finder()
        yield default.sources[0]["url"], default
    for key in ("index-url", "extra-index-url"):
        for place in settings.get(key, "").split():
            yield Link(place).redacted, finder(index_urls=[place])


def _tarball(client, source):
    """The address of an npm package's tarball, such as of "@scope/name@1.0.0"."""
    import httpx2

    registry, (name, _, version) = _npm_registry(), source.where.rpartition("@")
    address = f"{registry.rstrip('/')}/{quote(name, safe='@')}/{version}"
    try:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SourceError(f"{registry} answers {answer.status_code} {answer.reason_phrase}")
        return answer.json()["dist"]["tarball"]
    except (httpx2.HTTPError, OSError) as error:
        raise SourceError(f"the npm registry is not reachable ({error})") from error
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise SourceError(f"{registry} tells no tarball of {source.where}") from error


def _npm_registry():
    """The address of the registry that the reader's npm would ask."""
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if os.environ.get(name, "").strip():
            return os.environ[name].strip()
    npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
    if npm is None:
        raise SourceError("no npm to name its registry: install Node, or set NPM_CONFIG_REGISTRY")
    done = subprocess.run([npm, "config", "get", "registry"], capture_output=True, text=True)
    if done.returncode != 0 or not done.stdout.strip():
        raise SourceError(f"npm cannot tell its registry: {done.stderr.strip()[:200]}")
    return done.stdout.strip()
