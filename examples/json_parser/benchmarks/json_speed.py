"""Compare ``json_parser.loads`` with the standard library's json and with orjson.

    python benchmarks/json_speed.py [SECONDS]

Each document is parsed by all of them in turn, in many short rounds: other load on the machine
affects all equally. It prints ratios of medians: this parser's time relative to the others', below 1 if it is faster.
"""

from __future__ import annotations

import importlib
import json
import platform
import random
import statistics
import sys
import time
from typing import Any, Callable

import json_parser

Loads = Callable[[bytes], Any]
# The minimum time of a round for each parser: long compared with the clock's resolution.
ROUND = 0.004
# At least.
ROUNDS = 5


def documents() -> dict[str, bytes]:
    """Make documents of four kinds, the same at every run."""
    random_ = random.Random(3)  # noqa: S311 - no secret
    words = ["alpha", "beta", "größe", "delta", "épsilon", "zeta"]
    records = [
        {
            "id": number,
            "name": " ".join(random_.choices(words, k=3)),
            "price": round(random_.uniform(0, 1000), 2),
            "tags": random_.choices(words, k=3),
            "active": number % 2 == 0,
            "parent": None,
        }
        for number in range(1_000)
    ]
    made = {
        "records": records,
        "floats": [random_.uniform(-1e6, 1e6) for _ in range(10_000)],
        "integers": [random_.getrandbits(40) for _ in range(10_000)],
        "strings": ["x" * random_.randint(20, 400) for _ in range(1_000)],
        "escapes": ['line\n"quoted"\té' * 5 for _ in range(1_000)],
    }
    return {name: json.dumps(value, ensure_ascii=name == "escapes").encode() for name, value in made.items()}


def seconds(loads: Loads, data: bytes, times: int) -> float:
    """Time ``times`` calls."""
    began = time.perf_counter()
    for _ in range(times):
        loads(data)
    return (time.perf_counter() - began) / times


def medians(parsers: dict[str, Loads], data: bytes, budget: float) -> dict[str, float]:
    """Return each parser's median time for one document."""
    times = {name: max(1, int(ROUND / seconds(loads, data, 3))) for name, loads in parsers.items()}
    taken: dict[str, list[float]] = {name: [] for name in parsers}
    end = time.perf_counter() + budget
    while time.perf_counter() < end or len(taken["json"]) < ROUNDS:
        for name, loads in parsers.items():
            taken[name].append(seconds(loads, data, times[name]))
    return {name: statistics.median(values) for name, values in taken.items()}


def main() -> int:
    """Print the table."""
    budget = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    parsers: dict[str, Loads] = {"json_parser": json_parser.loads, "json": json.loads}
    try:
        parsers["orjson"] = importlib.import_module("orjson").loads
    except ImportError:
        print("orjson is not installed, so it is not compared: pip install orjson")
    print(f"CPython {platform.python_version()}, {platform.machine()}; json_parser {json_parser.__version__}")
    others = [name for name in parsers if name != "json_parser"]
    print(f"{'document':10} {'KB':>6} {'ms':>8}", *(f"{'/ ' + name:>9}" for name in others))
    for kind, data in documents().items():
        if any(loads(data) != json.loads(data) for loads in parsers.values()):
            print(f"error: {kind}: the parsers do not agree")
            return 1
        found = medians(parsers, data, budget)
        ours = found["json_parser"]
        ratios = (f"{ours / found[name]:9.2f}" for name in others)
        print(f"{kind:10} {len(data) / 1000:6.0f} {ours * 1000:8.3f}", *ratios)
    return 0


if __name__ == "__main__":
    sys.exit(main())
