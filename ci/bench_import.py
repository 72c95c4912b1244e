"""Measure the cost of `import monowheel` above `python -c pass`: the median of many pairs of runs.

The two alternate, so that other load on the machine affects both. Exit code 1 when the
difference is above the documented 10 ms.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

PROMISED_MS = 10.0


def milliseconds(code: str) -> float:
    """Time one interpreter that runs ``code``."""
    began = time.perf_counter()
    # -I: neither the current directory nor the user's site-packages are used.
    subprocess.run([sys.executable, "-I", "-c", code], check=True)
    return (time.perf_counter() - began) * 1000


def main() -> int:
    """Measure, print and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60, metavar="N", help="pairs of runs (60)")
    runs = parser.parse_args().runs
    for code in ("pass", "import monowheel"):
        milliseconds(code)  # the disk's cache, for both
    pairs = [(milliseconds("pass"), milliseconds("import monowheel")) for _ in range(runs)]
    without = statistics.median(pair[0] for pair in pairs)
    with_import = statistics.median(pair[1] for pair in pairs)
    added = statistics.median(pair[1] - pair[0] for pair in pairs)
    print(f"python -c pass                {without:7.2f} ms")
    print(f"python -c 'import monowheel'  {with_import:7.2f} ms   {with_import / without:.2f}x")
    print(f"added, median of {runs} pairs    {added:7.2f} ms   (promised: below {PROMISED_MS:g})")
    return 0 if added < PROMISED_MS else 1


if __name__ == "__main__":
    sys.exit(main())
