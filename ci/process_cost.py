"""The cost of a command: processor time, wall time, peak memory, and its exit code."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, Mapping, NamedTuple, Sequence

if TYPE_CHECKING:
    from pathlib import Path


class Cost(NamedTuple):
    """The cost of a process and its children: seconds, and MiB."""

    cpu: float
    wall: float
    mebibytes: float
    code: int


def measured(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end, with nothing to read."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        words = [str(word) for word in command]
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=env)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, process.returncode)
