"""Builds the module for profilers: optimized, with names, lines and frame pointers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = "profiling_example"


def build(folder: Path) -> None:
    """The package, ready to be imported from `folder`. No environment is changed."""
    environment = {
        **os.environ,
        # perf walks the stack by frame pointers, which compilers leave out by default.
        "RUSTFLAGS": "-C force-frame-pointers=yes",
        # maturin sets this: the module takes Python's symbols from the process that loads it.
        "PYO3_BUILD_EXTENSION_MODULE": "1",
    }
    made = subprocess.run(
        ["cargo", "build", "--locked", "--lib", "--profile", "profiling", "--message-format", "json"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    messages = [json.loads(line) for line in made.stdout.splitlines()]
    libraries = [
        file
        for message in messages
        if message["reason"] == "compiler-artifact" and message["target"]["name"] == PACKAGE
        for file in message["filenames"]
        if file.endswith((".so", ".dylib"))
    ]
    shutil.copytree(
        PROJECT / "python" / PACKAGE, folder / PACKAGE, ignore=shutil.ignore_patterns("*.so", "__pycache__")
    )
    shutil.copy(libraries[0], folder / PACKAGE / f"_{PACKAGE}.abi3.so")
