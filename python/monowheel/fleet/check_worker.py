"""The task of a worker: ``monowheel test`` or ``monowheel verify`` of a release."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import commandline
from .commandline import here
from .worker import check

if TYPE_CHECKING:
    from .identity import Identity


@dataclass(frozen=True)
class CheckTask:
    """A release, and the command that checks it."""

    called: str
    """The release, for people."""
    key: str
    name: str | None
    version: str | None
    words: tuple[str, ...]
    """The command line."""
    identity: Identity


@dataclass
class Checked:
    """What came of a task."""

    results: list[dict[str, Any]] = field(default_factory=list)
    """The trials of ``monowheel.test``, or the wheels of ``monowheel.verify``."""
    code: int = 0
    why: str | None = None
    """The error that ended the command."""
    worker: str = ""

    def counts(self) -> Counter[str]:
        """Return how often each verdict was given."""
        return Counter(result["verdict"] for result in self.results)


def check_release(task: CheckTask) -> Checked:
    """Run the command of a task."""
    check(task.identity)
    scratch, worker, is_unwanted = here()
    # An empty directory: no settings of a project apply.
    with tempfile.TemporaryDirectory(dir=scratch, prefix="monowheel-check-") as folder:
        done = commandline.run(task.words, Path(folder), os.environ, is_unwanted)
    if done.why is not None:
        return Checked(code=done.code, why=done.why, worker=worker)
    if task.words[0] == "test":
        results = [trial for release in done.document["releases"] for trial in release["trials"]]
    else:
        results = done.document["wheels"]
    return Checked(results, done.code, worker=worker)
