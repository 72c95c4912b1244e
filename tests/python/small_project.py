"""The example with Python's C API in place of PyO3 and its macros, which take most of the time of a build.

For tests of building, which are about everything but the compiled code. It has the names of the example.
"""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

INIT = '''\
"""Greetings."""

from hello_world._hello_world import greet

__all__ = ["greet"]
'''
STUB = "def greet(name: str) -> str: ...\n"
TEST = """\
from hello_world import greet


def test_greet() -> None:
    assert greet("Ada") == "Hello, Ada!"
"""


def copy_hello(folder: Path) -> Path:
    """Copy the example's sources, without build output."""
    shutil.copytree(
        ROOT / "examples" / "hello_world",
        folder,
        ignore=shutil.ignore_patterns("target", "dist", ".tox", "__pycache__", "*.so", "monowheel.lock"),
    )
    return folder


def copy_small(folder: Path) -> Path:
    """Copy the example's sources, but for the extension module."""
    copy_hello(folder)
    manifest = folder / "Cargo.toml"
    text = manifest.read_text(encoding="utf-8")
    for old, new in {"pyo3/": "pyo3-ffi/", "dep:pyo3": "dep:pyo3-ffi", "\npyo3 = ": "\npyo3-ffi = "}.items():
        assert old in text
        text = text.replace(old, new)
    manifest.write_text(text, encoding="utf-8")
    shutil.copy(HERE / "small" / "Cargo.lock", folder)
    shutil.rmtree(folder / "src" / "python")
    shutil.copy(HERE / "small" / "python.rs", folder / "src")
    package = folder / "python" / "hello_world"
    (package / "__init__.py").write_text(INIT, encoding="utf-8")
    (package / "_hello_world.pyi").write_text(STUB, encoding="utf-8")
    (folder / "tests" / "python" / "test_greeting.py").write_text(TEST, encoding="utf-8")
    return folder
