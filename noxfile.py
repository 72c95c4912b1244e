"""Tasks for developers: a session for each step of ./ci/test, and tasks outside the suite.

nox itself is in ci/requirements-dev.txt, which ./ci/bootstrap installs: `.venv/bin/nox -l`. Arguments after `--` go to
the step or the script. The steps are those of ci/suite/steps.py, the benchmarks those of ci/bench_*.py; neither is
repeated here.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Callable

import nox

CI = Path(__file__).resolve().parent / "ci"
sys.path.insert(0, str(CI))

from suite.steps import STEPS  # noqa: E402 - found by the line above

nox.needs_version = ">=2024.4.15"
# A bare `nox` is for use while you write.
nox.options.sessions = ["quick"]
# The sessions use .venv, which ./ci/bootstrap maintains: a second copy of zig and maturin is 300 MB.
nox.options.default_venv_backend = "none"

# Scripts, besides the benchmarks, that do not check a change.
SCRIPTS = [
    CI / "api_corpus.py",
    CI / "real_builds.py",
    CI / "emulated.py",
    CI / "fleet_example.py",
    CI / "fleet_soak.py",
    CI / "real_rebuilds.py",
    CI / "real_wheels.py",
    CI / "readme.py",
    CI / "recording.py",
    CI / "pyo3_leaks.py",
    CI / "pyo3_matrix.py",
    CI / "new_rule.py",
    CI / "lock_tools.py",
    *sorted(CI.glob("bench_*.py")),
]


def step(name: str) -> Callable[[nox.Session], None]:
    """Return the session that runs a step, which does its own setup."""

    def session(session: nox.Session) -> None:
        words = ["--", *session.posargs] if session.posargs else []
        session.run("./ci/test", name, *words, external=True)

    return session


def script(path: Path) -> Callable[[nox.Session], None]:
    """Return the session that runs a script in ci/ with the tools of .venv."""

    def session(session: nox.Session) -> None:
        session.run("./ci/bootstrap", external=True)
        session.run(".venv/bin/python", str(path), *session.posargs, external=True)

    return session


def add(name: str, summary: str, function: Callable[[nox.Session], None]) -> None:
    """Register a session with its name and its line in `nox -l`."""
    function.__doc__ = summary
    nox.session(name=name)(function)


add("quick", "Formatting, lints and unit tests of your changes since main.", step("quick"))
for each in STEPS:
    add(each.name, each.summary, step(each.name))
for file in SCRIPTS:
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    add(file.stem, text.splitlines()[0], script(file))
