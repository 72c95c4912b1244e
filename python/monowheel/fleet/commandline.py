"""Runs the commands of monowheel as child processes, which end with this process even if it is killed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

from .errors import INCOMPLETE

# Nobody writes to the pipe that is the child's input: its end means that this process is gone, or wants the child to
# stop.
_CHILD = """
import os, signal, sys, threading
def watch():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
from monowheel.__main__ import main
sys.exit(main())
"""
_TICK = 0.1
# A build that is stopped waits for its compilers.
_STOP_SECONDS = 30.0
_MOST_ERRORS = 1 << 20


class StoppedError(Exception):
    """The command was stopped, because its result is not wanted any more."""


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    document: dict[str, Any]
    """Its JSON document; empty if it printed none."""
    errors: str
    """What it printed to stderr."""

    @property
    def why(self) -> str | None:
        """The error that ended it without a result; ``None`` if it has one."""
        if self.document.get("schema") == "monowheel.error/1":
            error = self.document["error"]
            place = f"{error['place']}: " if error.get("place") else ""
            next_step = f"; {error['next_step']}" if error.get("next_step") else ""
            return f"{place}{error['message']}{next_step}"
        if self.document:
            return None
        return self.errors.strip().rpartition("\n")[2] or f"it ended with {self.code} and without a result"


def run(
    words: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    is_unwanted: Callable[[], bool] = lambda: False,
) -> Done:
    """Run a command with ``--json`` in a directory; raises ``StoppedError`` once it is unwanted."""
    command = [sys.executable, "-I", "-c", _CHILD, *words, "--json", "--color", "never"]
    with tempfile.TemporaryFile(dir=folder) as out, tempfile.TemporaryFile(dir=folder) as errors:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=errors,
            # A terminal's Ctrl-C is for the fleet, which then stops the child.
            start_new_session=True,
        )
        try:
            while child.poll() is None:
                if is_unwanted():
                    raise StoppedError
                time.sleep(_TICK)
        finally:
            _stop(child)
        out.seek(0)
        errors.seek(0)
        printed, said = out.read(), errors.read(_MOST_ERRORS).decode(errors="replace")
    try:
        document = json.loads(printed) if printed else {}
    except ValueError:
        document = {}
    # One that a signal ended, or that printed nothing, has no verdict.
    has_verdict = child.returncode >= 0 and (document or child.returncode)
    return Done(child.returncode if has_verdict else INCOMPLETE, document, said)


def here() -> tuple[Path, str, Callable[[], bool]]:
    """Return a worker's directory, its address, and whether its task is unwanted: cancelled, or its fleet is gone."""
    from distributed import get_worker  # noqa: PLC0415 - only monowheel[fleet] has it

    worker = get_worker()
    key = worker.get_current_task()

    def is_unwanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state in {"cancelled", "released", "forgotten"}

    return Path(worker.local_directory), worker.address, is_unwanted


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
