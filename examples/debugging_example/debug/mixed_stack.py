"""The gdb command `mixed-bt`: one backtrace of this crate's Rust frames and the Python frames.

    (gdb) source debug/mixed_stack.py
    (gdb) mixed-bt

The native stack has a frame of CPython's evaluation loop where Python code runs. The Python frames in it are read by
CPython's own gdb support (`python3.X-gdb.py`: Debian's python3-dbg, Fedora's python3-debuginfo). Without it, and
without CPython's debug information, it gets the Python stack from the process instead, and prints it below
the Rust frames; that runs Python code, so the stopped thread has to be attached to the interpreter.
"""

# ruff: noqa: ANN401  gdb's own values have no types

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import gdb  # type: ignore[import-untyped]  # exists only inside gdb

CRATE = "debugging_example"
LOOP = "_PyEval_EvalFrameDefault"
SUPPORT = Path("/usr/share/gdb/auto-load")


def support_file() -> Path | None:
    """CPython's gdb support for the Python that is debugged, if the system or a build from source has it."""
    for library in gdb.objfiles():
        match = re.search(r"python3\.\d+", Path(library.filename).name)
        if match:
            name = f"{match.group()}-gdb.py"
            beside = [Path(library.filename).parent, Path(gdb.current_progspace().filename).resolve().parent]
            places = [folder / name for folder in beside] + sorted(SUPPORT.rglob(f"*{match.group()}*-gdb.py"))
            return next((place for place in places if place.is_file()), None)
    return None


def python_support() -> Any | None:
    """The class `Frame` of CPython's gdb support, loaded by gdb itself or now; None if it is not available."""
    # With only a symbol table, gdb knows the address of the loop but none of its variables.
    if gdb.lookup_global_symbol(LOOP) is None:
        return None
    main = sys.modules["__main__"]
    file = support_file()
    if file and not hasattr(main, "Frame"):
        gdb.execute(f"source {file}")
    return getattr(main, "Frame", None)


def rust_frame(frame: Any) -> str | None:
    """The line for a frame of this crate in the backtrace; None for any other."""
    name = frame.name() or ""
    if not name.startswith(f"{CRATE}::") or "__pymethod_" in name or "__pyfunction_" in name:
        return None
    place = frame.find_sal()
    where = f"{Path(place.symtab.filename).name}:{place.line}" if place.symtab else "?"
    block = frame.block() if place.symtab else None
    while block and not block.function:
        block = block.superblock
    shown = ", ".join(f"{symbol.name}={symbol.value(frame)}" for symbol in block or [] if symbol.is_argument)
    return f"#{frame.level()} Rust {name}({shown}) at {where}"


class MixedBacktrace(gdb.Command):  # type: ignore[misc]  # gdb has no types
    """Print one backtrace of Rust and Python frames, innermost first."""

    def __init__(self) -> None:
        """Register the command with gdb."""
        super().__init__("mixed-bt", gdb.COMMAND_STACK)

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        """Walk the native stack once."""
        support = python_support()
        frame = gdb.newest_frame()
        while frame is not None:
            shown = rust_frame(frame)
            if shown:
                print(shown)
            elif support and support(frame).is_evalframe():
                # Prints the Python frames of this native one: since 3.11 there may be several.
                support(frame).print_summary()
            elif frame.name() == LOOP:
                print(f"#{frame.level()} Python (one or more of the frames below)")
            frame = frame.older()
        if support is None:
            print("The Python frames, as reported by the interpreter, innermost first:")
            with tempfile.TemporaryDirectory() as folder:
                answer = Path(folder, "stack.txt")
                # In a Rust frame gdb would parse the call as Rust.
                gdb.execute("set language c")
                gdb.execute(f"call (int)PyRun_SimpleString(\"import trap; trap.tell(r'{answer}')\")", to_string=True)
                gdb.execute("set language auto")
                for line in answer.read_text(encoding="utf-8").splitlines():
                    print(f"   Python {line}")


MixedBacktrace()
