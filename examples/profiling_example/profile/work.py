"""The program to profile and measure: `python work.py plain|optimized ROUNDS` searches that many times."""

from __future__ import annotations

import random
import sys

from profiling_example import Dictionary

VERSIONS = {"plain": Dictionary.closest_plain, "optimized": Dictionary.closest}


def make_words(count: int) -> list[str]:
    """Words of 3 to 12 letters, the same at each call."""
    source = random.Random(2024)  # noqa: S311  no secret
    return ["".join(source.choices("etaoinshrdlucm", k=source.randint(3, 12))) for _ in range(count)]


def search(version: str, rounds: int) -> None:
    """Search in 5,000 words for each of some, that many times."""
    words = make_words(5_000)
    dictionary = Dictionary(words)
    for number in range(rounds):
        VERSIONS[version](dictionary, words[number % len(words)])


if __name__ == "__main__":
    search(sys.argv[1], int(sys.argv[2]))
