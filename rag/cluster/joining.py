"""Being part of a Ray cluster: one that is there, or one that is started here and ended again.

Promises that Ray does not call home and writes nothing to the terminal, and an error of one line
where it is missing or cannot be reached.
"""

import logging
import os
import socket
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from rag.errors import RagError, line

LOCAL = "local"
"""The address that stands for a cluster on this computer, which ends with the run."""

STORE = 512 * 2**20
"""Bytes for what is on its way in a local cluster: some 50,000 papers with their vectors."""

STAY = {"idle_worker_killing_time_threshold_ms": 60_000}
"""Settings of a cluster: a process that has read a file waits for the next one, and is not ended
for having nothing to do just now. To start one takes longer than to read a small file."""

ENDED = (
    "rag: This run was ended from outside, or by Ray, which lost its cluster: the index is as the "
    "last finished step left it, run this again to go on."
)
_WATCHES = "import sys; sys.stdin.read() or sys.stderr.write(sys.argv[1])"
_PATIENCE = 5.0  # seconds for an address to answer


@contextmanager
def connected(address: str) -> Iterator[None]:
    """Be part of a Ray cluster; one that was started for it is ended, whatever happens.

    Parameters
    ----------
    address
        ``local``, ``auto`` (the cluster that this computer belongs to), or its ``host:port``.

    Raises
    ------
    RagError
        If Ray is not installed, or there is no cluster at the address.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # before the import: else Ray calls home
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # else it writes into the bar
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise RagError(f"--ray needs Ray ({line(error)}): pip install 'arxiv-rag[ray]'") from error
    _check_answers(address)
    with watched():
        try:
            _join(address)
            yield
        finally:
            ray.shutdown()


@contextmanager
def watched() -> Iterator[None]:
    """Say so where this process is ended without a word: so does Ray when its raylet is lost.

    Another process says it, once a pipe is closed through which nothing came.
    """
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _WATCHES, f"{ENDED}\n"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is not meant for it
    ) as watch:
        try:
            yield
        finally:
            with suppress(OSError):  # somebody has ended it
                watch.communicate(b"done")


def _check_answers(address: str) -> None:
    """Make sure that a cluster listens at an address; Ray would wait a minute, or without end."""
    if address in (LOCAL, "auto"):
        return
    try:
        url = urlsplit(f"//{address}")
        where = (url.hostname, url.port)
    except ValueError:
        where = (None, None)
    if where[0] is None or where[1] is None:
        raise RagError(f"--ray {address} is no address: give local, auto or HOST:PORT.")
    try:
        socket.create_connection((where[0], where[1]), _PATIENCE).close()
        _check_is_ray(address)
    except OSError as error:
        raise RagError(
            f"No Ray cluster answers at {address} ({line(error)}): check the address, "
            "start one with `ray start --head`, or give --ray local."
        ) from error


def _check_is_ray(address: str) -> None:
    """Make sure that what listens at an address is the head of a cluster.

    Raises
    ------
    OSError
        If it says nothing, or nothing that Ray would. Whoever wants a password may be one.
    """
    if os.environ.get("RAY_USE_TLS", "0") != "0":  # what is asked here would not be understood
        return
    import grpc
    from ray.core.generated import gcs_service_pb2, gcs_service_pb2_grpc

    other = (
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.UNIMPLEMENTED,
    )
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        head = gcs_service_pb2_grpc.NodeInfoGcsServiceStub(channel)
        try:
            head.CheckAlive(gcs_service_pb2.CheckAliveRequest(), timeout=_PATIENCE)
        except grpc.RpcError as error:
            if error.code() in other:
                raise OSError("what listens there is no Ray server") from error


def _join(address: str) -> None:
    import ray

    own: dict[str, Any] = {
        "include_dashboard": False,
        "object_store_memory": STORE,
        "_system_config": STAY,
    }
    try:
        with _hushed():
            ray.init(
                address,
                log_to_driver=False,
                logging_level=logging.ERROR,
                **(own if address == LOCAL else {}),
            )
    except Exception as error:
        raise RagError(
            f"The Ray cluster {address} cannot be joined ({line(error)}): "
            "run this on one of its machines, with the same Ray and Python, or give --ray local."
        ) from error
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # errors are raised as well
    warnings.filterwarnings("ignore", module=r"ray\.data\.")  # that a file has few papers


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep away from standard error what Ray writes there past Python: its level of logging."""
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
