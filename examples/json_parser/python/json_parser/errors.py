"""The exception for invalid JSON."""

from __future__ import annotations


class JSONError(ValueError):
    """A text is not valid JSON: ``position`` is the place, counted from 0 in characters of a ``str``."""

    def __init__(self, message: str, position: int, line: int, column: int) -> None:
        """Create it with its message and position; lines and columns start at 1."""
        super().__init__(message, position, line, column)
        self.message = message
        self.position = position
        self.line = line
        self.column = column

    def __str__(self) -> str:
        """Return all of it."""
        return f"{self.message}: line {self.line} column {self.column}"
