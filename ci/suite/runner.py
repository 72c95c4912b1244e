"""Runs steps in order, or several in parallel: each starts when the steps it needs have finished."""

from __future__ import annotations

import signal
import time
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Sequence

from suite.process import Process
from suite.screen import Screen, Section
from suite.step import FailedError, Result, Step, Verdict

if TYPE_CHECKING:
    from types import FrameType

    from suite.unchanged import Checkout

# The time that a step has to end after a signal, before it gets the next one.
PATIENCE = 10.0
# The bytes of a step's output that are kept until the end of the run.
END = 1 << 14
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


class Running:
    """A running step: its row of the table, its process, its section of the screen, and the key of its inputs."""

    def __init__(self, result: Result, process: Process, section: Section, key: str) -> None:
        """Combine them."""
        self.result, self.process, self.section, self.key = result, process, section, key


class Runner:
    """One run of the suite."""

    def __init__(self, steps: Sequence[Step], checkout: Checkout, *, jobs: int = 1, fresh: bool = False) -> None:
        """Take the steps in their start order."""
        self.results = [Result(step) for step in steps]
        self.by_name = {result.step.name: result for result in self.results}
        self.waiting = list(self.results)
        self.running: list[Running] = []
        self.checkout, self.jobs, self.fresh = checkout, jobs, fresh
        # The step that gets arguments, and these arguments.
        self.taker = ""
        self.words: Sequence[str] = ()
        self.screen = Screen()
        # The signal that ended the run, how many signals the steps got, and when they get the next.
        self.stopped_by = self.sent = 0
        self.deadline = 0.0

    def run(self, taker: str = "", words: Sequence[str] = ()) -> list[Result]:
        """Run everything. Ctrl-C ends the running steps and skips the others."""
        self.taker, self.words = taker, words
        handlers = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            while True:
                while self._begin_next():
                    pass
                if not self.running:
                    break
                self._watch()
        finally:
            for running in self.running:
                running.process.send(signal.SIGKILL)
            for number, handler in handlers.items():
                signal.signal(number, handler)
        return self.results

    def _begin_next(self) -> bool:
        """Start the first step that is ready; return whether there was one."""
        if self.stopped_by or len(self.running) >= self.jobs:
            return False
        for result in self.waiting:
            if self._is_ready(result.step):
                self.waiting.remove(result)
                self._begin(result)
                return True
        return False

    def _is_ready(self, step: Step) -> bool:
        at_work = [running.result.step for running in self.running]
        unfinished = {other.name for other in at_work} | {result.step.name for result in self.waiting}
        return not unfinished & set(step.needs) and not any(
            step.shares and step.shares == other.shares for other in at_work
        )

    def _begin(self, result: Result) -> None:
        """Start a step, or record its result if it need not or cannot run."""
        section, key = self.screen.open(), ""
        self.screen.write(section, f"\n=== {result.step.name}\n")
        try:
            self._settle(result)
            # With arguments a step is not the full one, and its result says nothing about that.
            if result.verdict is Verdict.NOT_RUN and result.step.name != self.taker:
                key = self.checkout.key(result.step)
        except FailedError as error:
            result.verdict, result.note = Verdict.FAILED, str(error)
        if result.verdict is Verdict.NOT_RUN:
            words = self.words if result.step.name == self.taker else ()
            process = Process(result.step, words, piped=self.jobs > 1)
            self.running.append(Running(result, process, section, key))
        else:
            self._show_end(result, section)

    def _settle(self, result: Result) -> None:
        """Return the verdict of a step that does not run."""
        for name in result.step.needs:
            needed = self.by_name.get(name)
            if needed is None:
                # It was not selected; its products of an earlier run are used.
                if not self.checkout.has_products(name):
                    raise FailedError(f"it needs the result of the step {name}: ./ci/test {name} {result.step.name}")
            elif needed.verdict in {Verdict.FAILED, Verdict.NOT_RUN}:
                raise FailedError(f"it needs the result of the step {name}")
            elif needed.verdict is Verdict.SKIPPED:
                result.verdict, result.note = Verdict.SKIPPED, f"it needs the result of the step {name}"
                return
        when = None if self.fresh or result.step.name == self.taker else self.checkout.passed_at(result.step)
        if when is not None:
            result.verdict, result.note = Verdict.UNCHANGED, f"passed {when}"

    def _watch(self) -> None:
        """Wait until something happens, show output, and take the verdicts of steps that have ended."""
        wait([event for running in self.running for event in running.process.events], timeout=0.5)
        for running in list(self.running):
            # The verdict first: everything written before the end is available by then.
            verdict, output = running.process.verdict, running.process.output()
            if output:
                self.screen.write(running.section, output)
                running.result.end = (running.result.end + output)[-END:]
            if verdict is not None:
                self._end(running, verdict)
        if self.running and self.stopped_by and time.monotonic() > self.deadline:
            self._send_next()

    def _end(self, running: Running, verdict: Verdict) -> None:
        running.process.close()
        self.running.remove(running)
        result = running.result
        result.verdict, result.seconds, result.cpu = verdict, running.process.seconds, running.process.cpu
        if self.stopped_by and verdict is Verdict.FAILED:
            result.note = "interrupted"
        if verdict is Verdict.PASSED and running.key:
            self.checkout.remember(result.step, running.key)
        elif verdict is Verdict.FAILED:
            self.checkout.forget(result.step)
        self._show_end(result, running.section)

    def _show_end(self, result: Result, section: Section) -> None:
        note = f" ({result.note})" if result.note else ""
        line = f"=== {result.step.name}: {result.verdict.value}{note}, {result.seconds:.0f} s\n"
        self.screen.write(section, line)
        self.screen.close(section)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        """End the running steps; with more force if called again."""
        self.stopped_by = self.stopped_by or number
        self._send_next()

    def _send_next(self) -> None:
        number = SIGNALS[min(self.sent, len(SIGNALS) - 1)]
        self.sent += 1
        self.deadline = time.monotonic() + PATIENCE
        for running in self.running:
            running.process.send(number)
