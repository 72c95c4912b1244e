"""The crate of planted defects, and the units of work that use it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

UNITS = """\
from planted import *
import planted

HELD = []
SHARED = object()

def cycle(name):
    node = getattr(planted, name)()
    node.on_change(lambda: node)

def partial():
    one = Partial()
    one.set([], [one])

def hold():
    HELD.append([HELD])

def release():
    HELD.append([HELD])
    HELD.clear()
"""


def build_planted(folder: Path, common_target: dict[str, str]) -> Path:
    """Compile it, without maturin, and put the module and its units into the directory."""
    done = subprocess.run(
        ["cargo", "build", "--locked", "--message-format", "json"],
        check=False,
        cwd=HERE / "planted",
        env={
            **os.environ,
            **common_target,
            # maturin sets it: the module takes Python's symbols from the process that loads it.
            "PYO3_BUILD_EXTENSION_MODULE": "1",
            "PYO3_PYTHON": sys.executable,
        },
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    (library,) = [
        file
        for message in messages
        if message["reason"] == "compiler-artifact" and message["target"]["name"] == "planted"
        for file in message["filenames"]
    ]
    shutil.copy(library, folder / "planted.abi3.so")
    (folder / "units.py").write_text(UNITS, encoding="utf-8")
    return folder
