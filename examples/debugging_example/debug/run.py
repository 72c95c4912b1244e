"""Builds the crate for debugging and runs a scripted session: `python debug/run.py gdb` or `lldb`.

The module is compiled with the profile `debugging` of Cargo.toml and put with the Python sources into a
directory of its own, which comes first on PYTHONPATH: no environment is changed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DEBUG = Path(__file__).resolve().parent
PROJECT = DEBUG.parent
PACKAGE = "debugging_example"


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


def rust_printers() -> str:
    """The directory of rustc's pretty printers for gdb and lldb."""
    root = subprocess.run(["rustc", "--print", "sysroot"], stdout=subprocess.PIPE, check=True, cwd=PROJECT)
    return str(Path(root.stdout.decode().strip(), "lib", "rustlib", "etc"))


def lldb_module() -> str:
    """The directory of lldb's module for its embedded Python; Debian's lldb looks in the wrong one."""
    answer = subprocess.run(["lldb", "-P"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    told = Path(answer.stdout.decode().strip())
    version = subprocess.run(["lldb", "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    major = re.search(r"\d+", version.stdout.decode())
    others = Path("/usr/lib").glob(f"llvm-{major.group()}/lib/python3*/*-packages") if major else []
    return str(
        next((folder for folder in [told, *others] if (folder / "lldb" / "embedded_interpreter.py").exists()), told)
    )


def session(debugger: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the session of one debugger on the package in `folder`, and return its output."""
    environment = {
        **os.environ,
        "DEBUG_FOLDER": str(DEBUG),
        "DEBUG_WORK": str(folder),
        "DEBUG_PYTHON": sys.executable,
        "RUST_PRINTERS": rust_printers(),
        "PYTHONPATH": os.pathsep.join([str(folder), str(DEBUG)]),
        "PYTHONBREAKPOINT": "trap.stop",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if debugger == "gdb":
        program = [sys.executable, str(DEBUG / "shop.py"), "--breakpoint"]
        command = ["gdb", "-nx", "-batch", "-x", str(DEBUG / "gdb_session.py"), "--args", *program]
    else:
        # lldb's embedded Python reads PYTHONPATH too. The session gives the process that it starts its own.
        environment["PYTHONPATH"] = lldb_module()
        command = ["lldb", "--no-lldbinit", "--batch", "-o", f"command script import {DEBUG / 'lldb_session.py'}"]
    return subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
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
    print(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
