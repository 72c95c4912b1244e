"""Runs one check of an installed wheel: CHECK RESULT SECONDS MODULE...

The result file is written last: without it the check failed, and the trace is on stderr.
"""

import faulthandler
import importlib
import json
import sys


def load(modules):
    for name in modules:
        importlib.import_module(name)
    for root in sorted({name.partition(".")[0] for name in modules}):
        package = importlib.import_module(root)
        # What `from package import *` takes.
        for name in getattr(package, "__all__", ()):
            getattr(package, name)


def once(modules):
    load(modules)


def again(modules):
    before = set(sys.modules)
    load(modules)
    for name in set(sys.modules) - before:
        del sys.modules[name]
    try:
        load(modules)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # Also PyO3's PanicException: a module that sets what the process has once, such as a logger, panics here.
        return said(error)


def subinterpreter(modules):
    code = "import " + ", ".join(modules)
    try:
        from concurrent import interpreters  # 3.14

        one = interpreters.create()
        try:
            one.exec(code)
        except interpreters.ExecutionFailed as error:
            return str(error).strip().splitlines()[-1]
        finally:
            one.close()
        return None
    except ImportError:
        pass
    try:
        import _interpreters  # 3.13

        one = _interpreters.create()
        failed = _interpreters.exec(one, code)
        _interpreters.destroy(one)
        return failed and failed.formatted
    except ImportError:
        pass
    try:
        import _xxsubinterpreters  # 3.8
    except ImportError:
        return "this Python was built without subinterpreters"
    one = _xxsubinterpreters.create()
    try:
        _xxsubinterpreters.run_string(one, code)
    except _xxsubinterpreters.RunFailedError as error:
        return str(error)
    finally:
        _xxsubinterpreters.destroy(one)


def said(error):
    return "{}: {}".format(type(error).__name__, error)


CHECKS = {"import": once, "again": again, "subinterpreter": subinterpreter, "dev": once}


def main(check, result, seconds, *modules):
    faulthandler.enable()
    # Pyodide has no thread that could watch.
    watched = sys.platform != "emscripten"
    if watched:
        # A hang ends with the traces of all threads.
        faulthandler.dump_traceback_later(float(seconds), exit=True)
    refused = CHECKS[check](modules)
    if watched:
        faulthandler.cancel_dump_traceback_later()
    gil = getattr(sys, "_is_gil_enabled", None)
    with open(result, "w", encoding="utf-8") as file:
        json.dump({"refused": refused, "gil": gil() if gil else True}, file)


main(*sys.argv[1:])
