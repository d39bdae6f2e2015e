"""Ray Data: blocks handed to workers, here or on a cluster; a worker that dies is started again."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
from pathlib import Path

from plmrec_lite.applications.corpus.block_encoder import BlockEncoder
from plmrec_lite.applications.corpus.blocks import Block
from plmrec_lite.applications.corpus.vectors_folder import WRITING

INSTALL = 'pip install "plmrec-lite[cluster]"'
LOCAL = {  # read by Ray when it is imported
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # no cluster: listen on this machine alone
    "RAY_USAGE_STATS_ENABLED": "0",
}
STARTS = 5  # on a busy machine Ray gives up starting after 30 seconds
STORE = 2**27  # bytes of Ray's own memory; blocks are numbers here, texts and vectors are files


def require_ray(address=None):
    """Import Ray Data.

    Parameters
    ----------
    address : str or None; of a cluster; None: it is going to work on this machine alone

    Returns
    -------
    module

    Raises
    ------
    ImportError: it is not installed; the message says how to install it
    """
    try:
        with _settings({} if address else LOCAL):
            import ray
            import ray.data
    except ImportError as error:
        raise ImportError(f"several workers need Ray Data, which is not here: {INSTALL}") from error
    return ray


@contextlib.contextmanager
def ray_running(n_workers, address=None):
    """Have Ray for a while: what runs already, a cluster, or workers on this machine alone.

    Parameters
    ----------
    n_workers : int; processes on this machine, where they are started here
    address : str or None; of a cluster

    Yields
    ------
    module; Ray, connected; what was started here is stopped at the end

    Raises
    ------
    ImportError: Ray is not installed
    RuntimeError: the cluster does not answer, or Ray would listen beyond this machine
    """
    with _settings({} if address else LOCAL):
        ray = require_ray(address)
        if ray.is_initialized():
            yield ray
            return
        _start(ray, n_workers, address)
        try:
            host = ray.util.get_node_ip_address()
            if address is None and not host.startswith("127."):
                raise RuntimeError(
                    f"Ray was imported before and would listen on {host}: begin a new process, or "
                    "set RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER=0 before `import ray`"
                )
            yield ray
        finally:
            ray.shutdown()


@contextlib.contextmanager
def _settings(values):
    """Settings of Ray in the environment for a while; what a reader has set stays."""
    new = {name: value for name, value in values.items() if name not in os.environ}
    os.environ.update(new)
    try:
        yield
    finally:
        for name in new:
            del os.environ[name]


def _start(ray, n_workers, address):
    """Start workers here, or connect to a cluster."""
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    here = {"num_cpus": n_workers, "include_dashboard": False, "object_store_memory": STORE}
    for left in reversed(range(STARTS if address is None else 1)):
        try:
            ray.init(**quiet, **(here if address is None else {"address": address}))
            break
        except Exception as error:  # of connections, versions and processes, each its own kind
            ray.shutdown()
            if left and "timed out during startup" in str(error):
                continue
            where = f"the Ray cluster {address!r}" if address else "Ray"
            raise RuntimeError(
                f"{where} cannot be had ({type(error).__name__}: {error}): check the address and "
                "that `ray status` answers there, or leave it out to work on this machine"
            ) from error


class Worker:
    """A `BlockEncoder` for Ray Data: it counts its attempts, and reports errors as rows.

    Ray starts a worker that dies again, without an end; the marks on the disk make one.

    Parameters
    ----------
    how : tuple; the arguments of `BlockEncoder`
    retries : int; how often a block is tried again
    """

    def __init__(self, how, retries):
        self.how, self.retries, self.work = how, retries, None
        self.out = Path(how[1])

    def __call__(self, rows):
        """Encode one block.

        Parameters
        ----------
        rows : dict of array (1,); the fields of a `Block`

        Returns
        -------
        dict of list; ``number`` of the block, ``kind`` and ``said`` of its error, empty if all is
            well
        """
        block = Block(**{key: int(values[0]) for key, values in rows.items()})
        mark = f"{WRITING}try-{block.number}-"
        n_died = len(list(self.out.glob(f"{mark}*")))
        if n_died > self.retries:
            said = f"the worker that encodes block {block.number} died {n_died} times"
            return {"number": [block.number], "kind": ["died"], "said": [said]}
        trying = self.out / f"{mark}{secrets.token_hex(8)}"
        kind = said = ""
        try:
            trying.touch()
            self.work = self.work or BlockEncoder(*self.how)
            self.work(block)
        except Exception as error:  # of whatever encoder, disk or model: named by the caller
            kind, said = type(error).__name__, str(error)
        for path in self.out.glob(f"{mark}*"):
            path.unlink()
        return {"number": [block.number], "kind": [kind], "said": [said]}


def run_workers(blocks, how, n_workers, address=None, retries=3):
    """Encode blocks by Ray Data.

    Parameters
    ----------
    blocks : list of Block
    how : tuple; the arguments of `BlockEncoder`
    n_workers : int
    address : str or None
    retries : int; how often a block is tried again whose worker dies

    Raises
    ------
    ValueError: a worker found bad input
    RuntimeError: a worker failed, or died more often; parts that are written stay
    """
    out = Path(how[1])
    for path in out.glob(f"{WRITING}*"):
        path.unlink()  # of a run that ended
    with ray_running(n_workers, address) as ray:
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # errors are raised below
        ray.data.DataContext.get_current().enable_progress_bars = False
        rows = [block._asdict() for block in blocks]
        written = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            Worker,
            fn_constructor_args=(how, retries),
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=n_workers),
        )
        try:
            errors = [row for row in written.iter_rows() if row["kind"]]
        except Exception as error:  # of Ray itself, which has many kinds
            first = str(error).strip().partition("\n")[0]
            raise RuntimeError(f"Ray failed ({type(error).__name__}: {first}); {GO_ON}") from error
    _raise_first(errors)


def _raise_first(errors):
    """Raise the error of the first block that has one, as one process would."""
    if not errors:
        return
    first = min(errors, key=lambda row: row["number"])
    if first["kind"] in ("ValueError", "TypeError", "TextTooLongError"):
        raise ValueError(first["said"])
    named = "" if first["kind"] == "died" else f"{first['kind']}: "
    missing = "1 block is" if len(errors) == 1 else f"{len(errors)} blocks are"
    raise RuntimeError(f"{missing} missing; {named}{first['said']}; {GO_ON}")


GO_ON = (
    "what is written stays: remove the cause, such as blocks too large for a worker's memory, or a "
    "disk that not all machines share, and run the same command again"
)
