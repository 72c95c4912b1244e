"""The Python blocks of docs/book: those of a page are one session, run against the modules from its Rust.

By itself (`book_python.py PAGE FOLDER LINE…`) it is that session. Each page has a process of its own: a crash or a hang
names its page.
"""

from __future__ import annotations

import doctest
import os
import shutil
import subprocess
import sys
import traceback
from pathlib import Path
from unittest import mock

from book_blocks import Block, Failure, blocks_of

SECONDS = 120
FORMAT = traceback.format_exception_only


def session(path: Path, folder: Path) -> int:
    """Run every `>>>` of a page, in order, with one set of names; return the number of failures."""
    sys.path.insert(0, str(folder))
    lines = [""] * len(path.read_text(encoding="utf-8").splitlines())
    for block in blocks_of(path):
        if block.language == "python" and "pytest" not in block.words:
            text = block.text.splitlines()
            lines[block.line - 1 : block.line - 1 + len(text)] = text
    # Everything else is empty, so that doctest counts lines of the page.
    page = f"docs/book/{path.name}"
    test = doctest.DocTestParser().get_doctest("\n".join(lines) + "\n", {"__name__": "__main__"}, page, page, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    with mock.patch.object(traceback, "format_exception_only", _without_notes):
        runner.run(test)
    return runner.failures


def _without_notes(kind: type[BaseException], value: BaseException) -> list[str]:
    """Render an exception like CPython before 3.11, without notes: PyO3 names the argument in one."""
    return [line for line in FORMAT(kind, value) if line.rstrip("\n") not in getattr(value, "__notes__", ())]


def _ended(block: Block, command: list[str], folder: Path, what: str) -> list[Failure]:
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            command,
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [block.fails(f"{what} did not end within {SECONDS} s")]
    if ran.returncode != 0:
        return [block.fails(f"{what} ended with {ran.returncode}:\n{ran.stdout}")]
    return []


def check_python(path: Path, blocks: list[Block], folder: Path) -> list[Failure]:
    """Run a page's Python, and return the failures."""
    python = [block for block in blocks if block.language == "python"]
    sessions = [block for block in python if "pytest" not in block.words]
    silent = [block for block in sessions if ">>> " not in block.text]
    failures = [
        block.fails("nothing here is run: write it after >>>, or as a test (python,pytest)") for block in silent
    ]
    if sessions:
        command = [sys.executable, str(Path(__file__)), str(path), str(folder)]
        failures += _ended(sessions[0], command, folder, "this page's Python")
    for block in python:
        if "pytest" in block.words:
            (folder / f"test_{block.key}.py").write_text(block.padded, encoding="utf-8")
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
            command += ["--rootdir", str(folder), f"test_{block.key}.py"]
            failures += _ended(block, command, folder, "pytest")
    return failures


def check_gdb(block: Block, rust: Block, folder: Path) -> tuple[list[Failure], str]:
    """Run a script in gdb on this Python; each `# -> TEXT` has to be printed, in order.

    Return the failures, or why it was not run. `my_crate` in it is the Rust block before it.
    """
    gdb = shutil.which("gdb")
    if gdb is None:
        return [], "gdb is not installed"
    script = folder / f"{block.key}.gdb"
    # A page shows one crate; here each block is a module of one.
    script.write_text(block.text.replace("my_crate::", f"book::{rust.key}::"), encoding="utf-8")
    try:
        ran = subprocess.run(
            [gdb, "-batch", "-nx", "-x", str(script), sys.executable],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder), "DEBUGINFOD_URLS": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [block.fails(f"gdb did not end within {SECONDS} s")], ""
    # A container without that permission, and one with an emulated kernel.
    if "ptrace: Operation not permitted" in ran.stdout or "Could not trace the inferior process" in ran.stdout:
        return [], "gdb may not trace here"
    rest = ran.stdout
    for number, line in enumerate(block.text.splitlines(), block.line):
        wanted = line.partition("# -> ")[2]
        if wanted:
            _, found, rest = rest.partition(wanted)
            if not found:
                return [block.fails(f"gdb does not print {wanted!r}:\n{ran.stdout}", number)], ""
    return [], ""


if __name__ == "__main__":
    sys.exit(1 if session(Path(sys.argv[1]), Path(sys.argv[2])) else 0)
