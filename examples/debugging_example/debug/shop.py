"""The program to debug: Python calls Rust, which calls Python, which calls Rust."""

from __future__ import annotations

from debugging_example import Basket, discounted

LINES = [("tea", 450, 2), ("cup", 1250, 1)]


def price(article: str, cents: int) -> int:
    """Tea is cheaper today."""
    percent = 10 if article == "tea" else 0
    return discounted(cents, percent)


def checkout() -> int:
    """Print the amount to pay."""
    return Basket(LINES).total(price)


if __name__ == "__main__":
    print("to pay:", checkout())
