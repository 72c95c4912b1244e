"""Runs programs in one mode: `run.py MODE PLAN`. Writes to a journal which program runs, before it does.

What a program raises is as it should be, but for a panic, and for SystemError, which CPython raises for a call that
breaks its rules. What ends the process is seen from outside.
"""

from __future__ import annotations

import array
import builtins
import copy
import faulthandler
import gc
import importlib
import json
import os
import pickle
import signal
import sys
import threading
import time
from typing import Any, Iterator

HERE = os.path.dirname(os.path.abspath(__file__))
THREADS = 4
# How often each thread runs a program. Python's own locks order calls that do not overlap, and so hide a race from a
# sanitizer: there it runs more often, for a limited time.
ROUNDS = 3
SANITIZED_ROUNDS, SANITIZED_SECONDS = 100, 0.2
FAILURES = 40
CHILD_SECONDS = 5


class Bad:
    """An object whose every method fails."""

    def __getattr__(self, name: str) -> Any:
        """Fail."""
        raise ValueError(name)

    def _fail(self, *_: object) -> Any:
        raise ZeroDivisionError

    __index__ = __int__ = __float__ = __len__ = __iter__ = __bool__ = __hash__ = __eq__ = __str__ = __repr__ = _fail
    __call__ = __getitem__ = __contains__ = __fspath__ = __bytes__ = __enter__ = _fail


def time_is_up(*_: object) -> None:
    """Lets another thread run."""
    for _step in range(200):
        pass


class Journal:
    """Which program runs, and what happened."""

    def __init__(self, path: str) -> None:
        """Append to it: a forked child does too."""
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, event: str, **values: Any) -> None:
        """Write one line at once; what was printed before it may have none of its own."""
        os.write(self.file, b"\n" + json.dumps(dict(values, event=event)).encode("ascii", "replace") + b"\n")


def names(modules: list[str]) -> dict[str, Any]:
    """Return what a program sees."""
    recursive: list[Any] = []
    recursive.append(recursive)
    found: dict[str, Any] = {one.__name__: one for one in (array, copy, gc, os, pickle)}
    found.update(Bad=Bad, time_is_up=time_is_up, RECURSIVE=recursive)
    for module in modules:
        importlib.import_module(module)
        top = module.partition(".")[0]
        found[top] = sys.modules[top]
    return found


def interpreters() -> tuple[Any, Any, Any]:
    """Return the functions that create an interpreter, run a text in it, and end it: of 3.13, or of before."""
    try:
        import _interpreters

        return lambda: _interpreters.create("legacy"), _interpreters.exec, _interpreters.destroy
    except ImportError:
        import _xxsubinterpreters as older

    def create() -> Any:
        try:
            return older.create(isolated=False)
        except TypeError:
            # Of 3.8.
            return older.create()

    return create, older.run_string, older.destroy


def is_rule(error: BaseException) -> bool:
    """Whether it is CPython's report about a function that breaks its rules."""
    return isinstance(error, SystemError) and "returned" in str(error) and "exception" in str(error)


class Runner:
    """The programs of a plan."""

    def __init__(self, plan: dict[str, Any]) -> None:
        """Compile them."""
        self.plan = plan
        self.modules = plan["modules"]
        self.journal = Journal(plan["journal"])
        if plan["reports"]:
            # A sanitizer prints its reports there: between two events, they are of the program that runs.
            os.dup2(self.journal.file, 1)
        self.space = names(self.modules)
        self.programs: list[list[Any]] = []
        for lines in plan["programs"]:
            compiled = []
            for line in lines:
                try:
                    compiled.append(compile(line, "<soak>", "exec"))
                except (SyntaxError, ValueError):
                    continue
            self.programs.append(compiled)

    def run(
        self, at: int, space: dict[str, Any] | None = None, *, tells: bool = True, tells_success: bool = False
    ) -> dict[str, Any]:
        """Run one program."""
        space = dict(self.space) if space is None else space
        lines = self.plan["programs"][at]
        worked = 0
        for number, code in enumerate(self.programs[at]):
            try:
                exec(code, space)
                worked += 1
            except BaseException as error:
                name = type(error).__name__
                kind = "panic" if name == "PanicException" else "system-error" if is_rule(error) else None
                if kind and tells:
                    self.journal.write("found", kind=kind, program=at, line=number, what=name + ": " + str(error)[:300])
                del error
        if tells_success and worked == len(lines) == 1:
            self.journal.write("worked", program=at)
        return space

    def each(self) -> Iterator[int]:
        """Go through the programs, and tell which one runs."""
        for at in range(len(self.programs)):
            self.journal.write("runs", program=at)
            yield at
        self.journal.write("end")

    def plain(self) -> None:
        """One after the other."""
        for at in self.each():
            self.run(at, tells_success=True)

    def threads(self) -> None:
        """Each in several threads at once, that start together."""
        sys.setswitchinterval(1e-6)
        rounds = SANITIZED_ROUNDS if self.plan["reports"] else ROUNDS
        for at in self.each():
            barrier = threading.Barrier(THREADS)

            def work(at: int = at, barrier: threading.Barrier = barrier) -> None:
                barrier.wait()
                end = time.monotonic() + SANITIZED_SECONDS
                for _ in range(rounds):
                    self.run(at)
                    if rounds > ROUNDS and time.monotonic() > end:
                        break

            threads = [threading.Thread(target=work, daemon=True) for _ in range(THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def subinterpreters(self) -> None:
        """Each in two interpreters that end, one after the other, and then in this one."""
        create, run, destroy = interpreters()
        head = f"import sys\nsys.path[:] = {[HERE, *sys.path]!r}\nimport run\nspace = run.names({self.modules!r})\n"
        for at in self.each():
            text = head + "".join(
                f"try:\n    exec({line!r}, space)\nexcept BaseException: pass\n" for line in self.plan["programs"][at]
            )
            for _ in range(2):
                one = create()
                try:
                    failed = run(one, text)
                except Exception as error:
                    failed = error
                if failed is not None and "ImportError" in str(failed):
                    self.journal.write("refused", what=str(failed)[:300])
                destroy(one)
            self.run(at, tells=False)

    def is_child(self, at: int) -> bool:
        """Fork, and tell how the child ended, if it did not end well. It is also the child that returns."""
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            signal.alarm(CHILD_SECONDS)
            return True
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            kind = "hang" if number == signal.SIGALRM else "crash"
            self.journal.write("found", kind=kind, program=at, line=None, what=signal.Signals(number).name)
        return False

    def shutdown(self) -> None:
        """Each in a process that ends while objects are alive, a thread calls, and functions run at its end."""
        for at in self.each():
            if self.is_child(at):
                # This is the child: it ends as a program does.
                os.close(self.journal.file)
                import atexit

                space = self.run(at, tells=False)
                builtins.kept = [space]  # type: ignore[attr-defined]
                atexit.register(self.run, at, tells=False)

                def work(at: int = at) -> None:
                    while True:
                        self.run(at, tells=False)

                # Before 3.9 CPython itself may crash when a thread runs at its end.
                if sys.version_info >= (3, 9):
                    threading.Thread(target=work, daemon=True).start()
                return

    def fork(self) -> None:
        """Each before and after a fork."""
        for at in self.each():
            self.run(at)
            if self.is_child(at):
                self.run(at, tells=False)
                os._exit(0)

    def nomemory(self) -> None:
        """Each with one allocation that fails: the first, then the second, and so on."""
        import _testcapi

        for at in self.each():
            for code in self.programs[at]:
                space = self.run(at, tells=False)
                for number in range(FAILURES):
                    try:
                        _testcapi.set_nomemory(number, number + 1)
                        exec(code, space)
                    except BaseException:  # noqa: S110 - it is the next allocation that matters
                        pass
                    finally:
                        _testcapi.remove_mem_hooks()

    def signals(self) -> None:
        """Each while signals arrive, some of whose handlers raise."""
        counted = [0]
        armed: list[bool] = []

        def handler(*_: object) -> None:
            counted[0] += 1
            if armed and counted[0] % 3 == 0:
                raise KeyboardInterrupt

        signal.signal(signal.SIGALRM, handler)
        for at in self.each():
            for _ in range(3):
                try:
                    armed.append(True)
                    signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
                    self.run(at)
                except KeyboardInterrupt:
                    pass
                finally:
                    armed.clear()
                    signal.signal(signal.SIGALRM, signal.SIG_IGN)
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    signal.signal(signal.SIGALRM, handler)


def main() -> None:
    """Run the mode."""
    faulthandler.enable()
    # Rust looks for it at each panic: a stack takes longer than the call.
    os.environ["RUST_BACKTRACE"] = "0"
    mode = sys.argv[1]
    with open(sys.argv[2], encoding="utf-8") as file:
        plan = json.load(file)
    gc.enable()
    getattr(Runner(plan), "plain" if mode == "dev" else mode)()


if __name__ == "__main__":
    main()
