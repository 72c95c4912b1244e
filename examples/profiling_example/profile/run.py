"""Profiles one version: `python profile/run.py perf|py-spy|memray plain|optimized [FOLDER]`.

It writes folded stacks into FOLDER (default: the current directory), and also a flame graph (`.svg`) for py-spy, and
for perf if inferno-flamegraph is on PATH (`cargo install inferno`); for memray its record, for `memray flamegraph`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from build import build
from stacks import fold, write

PROFILE = Path(__file__).resolve().parent
ROUNDS = "1500"


class NotHereError(Exception):
    """A profiler that is missing, or not permitted; the message says which."""


def tool(name: str) -> str:
    """The path of a profiler, from this environment or the machine."""
    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if found is None:
        raise NotHereError(f"{name} is not installed")
    return found


def start(command: list[str], package: Path) -> str:
    """The output of a program that uses the package built for profiling."""
    environment = {**os.environ, "PYTHONPATH": str(package)}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    errors = done.stderr.decode(errors="replace")
    if done.returncode and ("not permitted" in errors or "Permission" in errors or "paranoid" in errors):
        raise NotHereError(f"{command[0]} may not inspect processes here: {errors.strip().splitlines()[-1]}")
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {errors}")
    return done.stdout.decode(errors="replace")


def perf(version: str, package: Path, folder: Path) -> Path:
    """Native stacks, sampled by the kernel.

    From 3.12 on CPython passes the names of its functions to perf; they are visible if CPython was compiled with frame
    pointers, like this crate.
    """
    data, folded = folder / f"{version}.perf", folder / f"{version}.perf.folded"
    names = ["-X", "perf"] if sys.version_info >= (3, 12) else []
    work = [sys.executable, *names, str(PROFILE / "work.py"), version, ROUNDS]
    # cpu-clock is a timer: virtual machines often have no cycle counter.
    record = [tool("perf"), "record", "-q", "-e", "cpu-clock", "-F", "999", "--call-graph", "fp", "-o", str(data)]
    start([*record, *work], package)
    text = start([tool("perf"), "script", "-i", str(data), "-F", "comm,ip,sym"], package)
    folded.write_text(write(fold(text)), encoding="utf-8")
    if shutil.which("inferno-flamegraph"):
        image = start([tool("inferno-flamegraph"), str(folded)], package)
        folded.with_suffix(".svg").write_text(image, encoding="utf-8")
    return folded


def py_spy(version: str, package: Path, folder: Path) -> Path:
    """Python and Rust frames in one stack, read from outside the process."""
    folded = folder / f"{version}.py-spy.folded"
    work = [sys.executable, str(PROFILE / "work.py"), version, ROUNDS]
    for form, file in (("raw", folded), ("flamegraph", folded.with_suffix(".svg"))):
        record = [tool("py-spy"), "record", "--native", "--rate", "200", "--format", form]
        start([*record, "--output", str(file), "--", *work], package)
    return folded


def memray(version: str, package: Path, folder: Path) -> int:
    """The number of allocations; with fewer rounds, because each is recorded."""
    record, stats = folder / f"{version}.memray", folder / f"{version}.memray.json"
    program = [tool("memray")]
    start(
        [*program, "run", "--native", "-f", "-q", "-o", str(record), str(PROFILE / "work.py"), version, "10"], package
    )
    start([*program, "stats", "--json", "-f", "-o", str(stats), str(record)], package)
    return int(json.loads(stats.read_text(encoding="utf-8"))["total_num_allocations"])


def main() -> int:
    """Profile, and print where the result is."""
    profilers = {"perf": perf, "py-spy": py_spy, "memray": memray}
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in profilers or sys.argv[2] not in ("plain", "optimized"):
        print("usage: python profile/run.py perf|py-spy|memray plain|optimized [FOLDER]", file=sys.stderr)
        return 2
    folder = Path(*sys.argv[3:]).resolve()
    with tempfile.TemporaryDirectory() as package:
        build(Path(package))
        try:
            print(profilers[sys.argv[1]](sys.argv[2], Path(package), folder))
        except NotHereError as reason:
            print(reason, file=sys.stderr)
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
