"""Measure the cost of a call from Python into a PyO3 module, by the ABI that it was built for.

One small crate (ci/book/boundary.rs) is built in release mode with several abi3 floors, and for each CPython
of this machine. Each build is timed on each CPython that can load it, in many short processes in random order, so
that other load on the machine affects all of them. The result is the fastest of five timings per process, and the
median over the processes. The statement is timed as written, including the loop; the pure Python function beside it
shows the cost of any call.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "target" / "book"
FLOORS = ((3, 8), (3, 10), (3, 11), (3, 12))
STATEMENTS = ["add(1, 2)", "point.plus(1)", "point.bare()", "point.x", "bytes_in(text)", "total(floats)", "call(pure)"]
PURE = "pure(1, 2)"
# Runs in the interpreter that is measured: the module's folder is its argument.
TIMED = """
import json, sys, timeit
sys.path.insert(0, sys.argv[1])
import boundary
names = {"text": "x" * 1000, "floats": [0.5] * 100, "point": boundary.Point(7)}
names.update((name, getattr(boundary, name)) for name in ("add", "bytes_in", "total", "call"))
exec("def pure(a, b): return a + b", names)
number = int(sys.argv[2])
times = {}
for statement in json.loads(sys.argv[3]):
    timer = timeit.Timer(statement, globals=names)
    timer.timeit(number // 10)
    times[statement] = min(timer.timeit(number) for _ in range(5)) / number * 1e9
print(json.dumps(times))
"""


@dataclass(frozen=True)
class Interpreter:
    """A CPython of this machine."""

    version: tuple[int, int]
    executable: str


@dataclass(frozen=True)
class Build:
    """One way to build the crate; `only` is its version, if it is for a single one."""

    name: str
    floor: tuple[int, int]
    only: Interpreter | None = None

    def runs_on(self, python: Interpreter) -> bool:
        """Return whether that CPython can load it."""
        return self.only == python if self.only else self.floor <= python.version

    def make(self) -> Path:
        """Build it, and return the directory for sys.path."""
        folder = TARGET / "boundary"
        (folder / "src").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "ci/book/Cargo.toml", folder)
        shutil.copy(ROOT / "ci/book/Cargo.lock", folder)
        shutil.copy(ROOT / "ci/book/boundary.rs", folder / "src" / "lib.rs")
        command = ["cargo", "build", "--release", "--quiet", "--locked", "--manifest-path", str(folder / "Cargo.toml")]
        env = {**os.environ, "CARGO_TARGET_DIR": str(TARGET), "PYO3_BUILD_EXTENSION_MODULE": "1"}
        if self.only:
            env["PYO3_PYTHON"] = self.only.executable
        else:
            # Then only the floor decides, not the Python that happens to be on PATH.
            env["PYO3_NO_PYTHON"] = "1"
            command += ["--features", "pyo3/abi3-py{}{}".format(*self.floor)]
        subprocess.run(command, check=True, env=env)
        made = folder / "built" / self.name
        made.mkdir(parents=True, exist_ok=True)
        # Every CPython on Linux looks for this plain name too.
        shutil.copy(TARGET / "release" / "libbook.so", made / "boundary.so")
        return made


def interpreters() -> list[Interpreter]:
    """Return the native CPythons of this machine, one of each version, that PyO3 and the floors support."""
    listed = subprocess.run(
        [sys.executable, "-m", "monowheel", "pythons", "--json"], check=True, stdout=subprocess.PIPE
    ).stdout
    found: dict[tuple[int, int], Interpreter] = {}
    for item in json.loads(listed)["pythons"]:
        version = (item["version"][0], item["version"][1])
        is_native = item["runner"] == "native" and item["implementation"] == "cpython" and version >= FLOORS[0]
        is_plain = not (item["free_threaded"] or item["debug"] or item["in_environment"])
        # pyenv's are optimized in the same way; others only if it has none.
        if is_native and is_plain and (version not in found or item["origin"] == "pyenv"):
            found[version] = Interpreter(version, item["executable"])
    return [found[version] for version in sorted(found)]


def timed(python: Interpreter, folder: Path, number: int) -> dict[str, float]:
    """Time every operation in a fresh process."""
    command = [python.executable, "-I", "-c", TIMED, str(folder), str(number), json.dumps([*STATEMENTS, PURE])]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    times: dict[str, float] = json.loads(ran.stdout)
    return times


def table(python: Interpreter, names: list[str], medians: dict[tuple[str, str], float]) -> list[str]:
    """Render one CPython's table: nanoseconds, and relative to those of its own ABI."""
    lines = [f"\nCPython {'.'.join(map(str, python.version))}\n"]
    lines.append("| statement | " + " | ".join(names) + " |")
    lines.append("| --- |" + " ---: |" * len(names))
    for statement in STATEMENTS:
        own = medians[names[-1], statement]
        cells = [f"{medians[name, statement]:.0f} ({medians[name, statement] / own:.2f}x)" for name in names]
        lines.append(f"| `{statement}` | " + " | ".join(cells) + " |")
    pure = statistics.median(medians[name, PURE] for name in names)
    lines.append(f"\n`add(1, 2)` in pure Python: {pure:.0f} ns")
    return lines


def main() -> int:
    """Build, time in turns, print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=21, metavar="N", help="processes for each pair (21)")
    parser.add_argument("--number", type=int, default=20_000, metavar="N", help="statements in one timing (20000)")
    asked = parser.parse_args()
    pythons = interpreters()
    if not pythons:
        print("error: no CPython from 3.8 on is installed; `monowheel pythons` lists the interpreters", file=sys.stderr)
        return 3
    builds = [Build("abi3-py{}{}".format(*floor), floor) for floor in FLOORS]
    builds += [Build("cp{}{}".format(*python.version), python.version, python) for python in pythons]
    folders = {build: build.make() for build in builds}
    pairs = [(python, build) for python in pythons for build in builds if build.runs_on(python)]
    times: dict[tuple[Interpreter, str, str], list[float]] = {}
    for _ in range(asked.rounds):
        random.shuffle(pairs)
        for python, build in pairs:
            for statement, value in timed(python, folders[build], asked.number).items():
                times.setdefault((python, build.name, statement), []).append(value)
    print(f"ns per statement, median of {asked.rounds} processes (relative to the version's own ABI)")
    for python in pythons:
        names = [build.name for build in builds if build.runs_on(python)]
        medians = {(b, s): statistics.median(values) for (p, b, s), values in times.items() if p == python}
        print("\n".join(table(python, names, medians)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
