"""Measure the cost of `monowheel test` on the native interpreters here, and its own share.

The baseline is the same work by hand, one interpreter after the other: an environment, pip with the same
arguments, each import in a process of its own, the project's tests. Only ratios within one run matter.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "hello_world"
MODULE = "hello_world._hello_world"
# The checks of `monowheel test` besides the project's command, as options and statements.
IMPORTS = [
    ([], f"import {MODULE}"),
    ([], f"import {MODULE}, sys; [sys.modules.pop(m) for m in list(sys.modules) if 'hello' in m]; import {MODULE}"),
    ([], f"import {MODULE}"),
    (["-X", "dev"], f"import {MODULE}"),
]
GOAL_PARALLEL, GOAL_WARM = 1.3, 10.0
Json = Dict[str, Any]


def timed(command: list[str], cache: Path) -> tuple[float, str]:
    """Run a command that has to succeed; return its seconds and its output."""
    env = {**os.environ, "MONOWHEEL_CACHE": str(cache), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, env=env, encoding="utf-8", check=False)
    seconds = time.monotonic() - began
    if done.returncode:
        sys.exit(f"{command}: exit code {done.returncode}\n{done.stderr}")
    return seconds, done.stdout


def ours(wheels: Path, pythons: list[str], cache: Path) -> tuple[float, list[Json]]:
    """Test the wheels on these interpreters; return the seconds and the trials."""
    command = [
        sys.executable,
        "-m",
        "monowheel",
        "test",
        str(wheels),
        "--json",
        "--config",
        str(EXAMPLE / "pyproject.toml"),
    ]
    seconds, told = timed(command + [word for python in pythons for word in ("--python", python)], cache)
    trials = json.loads(told)["releases"][0]["trials"]
    if any(trial["verdict"] != "ran" for trial in trials) or len(trials) != len(pythons):
        sys.exit(f"not all ran: {told}")
    return seconds, trials


def by_hand(wheels: Path, python: Json, folder: Path) -> tuple[float, float]:
    """Do the same without monowheel; return the seconds of the environment and of the checks."""
    env, pip = folder / "env", [str(folder / "env/bin/python"), "-I", python["pip"] + "/pip", "install", "-q"]
    made = sum(
        timed(command, folder)[0]
        for command in (
            [python["path"], "-I", "-m", "venv", "--without-pip", str(env)],
            [*pip, "--isolated", "--no-index", "--no-deps", "--find-links", str(wheels), "hello_world"],
            [*pip, "--find-links", str(wheels), "hello_world", "pytest"],
        )
    )
    tests = [
        "-m",
        "pytest",
        str(EXAMPLE / "tests"),
        "-c",
        str(EXAMPLE / "pyproject.toml"),
        "-p",
        "no:cacheprovider",
        "-q",
    ]
    checks = [[*options, "-I", "-c", code] for options, code in IMPORTS]
    return made, sum(timed([str(env / "bin/python"), *words], folder)[0] for words in [*checks, tests])


def natives() -> list[Json]:
    """Find one native CPython with pip and ssl of each version that supports one of the wheels, the newest six."""
    told = subprocess.run(
        [sys.executable, "-m", "monowheel", "pythons", "--json"], stdout=subprocess.PIPE, encoding="utf-8", check=True
    ).stdout
    found: dict[str, Json] = {}
    for python in json.loads(told)["pythons"]:
        fit = python["implementation"] == "cpython" and python["runner"] == "native" and python["ssl"] and python["pip"]
        if fit and [3, 8] <= python["version"] <= [3, 13] and not python["free_threaded"]:
            found.setdefault(str(python["version"]), python)
    return list(found.values())


def main() -> int:
    """Measure, print the table and the goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheels", nargs="?", type=Path, default=ROOT / "target" / "ci" / "hello")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not list(options.wheels.glob("hello_world-*.whl")):
        sys.exit(f"no wheels of hello_world in {options.wheels}: ./ci/test cross")
    pythons = natives()
    paths = [python["path"] for python in pythons]
    cold, warm, floors, shares, warm_floors = [], [], [], [], []
    alone: dict[str, list[float]] = {path: [] for path in paths}
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as name:
            cache = Path(name)
            floor = [by_hand(options.wheels, python, Path(tempfile.mkdtemp(dir=cache))) for python in pythons]
            floors.append(sum(sum(pair) for pair in floor))
            warm_floors.append(sum(checks for _, checks in floor))
            for path in paths:
                alone[path].append(ours(options.wheels, [path], cache / path.replace("/", "_"))[0])
            cold.append(ours(options.wheels, paths, cache / "all")[0])
            warm.append(ours(options.wheels, paths, cache / "all")[0])
            one_by_one = sum(ours(options.wheels, [path], cache / "all")[0] for path in paths)
            shares.append(1 - warm_floors[-1] / one_by_one)
    median = statistics.median
    print(f"{'interpreter':12} {'alone, cold':>12}   (seconds, median of {options.rounds})")
    for python in pythons:
        print(f"{python['release']:12} {median(alone[python['path']]):12.1f}")
    each = [median(seconds) for seconds in alone.values()]
    cores = len(os.sched_getaffinity(0))
    share = max(*each, sum(each) / cores)
    print(f"by hand, one after the other, cold: {median(floors):.1f} s; warm: {median(warm_floors):.1f} s")
    print(f"ours, one after the other, cold: {sum(each):.1f} s = {sum(each) / median(floors):.2f} x by hand")
    print(f"ours, own share when warm, with startup and the search for interpreters: {median(shares):.0%}")
    print(f"all {len(paths)} together, cold: {median(cold):.1f} s on {cores} cores")
    print(f"  = {median(cold) / share:.2f} x the larger of the slowest one and the cores' share (goal {GOAL_PARALLEL})")
    print(f"all {len(paths)} together, warm: {median(warm):.1f} s (goal {GOAL_WARM:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
