from typing import Final, Sequence, final

__all__ = ["Greeter", "__version__", "add", "greet", "sum_of_squares"]

__version__: Final[str]

@final
class Greeter:
    """Greets with a word of your choice."""

    def __new__(cls, word: str | None = None) -> Greeter: ...
    @property
    def word(self) -> str:
        """The word that every greeting begins with."""

    def greet(self, name: str) -> str:
        """A greeting for ``name``. Raises ValueError for an empty name or one over 100 characters."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def add(a: int, b: int) -> int:
    """``a + b`` in 64 bits. Raises OverflowError if it does not fit."""

def greet(name: str) -> str:
    """A greeting for ``name``. Raises ValueError for an empty name or one over 100 characters."""

def sum_of_squares(values: Sequence[float]) -> float:
    """The sum of the squares of ``values``, computed while detached from the interpreter."""
