from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["__version__", "address", "clip", "made_in_rust", "moving_average", "row_means"]

__version__: Final[str]

def address(values: NDArray[np.float64]) -> int:
    """Where Rust sees the first value of an array: to be compared with ``values.ctypes.data``."""

def clip(values: NDArray[np.float64], low: float, high: float) -> None:
    """Bring every value between the limits, in the array itself."""

def made_in_rust(length: int) -> tuple[int, NDArray[np.float64]]:
    """An array of the numbers up to ``length``, and where Rust had made them before it was an array."""

def moving_average(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """The mean of each window of ``width`` neighbours, as a new array; ``values`` is read where it is."""

def row_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each row of a two-dimensional array, in whatever order it lies in memory."""
