"""Measure the cost of frame pointers (docs/build.md): ``python ci/bench_frame_pointers.py [PAIRS]``.

examples/json_parser is built twice for this machine, without and with ``--frame-pointers``. The two wheels are timed
in pairs of short processes, one right after the other and in random order, so that other load on the machine
affects both equally. The fastest of five timings (of its own CPU) counts per process. It prints the sizes, and for
each statement the median over the pairs of the ratio (with / without) and the quartiles. The same ratio for a pure
Python function is the control: it runs no code of the wheel, and shows how much of a difference is noise.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "json_parser"
TARGET = "manylinux_2_17_x86_64"
PAIRS = 40
STATEMENTS = {
    "loads(records)": 40,
    "loads(numbers)": 40,
    "loads(strings)": 40,
    "loads(b'1')": 100_000,
    "pure(1, 2)": 200_000,
}
CONTROL = "pure(1, 2)"
# Runs in a process of its own: the unpacked wheel is its argument.
TIMED = """
import json, sys, time, timeit
sys.path.insert(0, sys.argv[1])
from json_parser import loads
records = [{"id": n, "name": "alpha beta %d" % n, "tags": ["a", "b"], "ok": n % 2 == 0} for n in range(1000)]
records = json.dumps(records)
numbers = json.dumps([n * 1.25 for n in range(5000)])
strings = json.dumps(["some words and a \\u00e4 " * 4 for n in range(1000)], ensure_ascii=False)
names = {"loads": loads, "records": records.encode(), "numbers": numbers.encode(), "strings": strings.encode()}
exec("def pure(a, b): return a + b", names)
times = {}
for statement, number in json.loads(sys.argv[2]).items():
    timer = timeit.Timer(statement, globals=names, timer=time.process_time)
    timer.timeit(max(1, number // 10))
    times[statement] = min(timer.timeit(number) for _ in range(5)) / number
print(json.dumps(times))
"""


def built(folder: Path, *options: str) -> tuple[Path, int, int]:
    """Build the wheel, and return its unpacked directory, its size and that of its library."""
    dist = folder / "dist"
    command = [sys.executable, "-m", "monowheel", "--quiet", "build", str(EXAMPLE), "--no-lock", "--fresh"]
    subprocess.run([*command, "--target", TARGET, "--abi", "abi3", "--out", str(dist), *options], check=True)
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    (library,) = (folder / "unpacked").rglob("*.so")
    return folder / "unpacked", wheel.stat().st_size, library.stat().st_size


def timed(unpacked: Path) -> dict[str, float]:
    """Seconds of each statement in one process."""
    command = [sys.executable, "-I", "-c", TIMED, str(unpacked), json.dumps(STATEMENTS)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def main() -> None:
    """Build, measure and print."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    with tempfile.TemporaryDirectory() as directory:
        without = built(Path(directory) / "without")
        kept = built(Path(directory) / "with", "--frame-pointers")
        for what, one, other in [("wheel", without[1], kept[1]), ("library", without[2], kept[2])]:
            print(f"{what:16} {one:>9,} -> {other:>9,} bytes ({other / one - 1:+.1%})")
        ratios: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
        for _ in range(pairs):
            order = [without[0], kept[0]]
            random.shuffle(order)
            times = {unpacked: timed(unpacked) for unpacked in order}
            for statement, found in ratios.items():
                found.append(times[kept[0]][statement] / times[without[0]][statement])
    for statement, found in ratios.items():
        low, median, high = statistics.quantiles(found, n=4)
        control = "  (control)" if statement == CONTROL else ""
        print(f"{statement:16} {median:.3f}  quartiles {low:.3f} to {high:.3f}, {pairs} pairs{control}")


if __name__ == "__main__":
    main()
