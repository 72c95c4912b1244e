from typing import Final

__all__ = ["__version__", "parse"]

__version__: Final[str]

def parse(text: str) -> int:
    """The whole number that ``text`` is. Raises ValueError where it is none."""
