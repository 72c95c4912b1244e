"""Folded stacks: one line per stack, outermost frame first, with its number of samples.

inferno-flamegraph, flamegraph.pl and speedscope read this format, and py-spy writes it with `--format raw`.
"""

from __future__ import annotations

import re
from collections import Counter

FRAME = re.compile(r"^\s+[0-9a-f]+ (.*?)(?: \([^()]*\))?$")


def fold(script: str) -> Counter[str]:
    """The stacks in the output of `perf script -F comm,ip,sym`."""
    stacks: Counter[str] = Counter()
    for sample in re.split(r"\n\s*\n", script):
        # perf prints the innermost frame first, after a line with the program's name.
        frames = [match.group(1) for match in map(FRAME.match, sample.splitlines()[1:]) if match]
        if frames:
            stacks[";".join(reversed(frames))] += 1
    return stacks


def read(text: str) -> Counter[str]:
    """Folded stacks from a file."""
    stacks: Counter[str] = Counter()
    for line in text.splitlines():
        stack, _, samples = line.rpartition(" ")
        stacks[stack] += int(samples)
    return stacks


def write(stacks: Counter[str]) -> str:
    """The form of the file."""
    return "".join(f"{stack} {samples}\n" for stack, samples in sorted(stacks.items()))


def share(stacks: Counter[str], pattern: str, *, innermost: bool = False) -> float:
    """The share of the samples with a matching frame; with `innermost`, of those where it is the innermost one."""
    found = sum(
        samples
        for stack, samples in stacks.items()
        if re.search(pattern, stack.rpartition(";")[2] if innermost else stack)
    )
    return found / max(1, sum(stacks.values()))
