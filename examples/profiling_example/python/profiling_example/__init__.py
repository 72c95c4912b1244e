"""Finds similar words, in two versions: what one writes first, and what a profile of it led to."""

from profiling_example._profiling_example import Dictionary, __version__

__all__ = ["Dictionary", "__version__"]
