"""What is wrong with a text."""

from __future__ import annotations


class JSONError(ValueError):
    """A text is no JSON: ``position`` is where in it, counted from 0 like the characters of a ``str``."""

    def __init__(self, message: str, position: int, line: int, column: int) -> None:
        """Say what, and where; lines and columns begin with 1."""
        super().__init__(message, position, line, column)
        self.message = message
        self.position = position
        self.line = line
        self.column = column

    def __str__(self) -> str:
        """Say all of it."""
        return f"{self.message}: line {self.line} column {self.column}"
