"""The command ``plmrec-lite inspect``: what to correct in the reader's own data before judging."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from plmrec_lite.applications.cures import as_options
from plmrec_lite.applications.judge import add_files, read_files


def add_parser(commands):
    """Add the command to those of the command line; nothing heavy is loaded.

    Parameters
    ----------
    commands : argparse subparsers
    """
    parser = commands.add_parser("inspect", help="what to correct in your own data, before judge")
    add_files(parser)
    parser.add_argument("--items", help="items with their texts, a file likewise; may be missing")
    parser.add_argument("--json", action="store_true", help="print JSON for other programs")
    parser.set_defaults(command=run)


def run(options):
    """Read, inspect and print.

    Parameters
    ----------
    options : argparse.Namespace; what ``add_parser`` defines

    Returns
    -------
    int; 0

    Raises
    ------
    ValueError, OSError: the input is bad; the cures name options of the command line
    """
    from plmrec_lite.data.frames import tell

    log, items, table = read_files(options, tell, "keep")
    from plmrec_lite.applications.inspection import inspect_data

    found = inspect_data(log, items, table)
    remarks = [replace(one, cure=as_options(one.cure)) for one in found.remarks]
    found = replace(found, remarks=remarks)
    if options.json:
        parts = {
            name: [asdict(one) for one in getattr(found, name)] for name in ("tested", "remarks")
        }
        print(json.dumps({"size": found.size, **parts}, indent=2, ensure_ascii=False))
    else:
        print(found)
    return 0
