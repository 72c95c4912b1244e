"""Runs the unit of work in rounds and writes one line of JSON per round: `__main__.py PLAN`.

The last line is the end: without it the unit ended the process. The file is opened for each line, so nothing is held
open that a unit could close or a fork could inherit.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import sys
import threading
import time
import traceback
from typing import Any, Dict

PARENT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if sys.path and os.path.abspath(sys.path[0]) == os.path.dirname(os.path.abspath(__file__)):
    del sys.path[0]
sys.path.insert(0, PARENT)
from monowheel_probe import autopsy, meter, stacks, unit

sys.path.remove(PARENT)

MOST_CALLS = 1000

Plan = Dict[str, Any]


class Record:
    """The file of results."""

    def __init__(self, path: str) -> None:
        """Start with an empty file."""
        self.path = path

    def write(self, event: str, **values: Any) -> None:
        """Append one line."""
        line = json.dumps({"event": event, **values}).encode("utf-8", "replace") + b"\n"
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)


def calls_per_round(work: unit.Unit, wanted: int, seconds: float) -> int:
    """How often the unit is called in one round: often enough that the round is not all measuring."""
    if wanted:
        return wanted
    calls = 1
    while True:
        begin = time.perf_counter()
        work.repeat(calls)
        if time.perf_counter() - begin >= seconds or calls >= MOST_CALLS:
            return calls
        calls *= 10


def rounds(plan: Plan, work: unit.Unit, record: Record, calls: int) -> meter.Meter:
    """Warm up, then measure."""
    for _ in range(plan["warm_up"]):
        work.repeat(calls)
        meter.settle()
    gauge = meter.Meter(work.namespace)
    # The first measurement allocates what measuring needs.
    gauge.measure()
    for _ in range(plan["rounds"]):
        work.repeat(calls)
        record.write("round", **gauge.measure())
    return gauge


def main(arguments: list[str]) -> None:
    """Run the plan."""
    with open(arguments[0], encoding="utf-8") as file:
        plan = json.load(file)
    record = Record(plan["record"])
    gc.enable()
    work = unit.Unit(plan)
    calls = calls_per_round(work, plan["calls"], plan["seconds"])
    record.write(
        "start",
        calls=calls,
        heap=meter.heap_source(),
        has_type_references=meter.HAS_TYPE_REFERENCES,
    )
    suspects = plan["suspects"]
    if suspects is None:
        rounds(plan, work, record, calls)
    else:
        finder = stacks.choose(plan)
        gauge = rounds(plan, work, record, calls)
        # Before a tool for stacks adds objects of its own.
        samples = autopsy.sample(suspects["objects"], gauge)
        found = finder.find(lambda: work.repeat(finder.calls(calls)), finder.calls(calls))
        record.write("stacks", **found)
        record.write("autopsy", **autopsy.report(suspects, samples, gauge, work.namespace))
    record.write("end", threads=threading.active_count())


def show(error: BaseException) -> None:
    """Print a traceback without the frames of this package."""
    trace = error.__traceback__
    own = os.path.dirname(os.path.abspath(__file__))
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(own):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)


if __name__ == "__main__":
    # The Python stack of a crash.
    faulthandler.enable()
    try:
        main(sys.argv[1:])
    except SystemExit:
        raise
    except BaseException as error:
        show(error)
        sys.exit(1)
