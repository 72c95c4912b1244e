"""The tasks that a command has submitted to the cluster and that have not ended, and how each ended."""

from __future__ import annotations

import itertools
import queue
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Generic, Iterator, Mapping, TypeVar

from .cluster import mismatch
from .watch import Watch
from .worker import MismatchError

if TYPE_CHECKING:
    from distributed import Client, Future

    from .identity import Identity

Item = TypeVar("Item")

_TICK = 0.25


@dataclass(frozen=True)
class Ended(Generic[Item]):
    """A task that ended."""

    item: Item
    """What it was submitted for."""
    result: Any = None
    why: str | None = None
    """Why it has no result."""
    is_death: bool = False
    """Whether its worker ended, which says nothing about why."""


class Submitted(Generic[Item]):
    """What runs or waits on the cluster, each for an item of the command's own."""

    def __init__(self, client: Client, request: Mapping[str, Any], identity: Identity) -> None:
        """Begin with nothing."""
        self._client, self._identity = client, identity
        self._watch = Watch(client, request["scheduler"])
        self._running: dict[Future[Any], Item] = {}
        self._ended: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        # A key is used once: Dask would return the result of an earlier task.
        self._name, self._numbers = f"{request['command']}-{uuid.uuid4().hex[:8]}", itertools.count()

    def __len__(self) -> int:
        """Return the number of tasks that have not ended."""
        return len(self._running)

    def items(self) -> list[Item]:
        """Return what they were submitted for."""
        return list(self._running.values())

    def threads(self) -> int:
        """Return the number of tasks that the cluster runs at once, as it was a moment ago; at least 1."""
        return max(1, self._watch.threads())

    def submit(self, function: Callable[[Any], Any], argument: object, item: Item) -> None:
        """Submit a call."""
        future = self._client.submit(function, argument, key=f"{self._name}-{next(self._numbers)}", pure=False)
        self._running[future] = item
        future.add_done_callback(self._ended.put)

    @contextmanager
    def following(self) -> Iterator[None]:
        """Cancel what has not ended at the end, for whatever reason it comes."""
        from distributed.comm import CommClosedError  # noqa: PLC0415 - only monowheel[fleet] has it

        try:
            yield
        except CommClosedError as error:
            # It was lost while it was asked something: the client does not know it yet.
            raise self._watch.lost() from error
        finally:
            futures = list(self._running)
            self._running.clear()
            self._watch.cancel(futures)

    def wait(self) -> Ended[Item] | None:
        """Wait a moment for the next task that ends; raises an error if nothing can come any more."""
        try:
            future = self._ended.get(timeout=_TICK)
        except queue.Empty:
            self._watch.check()
            return None
        return self._end(future, self._running.pop(future)) if future in self._running else None

    def _end(self, future: Future[Any], item: Item) -> Ended[Item]:
        from distributed import KilledWorker  # noqa: PLC0415 - only monowheel[fleet] has it

        if future.status == "finished":
            result = future.result()
            future.release()
            return Ended(item, result)
        if future.status != "error":
            raise self._watch.lost()
        error = future.exception()
        if isinstance(error, MismatchError):
            raise mismatch(None, str(error), self._identity)
        why = f"{type(error).__name__}: {error}"
        return Ended(item, why=why, is_death=isinstance(error, KilledWorker))
