"""Runs a command that the core has parsed, and prints its result: the only module here that prints results."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
import unicodedata
from typing import Any, Callable

from .errors import CLEAN, INCOMPLETE, FleetError
from .wording import counted

_COLORS = {"good": "32", "warn": "33", "bad": "31"}
_TERMINATED = 143


class _TerminatedError(BaseException):
    """SIGTERM: as Ctrl-C, finished work is kept."""


def run(request: str) -> int:
    """Run the command of a request and return its exit code."""
    options: dict[str, Any] = json.loads(request)
    if hasattr(signal, "SIGTERM") and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)
    try:
        return _run(options)
    except FleetError as error:
        return _fail(error, options)
    except KeyboardInterrupt:
        return _fail(FleetError("interrupted", "stopped; what is finished is kept"), options)
    except _TerminatedError:
        _fail(FleetError("interrupted", "stopped; what is finished is kept"), options)
        return _TERMINATED
    except BrokenPipeError:
        # `| head`: nobody reads the rest. Python would report it once more when it flushes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
    except Exception:  # noqa: BLE001 - Python's own exit code for it would mean findings
        traceback.print_exc()
        return _fail(FleetError("defect", "a defect in monowheel: please report the lines above"), options)


def _terminate(*_: object) -> None:
    raise _TerminatedError


def _run(options: dict[str, Any]) -> int:
    # Each command imports its own packages.
    if options["command"] == "audit":
        from . import audit, summary  # noqa: PLC0415

        return _told(audit.run(options), summary.text, options)
    if options["command"] == "build":
        from . import build, build_summary  # noqa: PLC0415

        return _told(build.run(options), build_summary.text, options)
    if options["command"] in {"test", "verify"}:
        from . import checks, checks_summary  # noqa: PLC0415

        return _told(checks.run(options), checks_summary.text, options)
    if options["command"] == "report":
        from . import report  # noqa: PLC0415

        told = report.run(options)
        counts = told["counts"]
        line = f"{counted(counts['wheels'], 'wheel')}, {counted(counts['errors'], 'error')}: {told['page']}"
        _print(json.dumps(told, indent=2) if options["json"] else _harmless(line))
        return CLEAN
    if options["command"] == "query":
        from . import query  # noqa: PLC0415

        for line in query.run(options):
            _print(line if options["json"] else _harmless(line))
        return CLEAN
    raise FleetError("defect", f"unknown command {options['command']}")


def _told(
    told: dict[str, Any], text: Callable[[dict[str, Any]], list[tuple[str, str]]], options: dict[str, Any]
) -> int:
    """Print the result of work on a cluster, and return its exit code."""
    if options["json"]:
        _print(json.dumps(told, indent=2))
    else:
        for color, line in text(told):
            _print(_colored(_harmless(line), color, options))
    code: int = told["exit_code"]
    return code


def _fail(error: FleetError, options: dict[str, Any]) -> int:
    text = "\n".join(_harmless(line) for line in str(error).splitlines())
    print(f"error: {text}", file=sys.stderr, flush=True)
    if options["json"]:
        _print(json.dumps(error.document(), indent=2))
    return error.exit_code


def _print(line: str) -> None:
    try:
        print(line, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"error: stdout could not be written: {error}", file=sys.stderr)
        raise SystemExit(INCOMPLETE) from error


def _harmless(line: str) -> str:
    """Return a line in which nothing controls a terminal or a CI runner: names come from third parties."""
    shown = "".join(
        f"<U+{ord(letter):04X}>"
        if letter != "\t" and unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        else letter
        for letter in line
    )
    is_runner = os.environ.get("GITHUB_ACTIONS") == "true"
    return shown.replace("::", ": :").replace("##[", "## [") if is_runner else shown


def _colored(line: str, color: str, options: dict[str, Any]) -> str:
    wanted = options["color"]
    if wanted == "auto":
        wanted = "always" if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else "never"
    return f"\x1b[{_COLORS[color]}m{line}\x1b[0m" if wanted == "always" and color else line
