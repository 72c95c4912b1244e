"""Nothing is copied: the addresses are the same."""

from __future__ import annotations

import numpy as np
import pytest

from numpy_interop import address, clip, made_in_rust


def test_rust_sees_the_memory_of_numpy() -> None:
    values = np.arange(10.0)
    assert address(values) == values.ctypes.data
    assert address(values) == values.__array_interface__["data"][0]
    # A part of an array is the same memory, further on.
    assert address(values[3:]) == values.ctypes.data + 3 * values.itemsize


def test_an_array_takes_over_the_memory_of_rust() -> None:
    where, values = made_in_rust(1000)
    assert values.ctypes.data == where
    assert values.dtype == np.float64
    assert values.flags.writeable
    assert not values.flags.owndata  # a Vec owns it; it is freed with the last array that uses it
    assert np.array_equal(values, np.arange(1000.0))
    part = values[10:20]
    del values
    assert part.tolist() == list(range(10, 20))


def test_clips_where_the_array_is() -> None:
    values = np.array([-1.0, 0.5, 2.0, np.nan])
    before = values.ctypes.data
    part = values[:3]
    clip(part, 0.0, 1.0)
    assert values.ctypes.data == before
    assert values[:3].tolist() == [0.0, 0.5, 1.0]
    assert np.isnan(values[3])


def test_what_cannot_be_written_is_refused() -> None:
    values = np.arange(3.0)
    values.flags.writeable = False
    with pytest.raises(TypeError, match=r"(?i)writeable"):
        clip(values, 0.0, 1.0)
    assert values.tolist() == [0.0, 1.0, 2.0]
