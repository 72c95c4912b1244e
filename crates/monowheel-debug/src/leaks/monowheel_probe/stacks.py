"""The stacks that allocate what remains: with memray both Python's and native ones, else Python's by tracemalloc."""

from __future__ import annotations

import importlib.util
import os
import tracemalloc
from typing import Any, Callable, Dict, Union

from monowheel_probe import meter

HERE = os.path.dirname(os.path.abspath(__file__))
FRAMES = 60
STACKS = 12
# pymalloc takes larger blocks from malloc, where the C heap has them as well.
SMALL = 512

Frame = Dict[str, Union[str, int]]


def has_memray() -> bool:
    """Whether this interpreter can import memray."""
    return importlib.util.find_spec("memray") is not None


def frame(function: str, file: str, line: int) -> Frame:
    """One frame, as JSON."""
    return {"function": function, "file": file, "line": line}


def is_own(one: Frame) -> bool:
    """Whether a frame is of this package."""
    return str(one["file"]).startswith(HERE)


def ranked(stacks: list[dict[str, Any]], calls: int) -> list[dict[str, Any]]:
    """The largest, without what happened once: per call."""
    often = [stack for stack in stacks if stack["count"] >= max(2, calls / 50)]
    often.sort(key=lambda stack: -int(stack["size"]))
    for stack in often:
        stack["count"] /= calls
        stack["size"] /= calls
    return often[:STACKS]


class Trace:
    """By tracemalloc, which knows Python's allocators and Python's frames."""

    name = "tracemalloc"

    @staticmethod
    def calls(calls: int) -> int:
        """How many calls are traced."""
        return max(calls, 5)

    @staticmethod
    def find(run: Callable[[], None], calls: int) -> dict[str, Any]:
        """Trace them."""
        tracemalloc.start(FRAMES)
        try:
            run()
            meter.settle()
            before = tracemalloc.take_snapshot()
            run()
            meter.settle()
            after = tracemalloc.take_snapshot()
        finally:
            tracemalloc.stop()
        hide = [tracemalloc.Filter(False, os.path.join(HERE, "*")), tracemalloc.Filter(False, tracemalloc.__file__)]
        before, after = before.filter_traces(hide), after.filter_traces(hide)
        stacks = [
            {
                "count": grown.count_diff,
                "size": grown.size_diff,
                "native": False,
                "frames": [
                    one
                    for one in (frame("", at.filename, at.lineno) for at in reversed(grown.traceback))
                    if not is_own(one)
                ],
            }
            for grown in after.compare_to(before, "traceback")
            if grown.count_diff > 0
        ]

        def total(large: bool) -> int:
            sums = [sum(one.size for one in shot.traces if (one.size > SMALL) is large) for shot in (before, after)]
            return sums[1] - sums[0]

        return {
            "tool": Trace.name,
            "stacks": ranked(stacks, calls),
            "python": (total(large=False) + total(large=True)) / calls,
            "python_in_heap": total(large=True) / calls,
            "why": None,
        }


class Memray:
    """By memray, which also knows `malloc` and its native callers."""

    name = "memray"

    def __init__(self, file: str) -> None:
        """Record into this file."""
        self.file = file

    @staticmethod
    def calls(calls: int) -> int:
        """How many calls are recorded: every allocation is written to the file."""
        return max(5, min(calls, 100))

    def find(self, run: Callable[[], None], calls: int) -> dict[str, Any]:
        """Record them; without memray after all, trace them."""
        try:
            import memray  # type: ignore[import-not-found,unused-ignore]
        except ImportError as error:
            return {**Trace.find(run, calls), "why": f"memray cannot be imported: {error}"}
        with memray.Tracker(self.file, native_traces=True, trace_python_allocators=True):
            run()
            meter.settle()
        return self._read(memray, calls)

    def _read(self, memray: Any, calls: int) -> dict[str, Any]:
        sums: dict[tuple[bool, bool], int] = {}
        found = []
        with memray.FileReader(self.file) as reader:
            for record in reader.get_leaked_allocation_records(merge_threads=True):
                is_native = not memray.AllocatorType(record.allocator).name.startswith("PYMALLOC")
                frames = [frame(*place) for place in record.hybrid_stack_trace(max_stacks=FRAMES)]
                frames = [one for one in frames if not is_own(one)]
                if record.n_allocations < max(2, calls / 50):
                    continue
                is_large = record.size > SMALL * record.n_allocations
                sums[is_native, is_large] = sums.get((is_native, is_large), 0) + record.size
                found.append(
                    {"count": record.n_allocations, "size": record.size, "native": is_native, "frames": frames}
                )
        return {
            "tool": self.name,
            "stacks": ranked(found, calls),
            "python": (sums.get((False, False), 0) + sums.get((False, True), 0)) / calls,
            "python_in_heap": sums.get((False, True), 0) / calls,
            "why": None,
        }


def choose(plan: dict[str, Any]) -> Memray | Trace:
    """The better tool that is there."""
    return Memray(plan["allocations"]) if plan["memray"] and has_memray() else Trace()
