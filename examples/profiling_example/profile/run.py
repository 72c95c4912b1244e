"""Profiles one version: `python profile/run.py perf|py-spy|memory plain|optimized [FOLDER]`.

It builds the module for profilers and calls `monowheel debug profile`, which writes a flame graph into FOLDER (default:
the current directory). It prints the share of each part.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from build import build

PROFILE = Path(__file__).resolve().parent
OPTIONS = {"perf": ["--tool", "perf"], "py-spy": ["--tool", "py-spy"], "memory": ["--memory"]}
ROUNDS = {"perf": "1500", "py-spy": "1500", "memory": "10"}
# The exit code of monowheel when a tool is missing, or is not permitted to look at processes.
NOT_HERE = 3


class NotHereError(Exception):
    """A profiler that cannot be used; the message says why."""


def start(command: list[str | Path], package: Path) -> str:
    """The output of a program that uses the package built for profiling."""
    environment = {**os.environ, "PYTHONPATH": str(package)}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    if done.returncode == NOT_HERE:
        raise NotHereError(done.stderr.strip())
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def profile(tool: str, version: str, package: Path, folder: Path) -> dict[str, Any]:
    """The profile of one version, as JSON; its flame graph is in the directory."""
    monowheel = os.environ.get("MONOWHEEL", "monowheel")
    # From 3.12 on, CPython tells perf the names of its functions.
    names = ["-X", "perf"] if tool == "perf" and sys.version_info >= (3, 12) else []
    graph = folder / f"{version}.{tool}.html"
    command: list[str | Path] = [monowheel, "debug", "profile", "--json", *OPTIONS[tool], "--output", graph, "--"]
    work: list[str | Path] = [sys.executable, *names, PROFILE / "work.py", version, ROUNDS[tool]]
    report: dict[str, Any] = json.loads(start([*command, *work], package))
    return report


def share(report: dict[str, Any], pattern: str, *, innermost: bool = False) -> float:
    """The share of the profile with a matching frame; with `innermost`, of that where it is the innermost one."""
    found = sum(
        stack["value"]
        for stack in report["stacks"]
        if re.search(pattern, stack["folded"].rpartition(";")[2] if innermost else stack["folded"])
    )
    return float(found / max(1, report["total"]))


def main() -> int:
    """Profile, and print the parts."""
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in OPTIONS or sys.argv[2] not in ("plain", "optimized"):
        print("usage: python profile/run.py perf|py-spy|memory plain|optimized [FOLDER]", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as package:
        build(Path(package))
        try:
            report = profile(sys.argv[1], sys.argv[2], Path(package), Path(*sys.argv[3:]).resolve())
        except NotHereError as reason:
            print(reason, file=sys.stderr)
            return 3
    for part in report["categories"]:
        print(f"{part['value'] / report['total']:6.1%}  {part['category']}")
    print(f"{report['total']} {report['unit']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
