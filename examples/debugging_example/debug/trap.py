"""Makes Python's own `breakpoint()` stop in the native debugger: PYTHONBREAKPOINT=trap.stop.

It needs no debug information for Python and works in both gdb and lldb, which stop on SIGTRAP by
themselves. Without a debugger SIGTRAP ends the process, so this is for a debugger's session only.
"""

from __future__ import annotations

import ctypes
import signal
import traceback
from pathlib import Path


def stop() -> None:
    """Stop in the debugger; the frame below this one is the line that says `breakpoint()`."""
    # Through `pythonapi`, which stays attached to the interpreter: `signal.raise_signal` detaches before it
    # raises, and a debugger may not call Python there.
    getattr(ctypes.pythonapi, "raise")(int(signal.SIGTRAP))


def tell(file: str) -> None:
    """Write the Python stack into a file, innermost frame first. A debugger calls this in the process."""
    frames = [frame for frame in traceback.extract_stack() if frame.filename != "<string>"][:-1]
    lines = [f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}: {frame.line}" for frame in reversed(frames)]
    Path(file).write_text("\n".join(lines), encoding="utf-8")
