"""Tests of the installed wheel."""

from __future__ import annotations

import pytest

import debugging_example
from debugging_example import Basket, discounted

LINES = [("tea", 450, 2), ("cup", 1250, 1)]


def test_sums_list_prices() -> None:
    assert Basket(LINES).total() == 2150
    assert Basket([]).total() == 0
    assert len(Basket(LINES)) == 2
    assert repr(Basket(LINES)) == "<Basket of 2 lines, 3 pieces>"


def test_asks_python_for_each_price() -> None:
    asked = []

    def price(article: str, cents: int) -> int:
        asked.append(article)
        return discounted(cents, 10) if article == "tea" else cents

    assert Basket(LINES).total(price) == 2 * 405 + 1250
    assert asked == ["tea", "cup"]


def test_an_error_of_the_callback_comes_through_as_it_is() -> None:
    error = KeyError("tea")

    def price(_article: str, _cents: int) -> int:
        raise error

    with pytest.raises(KeyError) as raised:
        Basket(LINES).total(price)
    assert raised.value is error


@pytest.mark.parametrize("answer", [-1, 2**64, "450", None])
def test_a_price_that_is_none_is_refused(answer: object) -> None:
    with pytest.raises((TypeError, OverflowError)):
        Basket(LINES).total(lambda _article, _cents: answer)  # type: ignore[arg-type, return-value]


def test_refuses() -> None:
    with pytest.raises(ValueError, match="101 percent"):
        discounted(1, 101)
    with pytest.raises(ValueError, match="at least one piece"):
        Basket([("tea", 1, 0)])
    with pytest.raises(OverflowError, match="64 bits"):
        Basket([("yacht", 2**64 - 1, 2)]).total()


def test_version() -> None:
    assert debugging_example.__version__ == "0.1.0"
