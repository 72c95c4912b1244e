from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["__version__", "address", "clip", "made_in_rust", "moving_average", "row_means"]

__version__: Final[str]

def address(values: NDArray[np.float64]) -> int:
    """The address of an array's first value in Rust, to compare with ``values.ctypes.data``."""

def clip(values: NDArray[np.float64], low: float, high: float) -> None:
    """Clip every value to the limits, in place."""

def made_in_rust(length: int) -> tuple[int, NDArray[np.float64]]:
    """An array of the numbers up to ``length``, and the address where Rust created them."""

def moving_average(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """The mean of each window of ``width`` adjacent values, as a new array; ``values`` is read in place."""

def row_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each row of a two-dimensional array, in any memory order."""
