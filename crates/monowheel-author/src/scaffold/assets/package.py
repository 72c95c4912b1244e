"""The Python side of `own_lib`."""

from own_lib._own_lib import __version__, parse

__all__ = ["__version__", "parse"]
