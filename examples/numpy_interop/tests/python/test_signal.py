"""The results equal NumPy's, and unsuitable arguments are refused with the call that fixes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from numpy_interop import address, clip, made_in_rust, moving_average, row_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

VALUES = np.random.RandomState(7).normal(size=1000)


@pytest.mark.parametrize("width", [1, 2, 7, 999, 1000])
def test_averages_as_numpy_does(width: int) -> None:
    expected = np.convolve(VALUES, np.ones(width) / width, "valid")
    found = moving_average(VALUES, width)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_means_of_rows_in_any_order_of_memory() -> None:
    table = VALUES.reshape(40, 25)
    for array in (table, table.T, table[::2, ::-3], np.asfortranarray(table)):
        np.testing.assert_allclose(row_means(array), array.mean(axis=1), rtol=0, atol=1e-12)
    assert row_means(np.empty((0, 3))).shape == (0,)


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        (np.arange(3), TypeError, r'values is an array of int64, not of float64: values\.astype\("float64"\)'),
        (np.arange(3.0, dtype="f4"), TypeError, "array of float32"),
        (np.arange(3.0, dtype=">f8"), TypeError, "array of >f8"),
        (np.array(["a"], dtype=object), TypeError, "array of object"),
        ([1.0, 2.0], TypeError, r'values is a list, not an array: numpy\.asarray\(values, "float64"\)'),
        (None, TypeError, "values is a NoneType"),
        (np.zeros((2, 2)), ValueError, "values has 2 dimensions, not 1"),
        (np.array(1.0), ValueError, "values has 0 dimensions, not 1"),
        (np.arange(10.0)[::2], ValueError, r"not contiguous: numpy\.ascontiguousarray\(values\)"),
        (np.arange(10.0)[::-1], ValueError, "not contiguous"),
    ],
)
def test_refuses_other_arrays(values: NDArray[np.float64], error: type[Exception], said: str) -> None:
    for call in (address, lambda array: moving_average(array, 1), lambda array: clip(array, 0.0, 1.0)):
        with pytest.raises(error, match=said):
            call(values)


def test_a_misaligned_array_is_refused() -> None:
    raw = np.zeros(8 * 4 + 1, dtype="u1")
    values = raw[1:].view("f8")
    assert not values.flags.aligned
    with pytest.raises((TypeError, ValueError)):
        moving_average(values, 1)


def test_refuses_one_dimension_for_rows() -> None:
    with pytest.raises(ValueError, match="values has 1 dimensions, not 2"):
        row_means(VALUES)
    with pytest.raises(ValueError, match="without columns"):
        row_means(np.empty((3, 0)))


def test_refuses_what_the_core_refuses() -> None:
    with pytest.raises(ValueError, match="a window of 4 does not fit 3 values"):
        moving_average(np.arange(3.0), 4)
    with pytest.raises(OverflowError):
        moving_average(VALUES, -1)
    with pytest.raises(ValueError, match="not in order"):
        clip(np.arange(3.0), 1.0, 0.0)
    with pytest.raises(ValueError, match="not in order"):
        clip(np.arange(3.0), float("nan"), 1.0)
    assert made_in_rust(0)[1].shape == (0,)
