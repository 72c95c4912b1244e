"""Runs programs in one mode: `run.py MODE PLAN`. Writes to a journal which program runs, before it does.

What a program raises is as it should be, but for a panic, and for SystemError, which CPython raises for a call that
breaks its rules. What ends the process is seen from outside.
"""

import array
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

HERE = os.path.dirname(os.path.abspath(__file__))
THREADS = 4
FAILURES = 40
CHILD_SECONDS = 5


class Bad:
    """An object whose every method fails."""

    def __getattr__(self, name):
        raise ValueError(name)

    def _fail(self, *_):
        raise ZeroDivisionError

    __index__ = __int__ = __float__ = __len__ = __iter__ = __bool__ = __hash__ = __eq__ = __str__ = __repr__ = _fail
    __call__ = __getitem__ = __contains__ = __fspath__ = __bytes__ = __enter__ = _fail


def time_is_up(*_):
    """Lets another thread run."""
    for _ in range(200):
        pass


class Journal:
    """Which program runs, and what happened."""

    def __init__(self, path):
        """Append to it: a forked child does too."""
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, event, **values):
        """Write one line at once."""
        os.write(self.file, json.dumps(dict(values, event=event)).encode("ascii", "replace") + b"\n")


def names(modules):
    """Return what a program sees."""
    recursive = []
    recursive.append(recursive)
    found = {"array": array, "copy": copy, "gc": gc, "os": os, "pickle": pickle, "Bad": Bad, "time_is_up": time_is_up,
             "RECURSIVE": recursive}  # fmt: skip
    for module in modules:
        importlib.import_module(module)
        top = module.partition(".")[0]
        found[top] = sys.modules[top]
    return found


def is_rule(error):
    """Whether it is CPython's report about a function that breaks its rules."""
    return isinstance(error, SystemError) and "returned" in str(error) and "exception" in str(error)


class Runner:
    """The programs of a plan."""

    def __init__(self, plan):
        """Compile them."""
        self.plan = plan
        self.modules = plan["modules"]
        self.journal = Journal(plan["journal"])
        self.space = names(self.modules)
        self.programs = []
        for lines in plan["programs"]:
            compiled = []
            for line in lines:
                try:
                    compiled.append(compile(line, "<soak>", "exec"))
                except (SyntaxError, ValueError):
                    continue
            self.programs.append(compiled)

    def run(self, at, space=None, tells=True, tells_success=False):
        """Run one program."""
        space = dict(self.space) if space is None else space
        lines = self.plan["programs"][at]
        worked = 0
        for number, code in enumerate(self.programs[at]):
            try:
                exec(code, space)
                worked += 1
            except BaseException as error:  # noqa: BLE001
                name = type(error).__name__
                kind = "panic" if name == "PanicException" else "system-error" if is_rule(error) else None
                if kind and tells:
                    self.journal.write("found", kind=kind, program=at, line=number, what=name + ": " + str(error)[:300])
                del error
        if tells_success and worked == len(lines) == 1:
            self.journal.write("worked", program=at)
        return space

    def each(self):
        """Go through the programs, and tell which one runs."""
        for at in range(self.plan["first"], len(self.programs)):
            self.journal.write("runs", program=at)
            yield at
        self.journal.write("end")

    def plain(self):
        """One after the other."""
        for at in self.each():
            self.run(at, tells_success=True)

    def threads(self):
        """Each in several threads at once, that start together."""
        sys.setswitchinterval(1e-6)
        for at in self.each():
            barrier = threading.Barrier(THREADS)

            def work(at=at, barrier=barrier):
                barrier.wait()
                for _ in range(3):
                    self.run(at)

            threads = [threading.Thread(target=work, daemon=True) for _ in range(THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def subinterpreters(self):
        """Each in two interpreters that end, one after the other, and then in this one."""
        try:
            import _interpreters

            create, run = (lambda: _interpreters.create("legacy")), _interpreters.exec
        except ImportError:
            import _xxsubinterpreters as _interpreters

            def create():
                try:
                    return _interpreters.create(isolated=False)
                except TypeError:
                    return _interpreters.create()

            run = _interpreters.run_string
        head = "import sys\nsys.path[:] = %r\nimport run\nspace = run.names(%r)\n" % ([HERE, *sys.path], self.modules)
        for at in self.each():
            text = head + "".join(
                "try:\n    exec(%r, space)\nexcept BaseException: pass\n" % line for line in self.plan["programs"][at]
            )
            for _ in range(2):
                one = create()
                try:
                    failed = run(one, text)
                except Exception as error:  # noqa: BLE001
                    failed = error
                if failed is not None and "ImportError" in str(failed):
                    self.journal.write("refused", what=str(failed)[:300])
                _interpreters.destroy(one)
            self.run(at, tells=False)

    def child(self, work, at):
        """Run this in a forked child, and tell how it ended, if it did not end well."""
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            signal.alarm(CHILD_SECONDS)
            return work
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            kind = "hang" if number == signal.SIGALRM else "crash"
            self.journal.write("found", kind=kind, program=at, line=None, what=signal.Signals(number).name)
        return None

    def shutdown(self):
        """Each in a process that ends while objects are alive, a thread calls, and functions run at its end."""
        for at in self.each():
            if self.child(True, at):
                # This is the child: it ends as a program does.
                os.close(self.journal.file)
                import atexit

                space = self.run(at, tells=False)
                builtins = sys.modules["builtins"]
                builtins.kept = [space]
                atexit.register(self.run, at, None, False)

                def work(at=at):
                    while True:
                        self.run(at, tells=False)

                threading.Thread(target=work, daemon=True).start()
                return

    def fork(self):
        """Each before and after a fork."""
        for at in self.each():
            self.run(at)
            if self.child(True, at):
                self.run(at, tells=False)
                os._exit(0)

    def nomemory(self):
        """Each with one allocation that fails: the first, then the second, and so on."""
        import _testcapi

        for at in self.each():
            for code in self.programs[at]:
                space = self.run(at, tells=False)
                for number in range(FAILURES):
                    try:
                        _testcapi.set_nomemory(number, number + 1)
                        exec(code, space)
                    except BaseException:  # noqa: BLE001, S110
                        pass
                    finally:
                        _testcapi.remove_mem_hooks()

    def signals(self):
        """Each while signals arrive, some of whose handlers raise."""
        counted = [0]

        def handler(*_):
            counted[0] += 1
            if counted[0] % 3 == 0:
                raise KeyboardInterrupt

        signal.signal(signal.SIGALRM, handler)
        for at in self.each():
            for _ in range(3):
                try:
                    signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
                    self.run(at)
                except KeyboardInterrupt:
                    pass
                finally:
                    signal.signal(signal.SIGALRM, signal.SIG_IGN)
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    signal.signal(signal.SIGALRM, handler)


def main():
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
