"""Compare this with NumPy's own functions: `python bench/against_numpy.py [ROUNDS]`, with the wheel installed.

Both take turns within each round, so that other load on the machine affects both. The results are compared first.
It measures the processor time of ten calls at a time, so other processes do not count. The ratio is of medians: above
1 this crate is faster.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Callable

import numpy as np
from numpy.typing import NDArray

from numpy_interop import clip, moving_average, row_means

Array = NDArray[np.float64]
WIDTH = 50
CALLS = 10


def windows_by_sums(values: Array) -> Array:
    """The usual fast way to average windows: differences of running sums, which lose digits."""
    sums = np.cumsum(np.insert(values, 0, 0.0))
    return (sums[WIDTH:] - sums[:-WIDTH]) / WIDTH


def clipped(values: Array) -> Array:
    """Clip a copy, as clipping twice changes nothing."""
    copied = values.copy()
    clip(copied, -1.0, 1.0)
    return copied


def clipped_by_numpy(values: Array) -> Array:
    """The same, with the same copy."""
    copied = values.copy()
    np.clip(copied, -1.0, 1.0, out=copied)
    return copied


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    values = np.random.RandomState(7).normal(size=1_000_000)
    table = values.reshape(1000, 1000)
    kernel = np.ones(WIDTH) / WIDTH
    pairs: dict[str, tuple[Callable[[], Array], Callable[[], Array]]] = {
        "moving_average / convolve": (
            lambda: moving_average(values, WIDTH),
            lambda: np.convolve(values, kernel, "valid"),
        ),
        "moving_average / cumsum": (lambda: moving_average(values, WIDTH), lambda: windows_by_sums(values)),
        "row_means / mean(axis=1)": (lambda: row_means(table), lambda: table.mean(axis=1)),
        "row_means of .T / mean": (lambda: row_means(table.T), lambda: table.T.mean(axis=1)),
        "clip / numpy.clip, 1 million": (lambda: clipped(values), lambda: clipped_by_numpy(values)),
        "clip / numpy.clip, 100": (lambda: clipped(values[:100]), lambda: clipped_by_numpy(values[:100])),
    }
    print(f"NumPy {np.__version__}\n{'what':32}{'Rust':>12}{'NumPy':>12}{'ratio':>9}")
    for name, both in pairs.items():
        np.testing.assert_allclose(both[0](), both[1](), rtol=0, atol=1e-9)
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for work, measured in zip(both, times):
                begin = time.process_time()
                for _ in range(CALLS):
                    work()
                measured.append((time.process_time() - begin) / CALLS)
        rust, numpy = map(statistics.median, times)
        print(f"{name:32}{rust * 1000:9.4f} ms{numpy * 1000:9.4f} ms{numpy / rust:8.2f}x")


if __name__ == "__main__":
    main()
