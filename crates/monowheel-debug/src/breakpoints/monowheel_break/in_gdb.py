"""The script for gdb: sets the breakpoints, writes down every stop, and continues."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import Any

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from record import STACK_SIGNAL, Record, cut, pattern

record = Record()
PLAN = record.plan
# `[1442] t 0x49d40 _ZN1m1f17h8d75E section .text  m::f::h8d75  file`: a name that is not mangled has no second one.
MSYMBOL = re.compile(r"^\[ *\d+\] [tTwW] 0x[0-9a-f]+ (\S+) section \.text\S*(?:  (.*?))??(?:  \S+)?$", re.MULTILINE)
# Libraries that every program has, and none of whose functions is of a crate.
SYSTEM = re.compile(r"(libc|libm|libpthread|ld-|libgcc|libpython|libstdc)[-.+\d]")
stops: list[Any] = []
set_at: dict[tuple[int, str], Any] = {}
points: dict[int, int] = {}


def setting(*lines: str) -> None:
    """Run commands that an older gdb may not know."""
    for line in lines:
        with contextlib.suppress(gdb.error):
            gdb.execute(line, to_string=True)


def rust_printers() -> None:
    """Load the pretty printers of the Rust toolchain."""
    folder = PLAN["printers"]
    if folder:
        sys.path.insert(0, folder)
        try:
            import gdb_lookup

            gdb_lookup.register_printers(gdb.current_objfile() or gdb)
        except Exception as error:
            record.write("note", text=f"the pretty printers of Rust could not be loaded: {error}")


def add(place: int, where: str) -> None:
    """Set one breakpoint."""
    if (place, where) in set_at:
        return
    try:
        point = gdb.Breakpoint(where, internal=not PLAN["stop"])
    except (gdb.error, RuntimeError) as error:
        record.write("note", text=f"no breakpoint at {cut(where)}: {error}")
        return
    point.silent = not PLAN["stop"]
    set_at[place, where] = point
    points[point.number] = place


def functions_of(objfile: Any) -> None:
    """Set the breakpoints that a library has functions for, by its symbols: names without debug information too."""
    path = objfile.filename or ""
    base = os.path.basename(path)
    wanted = [(at, place["name"]) for at, place in enumerate(PLAN["places"]) if place["kind"] == "rust"]
    if not wanted or not os.path.isfile(path) or SYSTEM.match(base):
        return
    last = {name.rpartition("::")[2] for _, name in wanted}
    try:
        text = gdb.execute(f"maint print msymbols -objfile {path}", to_string=True)
    except gdb.error as error:
        record.write("note", text=f"the symbols of {base} could not be read: {error}")
        return
    names = [(at, pattern(name)) for at, name in wanted]
    for found in MSYMBOL.finditer(text):
        symbol, readable = found[1], found[2] or found[1]
        if not any(name in symbol for name in last):
            continue
        for at, name in names:
            if name.match(readable):
                add(at, symbol)
                record.write("resolved", place=at, where=readable, library=path)


def lines_too() -> None:
    """Set the breakpoints at lines of Rust, pending until their library is loaded."""
    setting("set breakpoint pending on")
    for at, place in enumerate(PLAN["places"]):
        if place["kind"] == "rust-line":
            add(at, f"{place['name']}:{place['line']}")


def frames(frame: Any) -> list[dict[str, Any]]:
    """Return the native stack, the innermost frame first."""
    stack: list[dict[str, Any]] = []
    while frame is not None and len(stack) < PLAN["frames"]:
        where = frame.find_sal()
        library = gdb.solib_name(frame.pc()) or ""
        stack.append({
            "function": frame.name() or f"0x{frame.pc():x}",
            "file": where.symtab.filename if where.symtab else "",
            "line": where.line if where.symtab else 0,
            "library": library,
        })  # fmt: skip
        try:
            frame = frame.older()
        except gdb.error:
            break
    return stack


def arguments(frame: Any) -> list[dict[str, str]]:
    """Return the arguments with their values."""
    try:
        block = frame.block()
    except RuntimeError:
        return []
    while block is not None and block.function is None:
        block = block.superblock
    values = []
    for symbol in block or []:
        if symbol.is_argument:
            try:
                value = cut(frame.read_var(symbol).format_string(max_elements=20))
            except (gdb.error, RuntimeError, TypeError) as error:
                value = f"<{error}>"
            values.append({"name": symbol.name, "type": str(symbol.type), "value": value})
    return values


def python_stack() -> list[dict[str, Any]]:
    """Let faulthandler write the Python stack of this thread, while all others stand still."""
    setting("set scheduler-locking on")
    try:
        gdb.execute(f"call ((int (*)(int))raise)({STACK_SIGNAL})", to_string=True)
    except gdb.error as error:
        record.write("note", text=f"the Python stack could not be read: {error}")
    finally:
        setting("set scheduler-locking off")
    return record.python_stack()


def native(frame: Any) -> dict[str, Any]:
    """Return what a record has of a stop in native code."""
    setting("set language rust")
    values: dict[str, Any] = {"function": frame.name() or "", "arguments": arguments(frame), "native": frames(frame)}
    setting("set language c")
    values["python"] = python_stack()
    setting("set language auto")
    return values


def written(stop: Any) -> None:
    """Write down one stop."""
    thread = gdb.selected_thread().ptid
    about = {"thread": thread[1] or thread[0]}
    if isinstance(stop, gdb.BreakpointEvent):
        values = native(gdb.newest_frame())
        for point in stop.breakpoints:
            place = points.get(point.number)
            if place is not None:
                record.write("hit", place=place, side="rust", **about, **values)
                if record.is_last(place):
                    for (of, _), other in set_at.items():
                        other.enabled = other.enabled and of != place
        return
    # gdb reports a trap without naming it.
    hit = record.python_hit()
    if hit:
        record.write("hit", side="python", native=frames(gdb.newest_frame()), **about, **hit)
    elif isinstance(stop, gdb.SignalEvent):
        record.write("signal", signal=stop.stop_signal, **about, **native(gdb.newest_frame()))


def main() -> None:
    """Run it."""
    setting("set pagination off", "set confirm off", "set breakpoint pending on", "set print pretty off")
    setting("set unwindonsignal on", "set debuginfod enabled off", "set width 0")
    setting("unset environment MONOWHEEL_BREAK_PLAN", f"handle SIG{STACK_SIGNAL} nostop noprint pass")
    setting(
        "handle SIGPIPE SIGUSR1 SIGUSR2 SIGALRM SIGCHLD nostop noprint pass",
        "handle SIGTRAP stop print nopass",
        "set auto-load python-scripts off",
    )
    setting("set print inferior-events off", "set print thread-events off")
    rust_printers()
    lines_too()
    gdb.events.new_objfile.connect(lambda event: functions_of(event.new_objfile))
    gdb.events.exited.connect(lambda event: record.write("end", code=getattr(event, "exit_code", None)))
    if PLAN["stop"]:
        gdb.events.stop.connect(written)
        gdb.execute("run")
        return
    gdb.events.stop.connect(stops.append)
    gdb.execute("run", to_string=True)
    while gdb.selected_inferior().pid:
        for stop in stops:
            written(stop)
        stops.clear()
        gdb.execute("continue", to_string=True)


try:
    main()
except (gdb.error, KeyboardInterrupt) as error:
    record.write("failed", text=str(error))
