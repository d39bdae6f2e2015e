"""The command ``plmrec-lite encode``: the vectors of a corpus, on one machine or on a cluster."""

from __future__ import annotations

import json


def add_parser(commands):
    """Add the command to those of the command line; nothing heavy is loaded.

    Parameters
    ----------
    commands : argparse subparsers
    """
    parser = commands.add_parser("encode", help="the vectors of a corpus, block by block")
    parser.add_argument("source", help="a Parquet file or JSON Lines")
    parser.add_argument("--out", required=True, help="a folder for the vectors; goes on in it")
    parser.add_argument("--text", default="text", help="the column of the texts (default text)")
    parser.add_argument("--model", help="a folder or a hub name (default minilm)")
    parser.add_argument(
        "--block", type=int, default=1024, help="texts that are encoded together (default 1024)"
    )
    parser.add_argument("--truncate", action="store_true", help="cut texts that are too long")
    parser.add_argument("--workers", type=int, help="so many processes of Ray Data")
    parser.add_argument("--address", help="of a Ray cluster, such as ray://head:10001")
    parser.add_argument("--json", action="store_true", help="print JSON for other programs")
    parser.set_defaults(command=run)


def run(options):
    """Encode, and say where the vectors are.

    Parameters
    ----------
    options : argparse.Namespace; what ``add_parser`` defines

    Returns
    -------
    int; 0

    Raises
    ------
    ValueError, OSError, RuntimeError: see ``encode_corpus``; Ray is missing
    """
    from plmrec_lite.applications.corpus.encoding import encode_corpus

    if options.address is not None and options.workers is None:
        raise ValueError(f"--address {options.address} without --workers: say how many it gets")
    try:
        found = encode_corpus(
            options.source,
            options.out,
            encoder=options.model,
            text=options.text,
            block=options.block,
            truncate=options.truncate,
            n_workers=options.workers,
            address=options.address,
        )
    except ImportError as error:
        raise RuntimeError(str(error)) from error
    record = {"folder": str(found.folder), "n": found.n, "dimension": found.dimension}
    line = f"{found.n} vectors of {found.dimension} numbers, in {found.folder}"
    print(json.dumps(record, indent=2) if options.json else line)
    return 0
