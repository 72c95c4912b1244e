"""Exceptions: each is a CalculatorError, and also the class that Python itself would raise."""

from __future__ import annotations


class CalculatorError(Exception):
    """An expression is invalid, or has no value; ``position`` is the place in its text."""

    def __init__(self, message: str, position: int) -> None:
        """Create it with its message and position."""
        # All arguments, so that it can be pickled and copied.
        super().__init__(message, position)
        self.message = message
        self.position = position

    def __str__(self) -> str:
        """Return both."""
        return f"{self.message} (at {self.position})"


class ExpressionError(CalculatorError, ValueError):
    """The text is not a valid expression."""


class VariableError(CalculatorError, LookupError):
    """A variable has no value, or one that is infinite or NaN."""


class DivisionError(CalculatorError, ZeroDivisionError):
    """A division by zero."""


class RangeError(CalculatorError, OverflowError):
    """A result that is too large."""


class UndefinedError(CalculatorError, ValueError):
    """No result in the real numbers, as for ``sqrt(-1)``."""
