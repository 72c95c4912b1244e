"""Numbers at the boundary: overflow, huge integers, NaN, and values that are not numbers."""

from __future__ import annotations

import math
import sys

import pytest

import type_conversion as conversion

HUGE = 10**400


class Index:
    """An object that acts as an integer."""

    def __index__(self) -> int:
        """Return it."""
        return 7


def test_a_byte_is_0_to_255() -> None:
    assert [conversion.byte(value) for value in (0, 255)] == [0, 255]


@pytest.mark.parametrize("value", [-1, 256, 2**63, -(2**63) - 1, 2**64, HUGE])
def test_what_does_not_fit_is_an_overflow(value: int) -> None:
    with pytest.raises(OverflowError):
        conversion.byte(value)


@pytest.mark.parametrize("value", [3.0, 3.5, "3", None, b"3", math.nan])
def test_what_is_no_integer_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        conversion.byte(value)  # type: ignore[arg-type]


def test_true_is_an_integer_and_so_is_what_says_so() -> None:
    assert conversion.byte(True) == 1
    assert conversion.byte(Index()) == 7


def test_a_sum_has_no_limit() -> None:
    assert conversion.total([]) == 0
    assert conversion.total([2**63 - 1] * 4) == 4 * (2**63 - 1)
    assert conversion.total([HUGE, 1, -HUGE, 2**64, True]) == 2**64 + 2
    with pytest.raises(TypeError):
        conversion.total([1, 2.0])  # type: ignore[list-item]


def test_none_is_the_minimum_of_none() -> None:
    assert conversion.minimum([]) is None
    assert conversion.minimum([3, -1.5, math.inf]) == -1.5


@pytest.mark.parametrize("values", [[math.nan, 1.0], [1.0, math.nan]])
def test_nan_is_not_lost(values: list[float]) -> None:
    least = conversion.minimum(values)
    assert least is not None
    assert math.isnan(least)


def test_an_integer_can_be_too_large_for_a_float() -> None:
    assert conversion.minimum([2**1000]) == 2.0**1000
    with pytest.raises(OverflowError):
        conversion.minimum([HUGE])


def test_a_float_narrows_only_where_it_fits() -> None:
    assert conversion.single(0.5) == 0.5
    assert conversion.single(0.1) != 0.1, "rounded to 24 bits, as documented"
    assert conversion.single(-math.inf) == -math.inf
    assert math.isnan(conversion.single(math.nan))
    with pytest.raises(OverflowError, match="1e300 does not fit"):
        conversion.single(1e300)


def test_an_array_has_a_length() -> None:
    assert conversion.length((2, 3, 6)) == 7.0
    for wrong in ([1.0, 2.0], [1.0] * 4):
        with pytest.raises(ValueError, match="expected a sequence of length 3"):
            conversion.length(wrong)
    with pytest.raises(TypeError):
        conversion.length(iter([1.0, 2.0, 3.0]))  # type: ignore[arg-type]


def test_what_was_refused_is_let_go() -> None:
    values = [object()]
    before = sys.getrefcount(values[0])
    for _ in range(100):
        with pytest.raises(TypeError):
            conversion.minimum(values)  # type: ignore[arg-type]
    # The last exception may still be there, with its traceback.
    assert sys.getrefcount(values[0]) < before + 10
