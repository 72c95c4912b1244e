"""Arithmetic expressions, parsed once and evaluated often.

>>> from calculator import Expression, evaluate
>>> evaluate("-2^2 + max(1, 2)")
-2.0
>>> parabola = Expression("a * x^2")
>>> parabola.table("x", [0, 1, 2], a=3)
[0.0, 3.0, 12.0]

An error states its position, counted in characters of a ``str``:

>>> Expression("1 + $")
Traceback (most recent call last):
    ...
calculator.errors.ExpressionError: unexpected `$` (at 4)
"""

from calculator._calculator import (
    MAX_DEPTH,
    MAX_LENGTH,
    Expression,
    __version__,
    evaluate,
)
from calculator.errors import (
    CalculatorError,
    DivisionError,
    ExpressionError,
    RangeError,
    UndefinedError,
    VariableError,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_LENGTH",
    "CalculatorError",
    "DivisionError",
    "Expression",
    "ExpressionError",
    "RangeError",
    "UndefinedError",
    "VariableError",
    "__version__",
    "evaluate",
]
