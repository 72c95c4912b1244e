"""A step as a process of its own: it can be ended with all its children, and its output is separate."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import signal
import sys
import time
from typing import TYPE_CHECKING, Sequence

from suite.step import SKIP, FailedError, SkippedError, Step, Verdict

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess
    from multiprocessing.sharedctypes import Synchronized

# A step is a function of this program, so its process is a fork of it.
FORK = multiprocessing.get_context("fork")
INTERRUPTED = 130


class Process:
    """A running step."""

    def __init__(self, step: Step, words: Sequence[str], *, piped: bool) -> None:
        """Start it. If it is piped, its output is read here, else it goes to the terminal."""
        self.began = time.monotonic()
        self.pipe: int | None = None
        sink: int | None = None
        if piped:
            self.pipe, sink = os.pipe()
            os.set_blocking(self.pipe, False)
        # Written by the step when it ends.
        self.spent = FORK.Value("d", 0.0)
        self.fork: BaseProcess = FORK.Process(target=_inside, args=(step, words, sink, self.spent))
        self.fork.start()
        if sink is not None:
            os.close(sink)

    @property
    def verdict(self) -> Verdict | None:
        """How the step ended; None while it runs."""
        code = self.fork.exitcode
        if code is None:
            return None
        return {0: Verdict.PASSED, SKIP: Verdict.SKIPPED}.get(code, Verdict.FAILED)

    @property
    def events(self) -> list[int]:
        """File descriptors to wait for: the end of the process, and its output."""
        return [self.fork.sentinel] + ([self.pipe] if self.pipe is not None else [])

    @property
    def seconds(self) -> float:
        """Its running time."""
        return time.monotonic() - self.began

    @property
    def cpu(self) -> float:
        """CPU seconds of the step and of all processes that it waited for; 0 while it runs."""
        return float(self.spent.value)

    def output(self) -> bytes:
        """Return its output since the last call."""
        data = b""
        while self.pipe is not None:
            try:
                chunk = os.read(self.pipe, 1 << 16)
            except BlockingIOError:
                break
            data += chunk
            if not chunk:
                self.close()
        return data

    def close(self) -> None:
        """Stop reading, even if a process that the step left behind still holds the other end."""
        if self.pipe is not None:
            os.close(self.pipe)
            self.pipe = None

    def send(self, number: int) -> None:
        """Send a signal to the step and all its children."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.fork.pid is not None:
                os.killpg(self.fork.pid, number)


def _inside(step: Step, words: Sequence[str], sink: int | None, spent: Synchronized[float]) -> None:
    """Run a step; this is the main function of its process."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if sink is not None:
        os.dup2(sink, 1)
        os.dup2(sink, 2)
    for stream in (sys.stdout, sys.stderr):
        # Its own output and that of its commands stay in order.
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if os.environ.get("CI") and step.shares == "cargo":
        # Nobody debugs there. Not for steps that build wheels: a wheel records such variables.
        os.environ.setdefault("CARGO_PROFILE_DEV_DEBUG", "0")
    try:
        step.run(*words)
    except SkippedError as why:
        print(f"skipped: {why}")
        sys.exit(SKIP)
    except FailedError as why:
        print(f"error: {why}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    finally:
        spent.value = sum(
            usage.ru_utime + usage.ru_stime
            for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )
