"""The final table, and the summary line."""

from __future__ import annotations

from typing import Sequence

from suite.step import Result, Verdict

# Seconds; marked in the table.
SLOW = 120
# The lines of a failed step that are repeated at the end of the run.
LINES = 40


def ends_of(results: Sequence[Result]) -> list[str]:
    """Return the last lines of each failed step: its output may be thousands of lines above the table."""
    lines = []
    for result in results:
        if result.verdict is Verdict.FAILED and result.end:
            end = result.end.decode(errors="replace").splitlines()[-LINES:]
            lines += [f"=== {result.step.name} failed; the end of its output:", *end, ""]
    return lines


def lines_of(results: Sequence[Result], seconds: float) -> list[str]:
    """Return a line for each step, then the summary.

    A step that was skipped because nothing changed has passed on exactly this content: it is among the passed, and
    also counted on a line of its own.
    """
    width = max([len(result.step.name) for result in results] + [10])
    lines = [f"{'step':{width}} {'seconds':>8} {'cpu':>6}  verdict"]
    for result in results:
        note = f" ({result.note})" if result.note else ""
        slow = "  (slow)" if result.seconds >= SLOW else ""
        times = f"{result.seconds:8.0f} {result.cpu:6.0f}"
        lines.append(f"{result.step.name:{width}} {times}  {result.verdict.value}{note}{slow}")
    cpu = sum(result.cpu for result in results)
    lines += [f"{'total':{width}} {seconds:8.0f} {cpu:6.0f}", ""]
    count = {verdict: sum(result.verdict is verdict for result in results) for verdict in Verdict}
    unchanged = count[Verdict.UNCHANGED]
    if unchanged:
        lines.append(f"{unchanged} of the passed did not run again: nothing they read has changed (--fresh runs them)")
    if count[Verdict.NOT_RUN]:
        lines.append(f"{count[Verdict.NOT_RUN]} were not run")
    failed = [result.step.name for result in results if result.verdict is Verdict.FAILED]
    if failed:
        lines.append(f"failed: ./ci/test {' '.join(failed)}")
    passed = count[Verdict.PASSED] + unchanged
    lines.append(f"{passed} passed, {len(failed)} failed, {count[Verdict.SKIPPED]} skipped")
    return lines
