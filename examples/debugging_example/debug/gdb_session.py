"""A session with gdb, scripted: `python debug/run.py gdb` starts it, `gdb -x` runs it.

Stops on both sides: at a Python function (if CPython's debug information is available), at a line of Python,
at a Rust function. At each it prints the location; tests/debug checks the output.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import gdb  # type: ignore[import-untyped]  # exists only inside gdb

HERE = Path(os.environ["DEBUG_FOLDER"])
MODULE = "_debugging_example"


def section(title: str) -> None:
    """Print a heading that tests and readers find."""
    print(f"=== {title}")


class PythonFunction(gdb.Breakpoint):  # type: ignore[misc]  # gdb has no types
    """Stops when C or Rust calls the Python function with this name.

    Since 3.11 a call from Python to Python stays in one evaluation loop and does not pass through here.
    """

    def __init__(self, function: str) -> None:
        """Set the breakpoint."""
        super().__init__("_PyFunction_Vectorcall", internal=True)
        self.function = function

    def stop(self) -> bool:
        """Return whether to stop here."""
        # CPython's gdb support prints a str like Python.
        name = gdb.parse_and_eval("((PyFunctionObject *)func)->func_name")
        return bool(name.format_string() == repr(self.function))


def select(function: str) -> None:
    """Select the nearest frame of this Rust function."""
    frame = gdb.newest_frame()
    while frame is not None:
        if (frame.name() or "").startswith(function):
            frame.select()
            return
        frame = frame.older()
    raise gdb.GdbError(f"no frame of {function} is on the stack")


def session() -> None:
    """Run the entire session, from the start of the process to its end."""
    for setting in ("pagination off", "confirm off", "breakpoint pending on", "debuginfod enabled off"):
        gdb.execute(f"set {setting}")
    # Pretty printers for Rust types, such as String.
    printers = Path(os.environ["RUST_PRINTERS"], "gdb_load_rust_pretty_printers.py")
    if printers.exists():
        sys.path.append(str(printers.parent))
        gdb.execute(f"source {printers}")

    # Stop once the extension module is loaded: from here on gdb knows its functions.
    gdb.execute(f"tbreak PyInit_{MODULE}")
    gdb.execute("run")
    gdb.execute(f"source {HERE / 'mixed_stack.py'}")
    support = sys.modules["__main__"].python_support()  # what was sourced
    gdb.execute("break debugging_example::basket::discounted")

    if support is None:
        section("no stop at a Python function: CPython's debug information or gdb support is not installed")
    else:
        at_price = PythonFunction("price")
        gdb.execute("continue")
        section("at the Python function price")
        gdb.execute("print ((PyFunctionObject *)func)->func_qualname")
        gdb.execute("mixed-bt")
        at_price.delete()

    gdb.execute("continue")
    section("at the Python line that says breakpoint()")
    gdb.execute("mixed-bt")

    gdb.execute("continue")
    section("at the Rust function discounted: arguments")
    gdb.execute("info args")
    section("the mixed stack")
    gdb.execute("mixed-bt")
    section("Rust variables of Basket::total")
    select("debugging_example::basket::Basket::total")
    for variable in ("sum", "line.article", "line.cents", "line.pieces"):
        print(f"{variable} = {gdb.parse_and_eval(variable).format_string()}")

    section("to the end")
    gdb.execute("delete")
    gdb.execute("handle SIGTRAP nostop noprint nopass")
    gdb.execute("continue")


session()
