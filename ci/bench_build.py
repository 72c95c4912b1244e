"""Times the factory against plain sequential maturin, in one run, as ratios.

Both sides build the same tiny crate for the seven default targets, abi3 family, with one toolchain
and one zig: plain ``maturin build --zig --target T`` calls one after the other, each in a target
directory of its own (as a matrix of CI jobs would), against one ``monowheel build``.

Two baselines: maturin with ready standard libraries (both sides use the same ones), and, as needed for a toolchain
without them, maturin with ``-Zbuild-std`` in each call. Against the second: everything cold, the
libraries kept from an earlier build, one source line changed, nothing changed.

    nox -s bench_build -- [--rounds N] [--source-rounds N]

Wall seconds are medians over the rounds; the two sides of a round run right after each other, so
that a machine whose speed drifts shifts both. Memory is the largest sum over all processes of a
side, sampled ten times a second. CPU is the ratio of processor time, busy the share of the cores that monowheel's side
uses from start to end. One build that is not counted fills the caches that both sides share
outside their target directories (zig's, cargo's).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import psutil

MANIFEST = """\
[package]
name = "tiny"
version = "0.1.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[dependencies]
pyo3 = { version = "=0.29.3", features = ["abi3-py38"] }

[workspace]
"""
PYPROJECT = """\
[build-system]
requires = ["maturin>=1.16,<2"]
build-backend = "maturin"

[project]
name = "{name}"
requires-python = ">=3.8"
dynamic = ["version"]
"""
SOURCE = """\
use pyo3::prelude::*;

#[pymodule]
mod tiny {
    use super::*;

    #[pyfunction]
    fn add(a: i64, b: i64) -> i64 {
        a.wrapping_add(b)
    }
}
"""


class Cost(NamedTuple):
    """The cost of one side of a round."""

    seconds: float
    mebibytes: float
    # Processor seconds of all its processes.
    cpu: float

    @property
    def busy(self) -> float:
        """The share of the cores that was busy."""
        return self.cpu / (self.seconds * len(os.sched_getaffinity(0)))


def held_memory(pid: int) -> int:
    """Current memory of a process and all its children, in bytes."""
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        return sum(resident(process) for process in [root, *root.children(recursive=True)])
    return 0


def resident(process: psutil.Process) -> int:
    """Memory of one process in bytes; 0 if it has just ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return int(process.memory_info().rss)
    return 0


def processor_time() -> float:
    """Seconds of all processes that this one has waited for, and of their children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(command: list[str], cwd: Path, env: dict[str, str]) -> Cost:
    """Run a command, and return its time and the peak memory of its processes."""
    start, before = time.perf_counter(), processor_time()
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    peak = 0
    ended = threading.Event()

    def sample() -> None:
        nonlocal peak
        while not ended.wait(0.1):
            peak = max(peak, held_memory(process.pid))

    sampler = threading.Thread(target=sample)
    sampler.start()
    printed, _ = process.communicate()
    seconds = time.perf_counter() - start
    ended.set()
    sampler.join()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}\n{printed[-4000:]}")
    return Cost(seconds, peak / 2**20, processor_time() - before)


class Bench:
    """The tiny crate, the plan for it, and both ways to build it."""

    def __init__(self, work: Path) -> None:
        """Create the crate and warm up."""
        self.work = work
        self.crate = work / "tiny"
        (self.crate / "src").mkdir(parents=True)
        (self.crate / "Cargo.toml").write_text(MANIFEST, encoding="utf-8")
        (self.crate / "pyproject.toml").write_text(PYPROJECT.format(name="tiny"), encoding="utf-8")
        (self.crate / "src" / "lib.rs").write_text(SOURCE, encoding="utf-8")
        # The first build resolves the dependencies, fills the caches outside the target directories and
        # leaves the shims of the toolchain that the plan chose, which the plain calls use as well.
        print("warming up (not counted) …", flush=True)
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("CARGO_")}
        # Neither side uses the cache of sccache between rounds.
        self.env["RUSTC_WRAPPER"] = ""
        self.factory()
        self.shims = self.crate / "target" / "monowheel" / "tiny" / "shims"
        lock = next((self.crate / "target" / "monowheel" / "tiny" / "target" / "package").glob("*/Cargo.lock"))
        shutil.copy(lock, self.crate / "Cargo.lock")
        plan = subprocess.run(
            [*MONOWHEEL, "plan", str(self.crate), "--abi", "abi3", "--json"],
            env=self.env,
            capture_output=True,
            check=True,
        )
        self.jobs = [(job["target"], [std["triple"] for std in job["std"]]) for job in json.loads(plan.stdout)["jobs"]]

    def factory(self, cache: Path | None = None, fresh: bool = False) -> Cost:
        """One ``monowheel build`` of all seven wheels."""
        env = dict(self.env)
        if cache is not None:
            env["MONOWHEEL_CACHE"] = str(cache)
        if fresh:
            shutil.rmtree(self.crate / "target", ignore_errors=True)
        out = self.work / "out-monowheel"
        words = ["build", str(self.crate), "--no-lock", "--abi", "abi3", "--out", str(out), "-q"]
        return measured([*MONOWHEEL, *words], self.work, env)

    def change_a_line(self) -> None:
        """Make the source differ by a constant."""
        path = self.crate / "src" / "lib.rs"
        path.write_text(
            SOURCE.replace("a.wrapping_add(b)", f"a.wrapping_add(b + {time.time_ns() % 1000})"), encoding="utf-8"
        )

    def maturin(self, shims: Path, from_source: bool, fresh: bool) -> Cost:
        """Plain calls of maturin, one after the other."""
        folders = self.work / ("plain-source" if from_source else "plain-ready")
        if fresh:
            shutil.rmtree(folders, ignore_errors=True)
        total = Cost(0.0, 0.0, 0.0)
        for target, triples in self.jobs:
            env = dict(
                self.env,
                CARGO_TARGET_DIR=str(folders / target),
                PATH=os.pathsep.join([str(shims), str(BIN), self.env["PATH"]]),
            )
            env["RUSTC"], env["CARGO"] = str(shims / "rustc"), str(shims / "cargo")
            triple = triples[0] if len(triples) == 1 else "universal2-apple-darwin"
            command = [MATURIN, "build", "-q", "--release", "--zig", "--locked", "--target", triple, "-i", "3.8"]
            command += ["--out", str(self.work / "out-maturin")]
            if from_source:
                command.append("-Zbuild-std=std,panic_unwind")
                env["RUSTC_BOOTSTRAP"] = "1"
            cost = measured(command, self.crate, env)
            total = Cost(total.seconds + cost.seconds, max(total.mebibytes, cost.mebibytes), total.cpu + cost.cpu)
        return total


def plain_shims(ready: Path, folder: Path) -> Path:
    """The same toolchain without the ready standard libraries: the shims without their sysroot."""
    folder.mkdir()
    for shim in ready.iterdir():
        if shim.is_dir():
            shutil.copytree(shim, folder / shim.name)
            continue
        call, sysroot, _ = shim.read_text(encoding="utf-8").partition(" --sysroot ")
        text = call + ' "$@"\n' if sysroot else call
        (folder / shim.name).write_text(text, encoding="utf-8")
        (folder / shim.name).chmod(0o755)
    return folder


def row(name: str, goal: str, pairs: list[tuple[Cost, Cost]]) -> None:
    """Print one scenario: monowheel's cost and maturin's, pair by pair."""
    if not pairs:
        return
    ours, theirs = [ours for ours, _ in pairs], [theirs for _, theirs in pairs]
    seconds = [statistics.median(cost.seconds for cost in side) for side in (ours, theirs)]
    memory = [max(cost.mebibytes for cost in side) for side in (ours, theirs)]
    cpu = f"{statistics.median(a.cpu / b.cpu for a, b in pairs):.3f}x"
    busy = f"{100 * statistics.median(cost.busy for cost in ours):.0f}%"
    ratio = f"{statistics.median(a.seconds / b.seconds for a, b in pairs):.3f}x"
    print(
        f"{name:28} {seconds[0]:9.1f} {seconds[1]:9.1f} {ratio:>7} {goal:>8} {cpu:>7} {busy:>5}",
        f"{memory[0]:9.0f} {memory[1]:9.0f} {len(ours):6}",
        flush=True,
    )


def main() -> None:
    """Run the scenarios and print the table."""
    parser = argparse.ArgumentParser(description="the factory against plain sequential maturin")
    parser.add_argument("--rounds", type=int, default=3, help="rounds with std ready (default 3)")
    parser.add_argument(
        "--source-rounds", type=int, default=1, help="rounds with std from source, the slow ones (default 1)"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="monowheel-bench-") as folder:
        work = Path(folder)
        bench = Bench(work)
        kept = work / "shims"
        shutil.copytree(bench.shims, kept)
        print(
            f"{'scenario (7 targets, abi3)':28} {'monowheel':>9} {'maturin':>9} {'ratio':>7} {'goal':>8}",
            f"{'CPU':>7} {'busy':>5}",
            f"{'MiB ours':>9} {'MiB plain':>9} {'rounds':>6}",
        )
        ready = [
            (bench.factory(fresh=True), bench.maturin(kept, from_source=False, fresh=True)) for _ in range(args.rounds)
        ]
        row("std ready, cold", "<=0.50x", ready)
        lines = []
        for _ in range(args.rounds):
            bench.change_a_line()
            lines.append((bench.factory(), bench.maturin(kept, from_source=False, fresh=False)))
        row("std ready, one line changed", "", lines)
        plain = plain_shims(kept, work / "shims-plain")
        costs: dict[str, list[tuple[Cost, Cost]]] = {name: [] for name in GOALS}
        for _ in range(args.source_rounds):
            cache = work / "cache"
            shutil.rmtree(cache, ignore_errors=True)
            cold = bench.factory(cache=cache, fresh=True)
            filled = bench.factory(cache=cache, fresh=True)
            bench.change_a_line()
            changed = bench.factory(cache=cache)
            unchanged = bench.factory(cache=cache)
            theirs = bench.maturin(plain, from_source=True, fresh=True)
            for name, cost in zip(GOALS, (cold, filled, changed, unchanged)):
                costs[name].append((cost, theirs))
        for name, goal in GOALS.items():
            row(name, goal, costs[name])


# Against sequential maturin calls that each build std from source, in empty directories.
GOALS = {
    "std from source, all cold": "<=0.85x",
    "std kept, project cold": "<=0.20x",
    "std kept, one line changed": "<=0.05x",
    "std kept, nothing changed": "<1 s",
}


BIN = Path(sys.executable).parent
MONOWHEEL = [sys.executable, "-m", "monowheel"]
MATURIN = str(BIN / "maturin")


if __name__ == "__main__":
    main()
