"""Tests of the profiles. A profiler that is missing or not permitted is skipped with the reason."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from run import NotHereError, profile, share, start

# glibc's, and musl's few.
ALLOCATOR = r"^(_int_)?(malloc|calloc|realloc|free|cfree)|^__libc_|unlink_chunk|malloc_consolidate"


def profiled(tool: str, package: Path, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The profiles of both versions."""
    try:
        return profile(tool, "plain", package, folder), profile(tool, "optimized", package, folder)
    except NotHereError as reason:
        pytest.skip(str(reason))


def test_perf_shows_the_allocator_and_that_it_is_gone(package: Path, tmp_path: Path) -> None:
    plain, optimized = profiled("perf", package, tmp_path)
    assert share(plain, "profiling_example::distance::plain") > 0.3
    assert share(optimized, "profiling_example::distance::Distance::to") > 0.3
    before, after = (share(report, ALLOCATOR, innermost=True) for report in (plain, optimized))
    print(f"in the allocator: {before:.0%} of the samples before, {after:.0%} after")
    assert before > 0.1
    assert after < before / 5


def test_py_spy_shows_python_and_rust_in_one_stack(package: Path, tmp_path: Path) -> None:
    plain, optimized = profiled("py-spy", package, tmp_path)
    assert share(plain, r"search \(work\.py\);.*;closest_plain \(") > 0.5
    assert share(optimized, r"search \(work\.py\);.*;closest \(") > 0.5
    assert (tmp_path / "plain.py-spy.html").read_text(encoding="utf-8").count("work.py") > 1


def test_memory_is_the_dictionary_in_both(package: Path, tmp_path: Path) -> None:
    plain, optimized = profiled("memory", package, tmp_path)
    assert plain["unit"] == "bytes"
    print(f"most memory: {plain['total']} bytes before, {optimized['total']} after")
    # What is freed at once does not show here: it shows as time in the allocator.
    assert plain["total"] < 2 * optimized["total"]


def test_the_benchmark_runs_and_the_optimized_version_is_faster(package: Path) -> None:
    benchmark = Path(__file__).parents[2] / "profile" / "benchmark.py"
    lines = start([sys.executable, benchmark, "31"], package).splitlines()
    assert [line.split()[0] for line in lines] == ["version", "plain", "optimized"]
    # It was measured to be more than twice as fast; on a busy machine it is at least faster.
    assert float(lines[1].split()[-1].rstrip("x")) > 1.2
