"""The package, built for profilers once for all tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The scripts are not a package: each is started by path.
sys.path.insert(0, str(Path(__file__).parents[2] / "profile"))

from build import build


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that comes first on PYTHONPATH."""
    folder = tmp_path_factory.mktemp("package")
    build(folder)
    return folder
