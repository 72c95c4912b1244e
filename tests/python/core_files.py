"""Core files of programs that end by a signal, for the tests of what reads these files."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Mapping, Sequence

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def core_file(command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> Path:
    """Run a command that ends by a signal, and return its core file; skip the test if the system writes none there."""
    died = subprocess.run(command, check=False, cwd=folder, env=env, capture_output=True, preexec_fn=_unlimited)
    assert died.returncode < 0, died.stderr
    cores = list(folder.glob("core*"))
    if not cores:
        pytest.skip("this system writes no core files into the directory of the process")
    return cores[0]


def _unlimited() -> None:
    import resource  # noqa: PLC0415 - Windows has none

    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
