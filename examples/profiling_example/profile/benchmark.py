"""Measure how much faster the optimized version is: `python profile/benchmark.py [ROUNDS]`, with the wheel installed.

The versions take turns within each round, so that other load on the machine affects all of them. It prints the
medians, and their ratios, which say more than milliseconds do on another machine.
"""

from __future__ import annotations

import statistics
import sys
import time

from work import VERSIONS, make_words

from profiling_example import Dictionary


def medians(rounds: int) -> dict[str, float]:
    """The median time of one search in 5,000 words by each version, in seconds."""
    words = make_words(5_000)
    dictionary = Dictionary(words)
    times: dict[str, list[float]] = {name: [] for name in VERSIONS}
    for number in range(rounds):
        found = []
        for name, closest in VERSIONS.items():
            begin = time.perf_counter()
            found.append(closest(dictionary, words[number % len(words)]))
            times[name].append(time.perf_counter() - begin)
        if found[0] != found[1]:
            raise AssertionError(f"the versions found different words: {found}")
    return {name: statistics.median(measured) for name, measured in times.items()}


def main() -> None:
    """Measure and print."""
    found = medians(int(sys.argv[1]) if len(sys.argv) > 1 else 201)
    print(f"{'version':12}{'median':>12}{'ratio':>9}")
    for name, median in found.items():
        print(f"{name:12}{median * 1000:9.3f} ms{median / found['optimized']:8.2f}x")


if __name__ == "__main__":
    main()
