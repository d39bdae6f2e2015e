"""The command ``plmrec-lite serve``: one saved model, asked over HTTP."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path

from plmrec_lite.applications import judge

TOKEN, SHORTEST = "PLMREC_TOKEN", 16
NEW_TOKEN = "python -c 'import secrets; print(secrets.token_urlsafe(32))'"
EASE_ITEMS = 5000  # above this item-kNN, whose memory grows with the items, not their square


def add_parser(commands):
    """Add the command to those of the command line; nothing heavy is loaded.

    Parameters
    ----------
    commands : argparse subparsers
    """
    parser = commands.add_parser("serve", help="answer over HTTP from one saved model")
    parser.add_argument("folder", help="of save_service, or a new one for the files below")
    parser.add_argument("--movielens", action="store_true", help="fit the book's MovieLens first")
    parser.add_argument("--ratings", metavar="FILE", help="fit your own events first")
    parser.add_argument("--items", metavar="FILE", help="and items with their texts")
    judge.add_columns(parser)
    parser.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1, this machine only")
    parser.add_argument("--port", type=int, default=8000, help="default 8000; 0 takes a free one")
    parser.add_argument(
        "--rate", type=float, default=100, help="questions a second of one address (default 100)"
    )
    parser.set_defaults(command=run)


def run(options):
    """Check, fit if that is asked for, load, and serve until the process is stopped.

    Parameters
    ----------
    options : argparse.Namespace; what ``add_parser`` defines

    Returns
    -------
    int; 0

    Raises
    ------
    ValueError, OSError: an option does not fit, the folder cannot be served, or the port is taken
    """
    token = checked_token(options.host, os.environ.get(TOKEN))
    if not 0 < options.rate < float("inf"):
        raise ValueError(f"--rate {options.rate}: give a number above 0")
    if not 0 <= options.port < 2**16:
        raise ValueError(f"--port {options.port}: give 0 to {2**16 - 1}")
    if options.movielens or options.ratings or options.items:
        _fit(options)
    from plmrec_lite.applications.serving.served_folder import EVENTS, load_service

    served = load_service(options.folder)
    import uvicorn

    from plmrec_lite.applications.serving.app import create_app
    from plmrec_lite.applications.serving.event_log import EventLog
    from plmrec_lite.applications.serving.gate import Limits

    log = EventLog(Path(options.folder) / EVENTS)
    app = create_app(served, log, token, Limits(rate=options.rate))
    listening = _listen(options.host, options.port)
    name = f"[{options.host}]" if ":" in options.host else options.host
    print(
        f"{served.folding.model.name}, {len(served.texts)} items, {len(log)} events since it was "
        f"fitted: http://{name}:{listening.getsockname()[1]} (Ctrl-C stops it)",
        flush=True,
    )
    uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,  # what is asked is nobody's business
            log_level="warning",
            limit_concurrency=512,
            timeout_graceful_shutdown=5,
            server_header=False,
        )
    ).run(sockets=[listening])
    return 0


def checked_token(host, token):
    """Return the token, refusing a service that others could ask without one.

    Parameters
    ----------
    host : str; where the service listens
    token : str or None

    Returns
    -------
    str or None

    Raises
    ------
    ValueError: the host is not this machine alone and there is no token, or it is short
    """
    try:
        alone = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        alone = False  # a name may lead anywhere
    cure = f"give it a long one first: export {TOKEN}=$({NEW_TOKEN})"
    if not token and not alone:
        raise ValueError(
            f"--host {host} lets other machines ask, and there is no token: {cure}; or leave "
            "--host out"
        )
    if token and (len(token) < SHORTEST or not token.isascii() or not token.isprintable()):
        raise ValueError(f"{TOKEN} has {len(token)} characters: {cure} ({SHORTEST} ASCII or more)")
    return token or None


def _fit(options):
    """Fit a model and save it into a new folder."""
    if options.movielens and (options.ratings or options.items):
        raise ValueError("--movielens brings its own data: leave out --ratings and --items")
    if not options.movielens and not (options.ratings and options.items):
        raise ValueError("--ratings and --items go together: give both files")
    from plmrec_lite.applications.serving.served_folder import ABOUT, save_service

    if (Path(options.folder) / ABOUT).exists():
        raise ValueError(
            f"{options.folder} holds a service already: leave out the data to serve it, or give "
            "another folder"
        )
    from plmrec_lite.data import load_movielens
    from plmrec_lite.data.frames import tell
    from plmrec_lite.recommenders import EASE, ItemKNN

    if options.movielens:
        movielens = load_movielens()
        log, texts = movielens.interactions, movielens.items.text.tolist()
    else:
        log, texts, _ = judge.read_files(options, tell, options.duplicates or "first")
    model = EASE() if log.n_items <= EASE_ITEMS else ItemKNN()
    save_service(options.folder, model.fit(log), log, texts)


def _listen(host, port):
    """Return a socket that listens, or say what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=512)
        # Connections inherit it. asyncio sets it only where the socket names its protocol, and
        # without it the second part of an answer waits 40 ms for the client's acknowledgement.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        words = (error.strerror or str(error)).partition(" (")[0]
        raise OSError(
            f"cannot listen on {host}, port {port} ({words}): give another "
            "--port, or a --host of this machine"
        ) from error
