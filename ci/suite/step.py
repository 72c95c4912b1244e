"""A step of the suite, and how it can end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Callable

# The exit code of a step that cannot run on this machine; 0 and 1 are taken.
SKIP = 77


class FailedError(Exception):
    """A failed check: what failed, and where."""


class SkippedError(Exception):
    """A step that cannot run here: which tool or file is missing, and how to get it."""


@dataclass(frozen=True)
class Step:
    """One row of the suite."""

    name: str
    # Its docstring is the line of `./ci/test --list`. It raises FailedError or SkippedError, or returns.
    run: Callable[..., None]
    # Steps whose products it uses: it does not run when one of them failed.
    needs: tuple[str, ...] = ()
    # Patterns of the files that its verdict depends on (unchanged.py), apart from what it needs. Without any, it
    # runs every time.
    reads: tuple[str, ...] = ()
    # Files that it creates for others, as patterns from the root of the checkout.
    makes: tuple[str, ...] = ()
    # It installs unpinned versions from registries: yesterday's verdict says nothing.
    fetches: bool = False
    # It runs every time, because it is quick when there is nothing to do.
    always: bool = False
    # Steps with the same word wait for one another: "cargo" is the lock of the common target directory.
    shares: str = ""
    # Whether it takes arguments after `--`.
    takes_words: bool = False

    @property
    def summary(self) -> str:
        """Its line in `./ci/test --list`."""
        return (self.run.__doc__ or "").splitlines()[0]


class Verdict(Enum):
    """The result of a step, as shown in the table."""

    PASSED = "passed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "FAILED"
    NOT_RUN = "not run"


@dataclass
class Result:
    """A step's row in the table."""

    step: Step
    verdict: Verdict = Verdict.NOT_RUN
    seconds: float = 0.0
    # CPU seconds: what it costs, whatever runs beside it.
    cpu: float = 0.0
    # Why it did not run, or when it passed.
    note: str = ""
    # The end of its output, if it was read here.
    end: bytes = b""
