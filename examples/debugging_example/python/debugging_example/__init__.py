"""Prices of a basket, computed in Rust, which calls Python for some of them."""

from debugging_example._debugging_example import Basket, __version__, discounted

__all__ = ["Basket", "__version__", "discounted"]
