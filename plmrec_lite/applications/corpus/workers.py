"""Ray Data: blocks handed to workers, here or on a cluster; a worker that dies is started again."""

from __future__ import annotations

import contextlib
import logging
import os

from plmrec_lite.applications.corpus.encoding import BlockEncoder

INSTALL = 'pip install "plmrec-lite[cluster]"'
LOCAL = {  # read by Ray when it is imported
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # no cluster: listen on this machine alone
    "RAY_USAGE_STATS_ENABLED": "0",
}
STORE = 2**27  # bytes of Ray's own memory; blocks are numbers here, texts and vectors are files


def require_ray():
    """Import Ray Data.

    Returns
    -------
    module

    Raises
    ------
    ImportError: it is not installed; the message says how to install it
    """
    try:
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
    if address is None:
        for name, value in LOCAL.items():
            os.environ.setdefault(name, value)
    ray = require_ray()
    if ray.is_initialized():
        yield ray
        return
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        if address is None:
            ray.init(
                num_cpus=n_workers, include_dashboard=False, object_store_memory=STORE, **quiet
            )
        else:
            ray.init(address=address, **quiet)
    except Exception as error:  # of connections, versions and processes, each its own kind
        where = f"the Ray cluster {address!r}" if address else "Ray"
        raise RuntimeError(
            f"{where} cannot be had ({type(error).__name__}: {error}): check the address and that "
            "`ray status` answers there, or leave it out to work on this machine"
        ) from error
    try:
        host = ray.util.get_node_ip_address()
        if address is None and not host.startswith("127."):
            raise RuntimeError(
                f"Ray was imported before and would listen on {host}: begin a new process, or set "
                "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER=0 before `import ray`"
            )
        yield ray
    finally:
        ray.shutdown()


def run_workers(blocks, how, n_workers, address=None, retries=3):
    """Encode blocks by Ray Data.

    Parameters
    ----------
    blocks : list of Block
    how : tuple; the arguments of `BlockEncoder`
    n_workers : int
    address : str or None
    retries : int; how often a worker that dies is started again

    Raises
    ------
    RuntimeError: a worker failed, or died more often; parts that are written stay
    ValueError: a worker found bad input
    """
    with ray_running(n_workers, address) as ray:
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        ray.data.DataContext.get_current().enable_progress_bars = False
        again = {"max_restarts": retries, "max_task_retries": retries}
        rows = [block._asdict() for block in blocks]
        written = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            BlockEncoder,
            fn_constructor_args=how,
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=n_workers),
            ray_remote_args_fn=lambda: again,
        )
        try:
            for _ in written.iter_rows():
                pass
        except Exception as error:
            cause = _first_cause(error)
            if isinstance(cause, ValueError):
                raise cause from error
            raise RuntimeError(
                f"a worker failed: {type(cause).__name__}: {str(cause).splitlines()[0]} The parts "
                f"that are written in {how[1]} stay: remove the cause, such as too little memory "
                "for a block or a disk that not all machines have, and run the same command "
                "again; it goes on from there"
            ) from error


def _first_cause(error):
    """What went wrong in the worker, of the errors that Ray wraps around it."""
    while (inner := getattr(error, "cause", None) or error.__cause__) is not None:
        error = inner
    return error
