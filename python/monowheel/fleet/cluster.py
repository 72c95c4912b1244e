"""The Dask cluster: the one of an address, or one on this machine with a worker for each core."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any, Iterator
from urllib.parse import urlsplit

from .errors import FleetError
from .identity import Identity, of_this_machine

if TYPE_CHECKING:
    from distributed import Client

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_CONNECT_SECONDS = 20
# Tasks have sdists or facts of wheels in them, which Dask warns about.
_LARGE_TASKS = {"distributed.admin.large-graph-warning-threshold": "4GB"}


@contextlib.contextmanager
def connected(request: dict[str, Any]) -> Iterator[Client]:
    """Connect to the cluster that the command line names, or start one; both end with the context."""
    import dask  # noqa: PLC0415 - only monowheel[fleet] has it
    from distributed import Client  # noqa: PLC0415

    # Dask reports lost workers and connections; the command does so itself.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if request["scheduler"] is None:
        with _local(request["workers"] or os.cpu_count() or 1, request.get("memory")) as client:
            yield client
        return
    address = request["scheduler"]
    _check_encryption(address, request["index"]["insecure_hosts"])
    with dask.config.set({**_LARGE_TASKS, "distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS}s"}):
        try:
            client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError, TypeError) as error:
            raise FleetError(
                "io",
                f"no connection to the scheduler: {str(error) or type(error).__name__}",
                place=address,
                next_step="start it (dask scheduler), check the address and DASK_DISTRIBUTED__COMM__TLS__…; "
                "without --scheduler, a cluster on this machine is used",
            ) from error
    with client:
        yield client


@contextlib.contextmanager
def _local(workers: int, memory: int | None) -> Iterator[Client]:
    import dask  # noqa: PLC0415
    from distributed import Client, LocalCluster, Security  # noqa: PLC0415

    # Any user of this machine can connect to a port, and a scheduler runs the code that it is sent.
    security = Security.temporary()
    settings = {
        **_LARGE_TASKS,
        # A worker that dies costs its tasks once: the command decides whether they are tried again, and how.
        "distributed.scheduler.allowed-failures": 0,
        # Tasks are few and large: a worker that holds several in reserve would lose them all.
        "distributed.scheduler.worker-saturation": 1.0,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.pause": False,
        # Numeric libraries are not used.
        "distributed.nanny.pre-spawn-environ": {"MALLOC_TRIM_THRESHOLD_": "65536"},
    }
    with dask.config.set(settings):
        try:
            with _without_ctrl_c():
                cluster = LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    security=security,
                    # A build or a test is a process of its own, which Dask does not count.
                    memory_limit=f"{memory}MiB" if memory else 0,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    silence_logs=logging.CRITICAL,
                )
        except (OSError, RuntimeError, TimeoutError) as error:
            raise FleetError(
                "io",
                f"the cluster on this machine did not start: {error}",
                next_step="free memory, or use fewer workers: --workers N",
            ) from error
        with cluster, Client(cluster, security=security, set_as_default=False) as client:
            yield client


@contextlib.contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Block SIGINT in threads that start here, and so in every worker that they start: the command ends its workers.

    A terminal sends it to all processes of the command; in a worker it would be a traceback in the middle of a task.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # The caller unblocks the signal.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _check_encryption(address: str, insecure: list[str]) -> None:
    """Refuse a scheduler that others on the network could read and send code to, as plain http is refused."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    host = (parts.hostname or "").lower()
    named = {host, parts.netloc.lower()}
    if parts.scheme not in {"tls", "wss"} and host not in _LOOPBACK and not named & set(insecure):
        raise FleetError(
            "usage",
            "the connection to this scheduler is not encrypted: others on the network could run code in the cluster",
            place=address,
            next_step=f"use TLS (tls://HOST:PORT, https://distributed.dask.org/en/stable/tls.html), "
            f"or accept that: --allow-insecure-host {host}",
        )


def check_workers(client: Client, expected: Identity) -> None:
    """Raise an error if a worker has another monowheel, or none. Workers that join later are checked by their tasks."""
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
    except TimeoutError as error:
        raise FleetError(
            "io",
            "the cluster has no workers",
            place=client.scheduler.address if client.scheduler else None,
            next_step="start some: dask worker ADDRESS",
        ) from error
    for worker, found in client.run(of_this_machine, on_error="return").items():
        if isinstance(found, BaseException):
            raise FleetError(
                "toolchain",
                f"this worker does not run monowheel's tasks: {found}",
                place=worker,
                next_step=f"install the same version there: pip install 'monowheel[fleet]=={expected.monowheel}'",
            )
        if found != expected:
            raise mismatch(worker, f"this worker has {found.shown()}; the command has {expected.shown()}", expected)


def mismatch(worker: str | None, message: str, expected: Identity) -> FleetError:
    """Return the error for a worker with another monowheel."""
    return FleetError(
        "usage",
        message,
        place=worker,
        next_step="their verdicts could differ: install the same versions on every worker, "
        f"monowheel[fleet]=={expected.monowheel} first",
    )


def threads(client: Client) -> int:
    """Return the number of tasks that the cluster runs at once."""
    return sum(client.nthreads().values())
