"""The cluster while a command's tasks run: whether anything can still come, and how many run at once."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from .cluster import threads
from .errors import FleetError

if TYPE_CHECKING:
    from distributed import Client, Future

_COUNT_SECONDS = 2.0
# A worker that died is back in seconds.
_REPLACE_SECONDS = 20.0
_WITHOUT_WORKERS_SECONDS = 180.0


class Watch:
    """A client, its workers, and the errors for their loss."""

    def __init__(self, client: Client, scheduler: str | None) -> None:
        """Begin to watch; ``scheduler`` is the address on the command line."""
        self._client, self._scheduler = client, scheduler
        self._cores, self._counted = 0, float("-inf")
        self._most_cores, self._had_all = 0, 0.0
        self._had_workers = time.monotonic()

    def check(self) -> None:
        """Raise an error if nothing can come any more."""
        if self._client.status not in {"running", "connecting", "newly-created"}:
            raise self.lost()
        now = time.monotonic()
        if self.threads():
            self._had_workers = now
        elif now - self._had_workers > _WITHOUT_WORKERS_SECONDS:
            raise FleetError(
                "io",
                f"the cluster has had no worker for {_WITHOUT_WORKERS_SECONDS:.0f} s",
                place=self._scheduler,
                next_step="start workers and run the command again: what is finished is kept",
            )

    def lost(self) -> FleetError:
        """Return the error for a scheduler that is gone."""
        return FleetError(
            "io",
            "the connection to the scheduler was lost, and its tasks with it",
            place=self._scheduler,
            next_step="run the command again when it is back: what is finished is kept",
        )

    def threads(self) -> int:
        """Return the number of tasks that the cluster runs at once, as it was a moment ago: asking takes time."""
        now = time.monotonic()
        if now - self._counted > _COUNT_SECONDS:
            self._cores, self._counted = threads(self._client), now
            self._replace_workers(now)
        return self._cores

    def cancel(self, futures: list[Future[Any]]) -> None:
        """Stop tasks, if the scheduler is still there."""
        from distributed.comm import CommClosedError  # noqa: PLC0415 - only monowheel[fleet] has it

        if futures and self._client.status == "running":
            with contextlib.suppress(CommClosedError):
                self._client.cancel(futures, force=True)

    def _replace_workers(self, now: float) -> None:
        """Start workers for those that are gone for good: Dask gives up one that is not back in some seconds."""
        if self._cores >= self._most_cores:
            self._most_cores, self._had_all = self._cores, now
        elif self._client.cluster is not None and now - self._had_all > _REPLACE_SECONDS:
            # The first call forgets those that the scheduler does not know. A worker of this cluster has one core.
            self._client.cluster.scale(self._cores)
            self._client.cluster.scale(self._most_cores)
            self._had_all = now
