"""`import monowheel` is cheap, because it is nothing but the extension module."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import monowheel
import pytest

pytestmark = pytest.mark.every_python


def test_the_version_is_that_of_the_metadata() -> None:
    assert monowheel.__version__ == metadata.version("monowheel")


def test_names_are_those_of_all() -> None:
    assert all(hasattr(monowheel, name) for name in monowheel.__all__)


def test_importing_brings_in_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import monowheel; print(*sorted(set(sys.modules) - before))"
    out = subprocess.run(
        [sys.executable, "-I", "-c", code], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout
    assert out.split() == ["monowheel", "monowheel._monowheel"]


def test_what_is_tested_is_the_installed_wheel() -> None:
    assert monowheel.__file__ is not None
    assert "site-packages" in monowheel.__file__
