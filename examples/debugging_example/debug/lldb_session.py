"""The session with lldb, scripted: `python debug/run.py lldb` starts it, `command script import` runs it.

lldb does not support Python frames. It still stops on both sides, shows Rust variables, and prints one
backtrace: the native one, with the Python frames, as reported by the interpreter, at its evaluation loops.
"""

# ruff: noqa: ANN401  lldb's own values have no types

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import lldb  # type: ignore[import-not-found]  # exists only inside lldb

HERE = Path(os.environ["DEBUG_FOLDER"])
CRATE = "debugging_example"
LOOP = "_PyEval_EvalFrameDefault"


def loops(thread: Any) -> set[int]:
    """The native frames in which Python code runs."""

    def inside(frame: Any) -> bool:
        return (frame.GetSymbol().GetName() or "").startswith(LOOP)

    frames = list(thread)
    # Functions inlined into the loop have frames of their own: the last of them represents all.
    return {
        frame.GetFrameID()
        for frame, older in zip(frames, [*frames[1:], None])
        if inside(frame) and not (older and inside(older))
    }


class Session:
    """One process, and what is printed about it."""

    def __init__(self, debugger: Any) -> None:
        """Start it, and run to its first stop."""
        debugger.SetAsync(False)
        self.debugger = debugger
        self.target = debugger.CreateTarget(os.environ["DEBUG_PYTHON"])
        # Names of a module that is not loaded yet: pending until it is.
        self.at_discounted = self.target.BreakpointCreateByRegex(rf"^{CRATE}::basket::discounted")
        settings = lldb.SBLaunchInfo([str(HERE / "shop.py"), "--breakpoint"])
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([os.environ["DEBUG_WORK"], str(HERE)])}
        settings.SetEnvironmentEntries([f"{name}={value}" for name, value in environment.items()], False)
        settings.SetWorkingDirectory(str(HERE))
        error = lldb.SBError()
        self.process = self.target.Launch(settings, error)
        if not error.Success():
            raise RuntimeError(f"lldb could not start the process: {error.GetCString()}")

    def thread(self) -> Any:
        """The thread that stopped."""
        return self.process.GetSelectedThread()

    def python_frames(self, folder: Path) -> list[str]:
        """Python's frames, innermost first, obtained from the stopped interpreter."""
        answer = folder / "stack.txt"
        options = lldb.SBExpressionOptions()
        options.SetLanguage(lldb.eLanguageTypeC99)
        result = (
            self.thread()
            .GetFrameAtIndex(0)
            .EvaluateExpression(
                f"((int (*)(const char *))PyRun_SimpleString)(\"import trap; trap.tell(r'{answer}')\")", options
            )
        )
        if result.GetError().Fail() or result.GetValueAsSigned() != 0:
            raise RuntimeError(f"could not get the Python stack: {result.GetError().GetCString()}")
        return answer.read_text(encoding="utf-8").splitlines()

    def mixed_stack(self, folder: Path) -> None:
        """Print Rust and Python frames. Loops are matched to Python frames if there are equally many of both."""
        python = self.python_frames(folder)
        running = loops(self.thread())
        one_by_one = len(running) == len(python)
        for frame in self.thread():
            name = frame.GetFunctionName() or ""
            if name.startswith(f"{CRATE}::") and "__py" not in name:
                line = frame.GetLineEntry()
                plain = re.sub(r"::h[0-9a-f]{16}$", "", name)
                print(f"#{frame.GetFrameID()} Rust {plain} at {line.GetFileSpec().GetFilename()}:{line.GetLine()}")
            elif frame.GetFrameID() in running and one_by_one:
                print(f"#{frame.GetFrameID()} Python {python.pop(0)}")
            elif frame.GetFrameID() in running:
                # Since 3.11 one loop runs several frames; only the interpreter's own structures tell which.
                print(f"#{frame.GetFrameID()} Python (one or more of the frames below)")
        for entry in python:
            print(f"   Python {entry}")

    def variables(self, function: str, names: list[str]) -> None:
        """Print variables of the nearest frame of a Rust function."""
        for frame in self.thread():
            if (frame.GetFunctionName() or "").startswith(function):
                for name in names:
                    value = frame.GetValueForVariablePath(name)
                    print(f"{name} = {value.GetSummary() or value.GetValue()}")
                return
        raise RuntimeError(f"no frame of {function} is on the stack")


def __lldb_init_module(debugger: Any, _internal: dict[str, Any]) -> None:
    folder = Path(os.environ["DEBUG_WORK"])
    printers = Path(os.environ["RUST_PRINTERS"])
    if (printers / "lldb_lookup.py").exists():
        debugger.HandleCommand(f"command script import {printers / 'lldb_lookup.py'}")
        debugger.HandleCommand(f"command source -s 1 {printers / 'lldb_commands'}")
    session = Session(debugger)
    print("=== at the Python line that says breakpoint()")
    print(f"stopped by {session.thread().GetStopDescription(100)}")
    session.mixed_stack(folder)
    session.process.Continue()
    print("=== at the Rust function discounted: arguments")
    session.variables(f"{CRATE}::basket::discounted", ["cents", "percent"])
    print("=== the mixed stack")
    session.mixed_stack(folder)
    print("=== Rust variables of Basket::total")
    session.variables(f"{CRATE}::basket::Basket::total", ["sum", "line->article", "line->cents", "line->pieces"])
    print("=== to the end")
    session.target.DisableAllBreakpoints()
    while session.process.GetState() == lldb.eStateStopped:
        session.process.Continue()
    print(f"exit code {session.process.GetExitStatus()}")
