"""Follows independent tasks of a command: as many as the cluster runs at once, each again if its worker died."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Generic, Iterator, Mapping, TypeVar

from .submitted import Ended, Submitted

if TYPE_CHECKING:
    from distributed import Client

    from .identity import Identity

Argument = TypeVar("Argument")
Outcome = TypeVar("Outcome")

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
class _Task(Generic[Argument]):
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
        self._function, self._tally = function, tally
        self._submitted: Submitted[_Task[Argument]] = Submitted(client, request, identity)
        self._again: deque[_Task[Argument]] = deque()

    def run(
        self,
        arguments: Iterator[Argument],
        ended: Callable[[Argument, Outcome | str], None],
        tick: Callable[[], None],
    ) -> None:
        """Run a task for each argument. ``ended`` gets its result, or the reason why there is none."""
        rest = (_Task(argument) for argument in arguments)
        with self._submitted.following():
            while self._fill(itertools.chain(self._popped(), rest)):
                end = self._submitted.wait()
                if end is not None:
                    self._take(end, ended)
                tick()

    def _popped(self) -> Iterator[_Task[Argument]]:
        while self._again:
            yield self._again.popleft()

    def _fill(self, waiting: Iterator[_Task[Argument]]) -> bool:
        """Submit what the cluster takes, with one in reserve; returns whether there is anything to wait for."""
        while len(self._submitted) <= self._submitted.threads():
            task = next(waiting, None)
            if task is None:
                break
            self._submitted.submit(self._function, task.argument, task)
            self._tally.submitted += 1
        return bool(self._submitted)

    def _take(self, end: Ended[_Task[Argument]], ended: Callable[[Argument, Outcome | str], None]) -> None:
        task = end.item
        if end.is_death:
            self._tally.deaths += 1
            task.deaths += 1
            if task.deaths < _DEATHS:
                self._again.append(task)
            else:
                ended(task.argument, f"{task.deaths} workers ended while they had this task: out of memory?")
        else:
            ended(task.argument, end.result if end.why is None else end.why)
