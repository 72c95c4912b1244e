"""The package, built for debugging once for all sessions."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The scripts are not a package: gdb and lldb run them by path.
sys.path.insert(0, str(Path(__file__).parents[2] / "debug"))

import run


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that comes first on PYTHONPATH."""
    folder = tmp_path_factory.mktemp("package")
    run.build(folder)
    return folder
