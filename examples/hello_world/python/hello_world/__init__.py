"""A small PyO3 crate: greetings and sums."""

from hello_world._hello_world import (
    Greeter,
    __version__,
    add,
    greet,
    sum_of_squares,
)

__all__ = ["Greeter", "__version__", "add", "greet", "sum_of_squares"]
