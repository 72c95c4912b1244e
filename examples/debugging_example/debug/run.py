"""Builds the crate for debugging and runs a session: `python debug/run.py gdb` or `lldb`.

The module is compiled with the profile `debugging` of Cargo.toml and put with the Python sources into a
directory of its own, which comes first on PYTHONPATH: no environment is changed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DEBUG = Path(__file__).resolve().parent
PROJECT = DEBUG.parent
PACKAGE = "debugging_example"
# A function of Python, one of Rust that calls Python, and one of Rust that Python calls.
PLACES = ["__main__:price", "basket::Basket::total", "basket::discounted"]


def build(folder: Path) -> None:
    """The package, ready to be imported from `folder`."""
    # maturin sets this: the module takes Python's symbols from the process that loads it.
    environment = {**os.environ, "PYO3_BUILD_EXTENSION_MODULE": "1"}
    made = subprocess.run(
        ["cargo", "build", "--locked", "--lib", "--profile", "debugging", "--message-format", "json"],
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


def session(debugger: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Stop at the places, with the package in `folder`."""
    monowheel = os.environ.get("MONOWHEEL", "monowheel")
    command = [monowheel, "debug", "break", *words, "--debugger", debugger, *PLACES]
    return subprocess.run(
        [*command, "--", sys.executable, str(DEBUG / "shop.py")],
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def main() -> int:
    """Run one session and print it."""
    if sys.argv[1:] not in (["gdb"], ["lldb"]):
        print("usage: python debug/run.py gdb|lldb", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        done = session(sys.argv[1], Path(folder))
    print(done.stderr + done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
