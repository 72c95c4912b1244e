"""Finds similar words, in two versions: the obvious one, and one optimized after profiling."""

from profiling_example._profiling_example import Dictionary, __version__

__all__ = ["Dictionary", "__version__"]
