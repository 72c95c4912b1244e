"""Follows independent tasks of a command: as many as the cluster runs at once, each again if its worker died."""

from __future__ import annotations

import itertools
import queue
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Generic, Iterator, Mapping, TypeVar

from .cluster import mismatch
from .watch import Watch
from .worker import MismatchError

if TYPE_CHECKING:
    from distributed import Client, Future

    from .identity import Identity

Argument = TypeVar("Argument")
Outcome = TypeVar("Outcome")

_TICK = 0.25
_DEATHS = 2


@dataclass
class Tally:
    """What came of a command's tasks, besides their results."""

    submitted: int = 0
    deaths: int = 0
    """How often a task ended because its worker died."""
    failures: list[tuple[str, str]] = field(default_factory=list)
    """What could not be done: place and reason."""
    notes: list[str] = field(default_factory=list)


@dataclass
class _Submitted(Generic[Argument]):
    argument: Argument
    deaths: int = 0


class Tasks(Generic[Argument, Outcome]):
    """The tasks of one command. Each is a call of one function with an argument of its own."""

    def __init__(
        self,
        client: Client,
        request: Mapping[str, Any],
        identity: Identity,
        function: Callable[[Argument], Outcome],
        tally: Tally,
    ) -> None:
        """Prepare; ``run`` does the work."""
        self._client, self._identity, self._function, self._tally = client, identity, function, tally
        self._watch = Watch(client, request["scheduler"])
        self._running: dict[Future[Any], _Submitted[Argument]] = {}
        self._ended: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        self._name, self._numbers = f"{request['command']}-{uuid.uuid4().hex[:8]}", itertools.count()

    def run(
        self,
        arguments: Iterator[Argument],
        ended: Callable[[Argument, Outcome | str], None],
        tick: Callable[[], None],
    ) -> None:
        """Run a task for each argument. ``ended`` gets its result, or the reason why there is none."""
        from distributed.comm import CommClosedError  # noqa: PLC0415 - only monowheel[fleet] has it

        again: deque[_Submitted[Argument]] = deque()
        rest = (_Submitted(argument) for argument in arguments)
        try:
            while self._fill(itertools.chain(_popped(again), rest)):
                try:
                    self._take(self._ended.get(timeout=_TICK), ended, again)
                except queue.Empty:
                    self._watch.check()
                tick()
        except CommClosedError as error:
            raise self._watch.lost() from error
        finally:
            futures = list(self._running)
            self._running.clear()
            self._watch.cancel(futures)

    def _fill(self, waiting: Iterator[_Submitted[Argument]]) -> bool:
        """Submit what the cluster takes, with one in reserve; returns whether there is anything to wait for."""
        while len(self._running) <= max(1, self._watch.threads()):
            task = next(waiting, None)
            if task is None:
                break
            key = f"{self._name}-{next(self._numbers)}"
            future = self._client.submit(self._function, task.argument, key=key, pure=False)
            self._running[future] = task
            self._tally.submitted += 1
            future.add_done_callback(self._ended.put)
        return bool(self._running)

    def _take(
        self,
        future: Future[Any],
        ended: Callable[[Argument, Outcome | str], None],
        again: deque[_Submitted[Argument]],
    ) -> None:
        from distributed import KilledWorker  # noqa: PLC0415 - only monowheel[fleet] has it

        task = self._running.pop(future, None)
        if task is None:
            return
        if future.status == "finished":
            result = future.result()
            future.release()
            ended(task.argument, result)
            return
        if future.status != "error":
            raise self._watch.lost()
        error = future.exception()
        if isinstance(error, MismatchError):
            raise mismatch(None, str(error), self._identity)
        if isinstance(error, KilledWorker):
            self._tally.deaths += 1
            task.deaths += 1
            if task.deaths < _DEATHS:
                again.append(task)
            else:
                ended(task.argument, f"{task.deaths} workers ended while they had this task: out of memory?")
        else:
            ended(task.argument, f"{type(error).__name__}: {error}")


def _popped(again: deque[_Submitted[Argument]]) -> Iterator[_Submitted[Argument]]:
    while again:
        yield again.popleft()
