"""A small PyO3 crate: what monowheel's wheels are tried with."""

from hello_world._hello_world import __version__, add, greet, sum_of_squares

__all__ = ["__version__", "add", "greet", "sum_of_squares"]
