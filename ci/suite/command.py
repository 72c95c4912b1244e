"""The command line of ./ci/test, and its run."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import time
from typing import TYPE_CHECKING, Sequence

from suite import compiled
from suite.report import ends_of, lines_of
from suite.runner import Runner
from suite.shell import ROOT
from suite.step import Result, Step, Verdict
from suite.unchanged import Checkout

if TYPE_CHECKING:
    from pathlib import Path

FAILED, USAGE = 1, 2
# The default number of parallel steps: the longest ones wait for processes more than they compute.
JOBS = min(2, os.cpu_count() or 1)
EPILOG = """\
examples:
  ./ci/test                    everything that must pass before a change lands
  ./ci/test quick              formatting, lints and unit tests of your changes since main
  ./ci/test fmt clippy rust    only these steps
  ./ci/test pytest -- -k pin   one step with its own arguments
"""


class UsageError(Exception):
    """The command line is invalid."""


def count(text: str) -> int:
    """Read a number of steps."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    made = argparse.ArgumentParser(
        prog="./ci/test",
        description="The test suite of monowheel. Every step runs, whether or not another failed.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("steps", nargs="*", metavar="STEP", help="only these steps, or `quick`")
    made.add_argument("--list", action="store_true", help="list the steps and their purpose")
    made.add_argument(
        "--fresh", action="store_true", help="also run steps that passed on the same content, and compile all"
    )
    made.add_argument("--jobs", type=count, metavar="N", help="steps to run in parallel (2, on more than one core)")
    return made


def choose(names: Sequence[str], steps: Sequence[Step]) -> list[Step]:
    """Select steps by name, in the order of the table; all of them without names."""
    if not names:
        return list(steps)
    known = [step.name for step in steps]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, [*known, "quick"], n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(f"there is no step {name}{hint}\nchoose from: quick {' '.join(known)}")
    wanted = set(names)
    # This is quick if it is up to date; and a wheel from older sources must not be tested.
    wanted |= {need for step in steps if step.name in wanted for need in step.needs if need == "wheel"}
    return [step for step in steps if step.name in wanted]


def taker_of(names: Sequence[str], words: Sequence[str], steps: Sequence[Step]) -> str:
    """Return the step for the arguments after `--`."""
    takers = [step.name for step in steps if step.takes_words]
    if words and not (len(names) == 1 and names[0] in takers):
        raise UsageError(f"arguments after -- are for exactly one step of: {' '.join(takers)}")
    return names[0] if words else ""


def main(arguments: Sequence[str], steps: Sequence[Step], quick: Sequence[Step], root: Path = ROOT) -> int:
    """Run the selected steps, and return the exit code."""
    arguments = list(arguments)
    at = arguments.index("--") if "--" in arguments else len(arguments)
    words = arguments[at + 1 :]
    options = parser().parse_args(arguments[:at])
    if options.list:
        width = max(len(step.name) for step in steps)
        print(*(f"{step.name:{width}}  {step.summary}" for step in steps), sep="\n")
        return 0
    is_quick = options.steps == ["quick"]
    try:
        table = quick if is_quick else steps
        chosen = choose([] if is_quick else options.steps, table)
        taker = taker_of(options.steps, words, table)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    began = time.monotonic()
    compiled.USED = not options.fresh
    runner = Runner(chosen, Checkout(root, table), jobs=options.jobs or JOBS, fresh=options.fresh)
    results = runner.run(taker, words)
    print("", *ends_of(results), *lines_of(results, time.monotonic() - began), sep="\n", flush=True)
    return exit_code(results, runner.stopped_by)


def exit_code(results: Sequence[Result], signal: int) -> int:
    """Return 0 if nothing failed, and the usual exit code of an interrupted program."""
    if signal:
        return 128 + signal
    return FAILED if any(result.verdict in {Verdict.FAILED, Verdict.NOT_RUN} for result in results) else os.EX_OK
