"""The script for lldb: sets the breakpoints, writes down every stop, and continues."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

import lldb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from record import STACK_SIGNAL, Record, cut

record = Record()
PLAN = record.plan
points: dict[int, tuple[int, Any]] = {}
ITEMS = 8
DEEPEST = 2
EXPECTED = ("SIGPIPE", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGSTOP")


def value_of(variable: Any, depth: int = 0) -> str:
    """Return a value with the summary of Rust's types, and its parts."""
    text = variable.GetSummary() or variable.GetValue() or ""
    count = variable.GetNumChildren()
    if count == 0 or text.startswith('"') or depth > DEEPEST or variable.GetType().IsPointerType():
        return cut(text or "…")
    parts = [variable.GetChildAtIndex(at) for at in range(min(count, ITEMS))]
    inner = ", ".join(f"{part.GetName()}: {value_of(part, depth + 1)}" for part in parts)
    return cut(f"{text} {{{inner}{', …' if count > ITEMS else ''}}}".strip())


def frames(thread: Any) -> list[dict[str, Any]]:
    """Return the native stack, the innermost frame first."""
    stack = []
    for frame in list(thread)[: PLAN["frames"]]:
        where = frame.GetLineEntry()
        file = where.GetFileSpec()
        stack.append({
            "function": frame.GetFunctionName() or f"0x{frame.GetPC():x}",
            "file": file.fullpath or "",
            "line": where.GetLine() if file.fullpath else 0,
            "library": frame.GetModule().GetFileSpec().fullpath or "",
        })  # fmt: skip
    return stack


def python_stack(frame: Any) -> list[dict[str, Any]]:
    """Let faulthandler write the Python stack of this thread, while all others stand still."""
    options = lldb.SBExpressionOptions()
    options.SetStopOthers(True)
    options.SetTryAllThreads(False)
    options.SetIgnoreBreakpoints(True)
    options.SetTimeoutInMicroSeconds(5_000_000)
    options.SetLanguage(lldb.eLanguageTypeC)
    done = frame.EvaluateExpression(f"((int (*)(int))raise)({STACK_SIGNAL})", options)
    if done.GetError().Fail():
        record.write("note", text=f"the Python stack could not be read: {done.GetError()}")
    return record.python_stack()


def native(thread: Any) -> dict[str, Any]:
    """Return what a record has of a stop in native code."""
    frame = thread.GetFrameAtIndex(0)
    values = [
        {"name": one.GetName() or "", "type": one.GetTypeName() or "", "value": value_of(one)}
        for one in frame.GetVariables(True, False, False, True)
    ]
    stack = frames(thread)
    return {"function": frame.GetFunctionName() or "", "arguments": values, "native": stack,
            "python": python_stack(frame)}  # fmt: skip


def set_points(target: Any) -> None:
    """Set the breakpoints; lldb looks for them in each library that is loaded later."""
    for at, place in enumerate(PLAN["places"]):
        if place["kind"] == "rust":
            point = target.BreakpointCreateByRegex(
                "(^|::|<)" + re.escape(place["name"]) + "(::<.*>)?(::h[0-9a-f]{16})?$"
            )
        elif place["kind"] == "rust-line":
            point = target.BreakpointCreateByLocation(place["name"], place["line"])
        else:
            continue
        points[point.GetID()] = (at, point)


def written(process: Any, signals: Any) -> None:
    """Write down one stop: of each thread that has a reason."""
    for thread in process:
        reason = thread.GetStopReason()
        about = {"thread": thread.GetThreadID()}
        if reason == lldb.eStopReasonBreakpoint:
            known = points.get(thread.GetStopReasonDataAtIndex(0))
            if known is not None:
                at, point = known
                record.write("hit", place=at, side="rust", **about, **native(thread))
                if record.is_last(at):
                    point.SetEnabled(False)
        elif reason in (lldb.eStopReasonSignal, lldb.eStopReasonException):
            signal = signals.GetSignalAsCString(thread.GetStopReasonDataAtIndex(0)) or "a signal"
            hit = record.python_hit() if signal == "SIGTRAP" else None
            if hit:
                record.write("hit", side="python", native=frames(thread), **about, **hit)
            elif signal not in ("SIGSTOP", "SIGTRAP"):
                record.write("signal", signal=signal, **about, **native(thread))


def resolved() -> None:
    """Write down where each breakpoint is."""
    for at, point in points.values():
        for location in point:
            address = location.GetAddress()
            record.write("resolved", place=at, where=address.GetSymbol().GetName() or "",
                         library=address.GetModule().GetFileSpec().fullpath or "")  # fmt: skip


def main(debugger: Any) -> None:
    """Run it."""
    debugger.SetAsync(False)
    target = debugger.GetSelectedTarget()
    interpreter = debugger.GetCommandInterpreter()
    done = lldb.SBCommandReturnObject()
    lines = [
        "settings set target.unset-env-vars MONOWHEEL_BREAK_PLAN PYTHONPATH",
        "settings set target.disable-aslr false",
    ]
    if PLAN["printers"]:
        lines += [
            f"command script import {os.path.join(PLAN['printers'], 'lldb_lookup.py')}",
            f"command source -s true {os.path.join(PLAN['printers'], 'lldb_commands')}",
        ]
    # What the debugger got for its own Python is not for the program.
    own = [f"PATH={PLAN['path']}"] + ([f"PYTHONPATH={PLAN['pythonpath']}"] if PLAN["pythonpath"] else [])
    lines.append("settings set target.env-vars " + " ".join(f"'{word}'" for word in own))
    for line in lines:
        interpreter.HandleCommand(line, done)
        if not done.Succeeded():
            record.write("note", text=f"lldb: {line}: {done.GetError()}".strip())
    set_points(target)
    # It stops at nothing else: signals that the program expects.
    interpreter.HandleCommand("process launch --stop-at-entry", done)
    if not done.Succeeded():
        record.write("failed", text=done.GetError())
        return
    process = target.GetProcess()
    signals = process.GetUnixSignals()
    for at in range(signals.GetNumSignals()):
        number = signals.GetSignalAtIndex(at)
        name = signals.GetSignalAsCString(number) or ""
        if name in EXPECTED or number == STACK_SIGNAL:
            signals.SetShouldStop(number, False)
            signals.SetShouldNotify(number, False)
        if name == "SIGTRAP":
            signals.SetShouldSuppress(number, True)
    if PLAN["stop"]:
        return
    while process.Continue().Success() and process.GetState() == lldb.eStateStopped:
        written(process, signals)
    resolved()
    record.write("end", code=process.GetExitStatus())


def __lldb_init_module(debugger: Any, _: object) -> None:
    try:
        main(debugger)
    except Exception as error:
        record.write("failed", text=repr(error))
