"""Tests of the profilers' output. One that is missing or not permitted is skipped with the reason."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Callable, TypeVar

import pytest
from run import NotHereError, memray, perf, py_spy, start
from stacks import read, share

# glibc's, and musl's few.
ALLOCATOR = r"^(_int_)?(malloc|calloc|realloc|free|cfree)|^__libc_|unlink_chunk|malloc_consolidate"
T = TypeVar("T")


def profiled(profiler: Callable[[str, Path, Path], T], package: Path, folder: Path) -> tuple[T, T]:
    """The results for both versions."""
    try:
        return profiler("plain", package, folder), profiler("optimized", package, folder)
    except NotHereError as reason:
        pytest.skip(str(reason))


def test_perf_shows_the_allocator_and_that_it_is_gone(package: Path, tmp_path: Path) -> None:
    plain, optimized = (read(file.read_text(encoding="utf-8")) for file in profiled(perf, package, tmp_path))
    assert share(plain, "profiling_example::distance::plain") > 0.3
    assert share(optimized, "profiling_example::distance::Distance::to") > 0.3
    before, after = (share(stacks, ALLOCATOR, innermost=True) for stacks in (plain, optimized))
    print(f"in the allocator: {before:.0%} of the samples before, {after:.0%} after")
    assert before > 0.1
    assert after < before / 5


def test_py_spy_shows_python_and_rust_in_one_stack(package: Path, tmp_path: Path) -> None:
    plain, optimized = (read(file.read_text(encoding="utf-8")) for file in profiled(py_spy, package, tmp_path))
    assert share(plain, r"search \(work\.py:\d+\);.*;closest_plain \(") > 0.5
    assert share(optimized, r"search \(work\.py:\d+\);.*;closest \(") > 0.5
    assert (tmp_path / "plain.py-spy.svg").read_text(encoding="utf-8").count("<rect") > 10


def test_memray_counts_allocations(package: Path, tmp_path: Path) -> None:
    plain, optimized = profiled(memray, package, tmp_path)
    print(f"allocations in 10 searches of 5,000 words: {plain} before, {optimized} after")
    # The plain version makes at least four allocations for each pair of words.
    assert plain > 4 * 10 * 5_000
    assert optimized < plain / 20


def test_the_benchmark_runs_and_the_optimized_version_is_faster(package: Path) -> None:
    benchmark = Path(__file__).parents[2] / "profile" / "benchmark.py"
    lines = start([sys.executable, str(benchmark), "31"], package).splitlines()
    assert [line.split()[0] for line in lines] == ["version", "plain", "optimized"]
    # It was measured to be more than twice as fast; on a busy machine it is at least faster.
    assert float(lines[1].split()[-1].rstrip("x")) > 1.2
