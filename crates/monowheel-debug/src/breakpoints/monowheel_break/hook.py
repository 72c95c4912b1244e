"""Runs the program inside of the debugger: `hook.py PLAN`.

Stops for breakpoints in Python are traps of the debugger. A signal makes faulthandler write the Python stack of the
thread that gets it, which needs no GIL: the debugger raises it at breakpoints in native code.
"""

from __future__ import annotations

import faulthandler
import json
import os
import runpy
import signal
import sys
import threading
import types
from typing import Any

HERE = os.path.abspath(__file__)
# Of the real-time signals, which programs hardly ever use.
STACK_SIGNAL = signal.SIGRTMAX - 3
TEXT = 120
ITEMS = 5
DEEPEST = 2
PLAIN = (bool, int, float, complex, str, bytes, type(None))
FRAMES = 64


def shown(value: object, depth: int = 0) -> str:
    """Show a value without running its own code, which may be what is debugged."""
    kind = type(value)
    if kind in PLAIN:
        text = repr(value[: TEXT * 2] if isinstance(value, (str, bytes)) else value)
        return text if len(text) <= TEXT else text[:TEXT] + "…"
    if kind in (list, tuple, set, frozenset) and depth < DEEPEST:
        items = [shown(item, depth + 1) for item in list(value)[:ITEMS]]  # type: ignore[call-overload]
        more = ", …" if len(value) > ITEMS else ""  # type: ignore[arg-type]
        return f"{kind.__name__}([{', '.join(items)}{more}])"
    if kind is dict and depth < DEEPEST:
        pairs = list(value.items())[:ITEMS]  # type: ignore[attr-defined]
        items = [f"{shown(key, depth + 1)}: {shown(item, depth + 1)}" for key, item in pairs]
        return "{" + ", ".join(items) + (", …" if len(value) > ITEMS else "") + "}"  # type: ignore[arg-type]
    return f"<{kind.__module__}.{kind.__qualname__}>"


def name_of(code: types.CodeType) -> str:
    """Return a function's name with its class, where Python knows it."""
    return str(getattr(code, "co_qualname", code.co_name))


class Tracer:
    """Breakpoints in Python, by tracing."""

    def __init__(self, plan: dict[str, Any]) -> None:
        """Sort them."""
        self.folder = plan["folder"]
        self.most = plan["hits"]
        self.hits: dict[int, int] = {}
        places = list(enumerate(plan["places"]))
        self.functions = [(at, place["module"], place["name"]) for at, place in places if place["kind"] == "python"]
        self.lines = [(at, place["name"], place["line"]) for at, place in places if place["kind"] == "python-line"]

    def start(self) -> None:
        """Trace every thread, if there is anything to find."""
        if self.functions or self.lines:
            threading.settrace(self.call)
            sys.settrace(self.call)

    def call(self, frame: types.FrameType, event: str, _: object) -> Any:
        """Look at a call."""
        code = frame.f_code
        if event != "call" or code.co_filename == HERE:
            return None
        for at, module, name in self.functions:
            if self.is_function(code, name) and frame.f_globals.get("__name__") == module:
                self.stop(at, frame)
        file = code.co_filename.replace(os.sep, "/")
        if any(file == name or file.endswith("/" + name) for _, name, _ in self.lines):
            return self.line
        return None

    @staticmethod
    def is_function(code: types.CodeType, name: str) -> bool:
        """Whether it is this one. Before 3.11 Python does not know the class of a method."""
        qualified = getattr(code, "co_qualname", None)
        return name in (qualified, code.co_name) if qualified else name.rpartition(".")[2] == code.co_name

    def line(self, frame: types.FrameType, event: str, _: object) -> Any:
        """Look at a line."""
        if event == "line":
            file = frame.f_code.co_filename.replace(os.sep, "/")
            for at, name, line in self.lines:
                if frame.f_lineno == line and (file == name or file.endswith("/" + name)):
                    self.stop(at, frame)
        return self.line

    def stop(self, at: int, frame: types.FrameType) -> None:
        """Write down what is there, and stop for the debugger."""
        self.hits[at] = self.hits.get(at, 0) + 1
        if self.hits[at] > self.most:
            return
        stack: list[dict[str, Any]] = []
        caller: types.FrameType | None = frame
        while caller is not None and len(stack) < FRAMES and caller.f_code.co_filename != HERE:
            code = caller.f_code
            stack.append({"function": name_of(code), "file": code.co_filename, "line": caller.f_lineno or 0})
            caller = caller.f_back
        local = [] if frame.f_code.co_name == "<module>" else list(frame.f_locals.items())[:20]
        values = [{"name": name, "type": type(value).__name__, "value": shown(value)} for name, value in local]
        hit = {"place": at, "function": name_of(frame.f_code), "arguments": values, "python": stack}
        with open(os.path.join(self.folder, "python.json"), "w", encoding="utf-8", errors="backslashreplace") as file:
            json.dump(hit, file)
        signal.raise_signal(signal.SIGTRAP)


def search(folder: str) -> None:
    """As the interpreter does: not with -I or -P."""
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        sys.path.insert(0, folder)


def main() -> None:
    """Run the program as Python would."""
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    if sys.path and os.path.abspath(sys.path[0]) == os.path.dirname(HERE):
        del sys.path[0]
    # Open until the end: faulthandler writes to it.
    stacks = open(os.path.join(plan["folder"], "stacks"), "ab", buffering=0)  # noqa: SIM115
    faulthandler.register(STACK_SIGNAL, file=stacks, all_threads=False)
    sys.argv = list(plan["argv"])
    tracer = Tracer(plan)
    kind, target = plan["work"]["kind"], plan["work"]["target"]
    search(os.path.dirname(os.path.abspath(target)) if kind == "script" else "")
    tracer.start()
    if kind == "script":
        runpy.run_path(target, run_name="__main__")
    elif kind == "module":
        runpy.run_module(target, run_name="__main__", alter_sys=True)
    else:
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        exec(compile(target, "<string>", "exec", dont_inherit=True), module.__dict__)


if __name__ == "__main__":
    main()
