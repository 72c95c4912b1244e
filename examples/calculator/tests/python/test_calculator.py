"""Tests of the installed library: values, errors, pickling, threads, Ctrl-C, and its documentation."""

from __future__ import annotations

import copy
import doctest
import math
import os
import pickle
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import calculator
from calculator import Expression, evaluate


def test_an_expression_is_evaluated_often() -> None:
    area = Expression("pi * r^2")
    assert area.variables == ("r",)
    assert area(r=2) == pytest.approx(math.pi * 4)
    assert area(r=0) == 0.0
    assert area(r=1, unused=2) == pytest.approx(math.pi)


def test_a_table_has_a_row_for_each_value() -> None:
    line = Expression("a * x + b")
    assert line.table("x", [0, 1, 2.5], a=2, b=1) == [1.0, 3.0, 6.0]
    assert line.table("x", [], a=2, b=1) == []
    with pytest.raises(calculator.VariableError, match="`b` has no value"):
        line.table("x", [1.0], a=2)


def test_names_of_arguments_are_free() -> None:
    assert evaluate("text + name + self", text=1, name=2, self=3) == 6.0
    assert Expression("name + values").table("name", [1.0], values=2, name=5) == [3.0]


@pytest.mark.parametrize(
    ("text", "kind", "builtin", "position"),
    [
        ("1 +", calculator.ExpressionError, ValueError, 3),
        ("größe $", calculator.ExpressionError, ValueError, 6),
        ("2 + nothing", calculator.VariableError, LookupError, 4),
        ("1 / 0", calculator.DivisionError, ZeroDivisionError, 2),
        ("10 ^ 999", calculator.RangeError, OverflowError, 3),
        ("1 + sqrt(-1)", calculator.UndefinedError, ValueError, 4),
    ],
)
def test_an_error_is_ours_and_python_s(
    text: str, kind: type[calculator.CalculatorError], builtin: type[Exception], position: int
) -> None:
    with pytest.raises(kind, match=rf"\(at {position}\)$") as caught:
        evaluate(text)
    assert isinstance(caught.value, builtin)
    assert isinstance(caught.value, calculator.CalculatorError)
    assert caught.value.position == position
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert (type(again), again.message, again.position) == (kind, caught.value.message, position)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_variable_is_finite(value: float) -> None:
    with pytest.raises(calculator.VariableError, match="`x` is not finite"):
        evaluate("x", x=value)


def test_wrong_types_are_refused() -> None:
    for wrong in (None, b"1", 1):
        with pytest.raises(TypeError):
            Expression(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        evaluate("x", x="1")  # type: ignore[arg-type]
    with pytest.raises(OverflowError):
        evaluate("x", x=10**400)
    with pytest.raises(UnicodeEncodeError):
        Expression("\ud800")


def test_what_is_deep_or_long_ends_well() -> None:
    with pytest.raises(calculator.ExpressionError, match="levels"):
        Expression("(" * 50_000)
    with pytest.raises(calculator.ExpressionError, match="characters"):
        Expression("1" * (calculator.MAX_LENGTH + 1))
    assert evaluate("1" + "+1" * 40_000) == 40_001.0


def test_an_expression_is_a_value() -> None:
    one = Expression("x + ä")
    assert one == Expression("x + ä")
    assert one != Expression("x+ä")
    assert str(one) == one.text == "x + ä"
    assert repr(one) == "Expression('x + ä')"
    assert pickle.loads(pickle.dumps(one, 2)) == copy.deepcopy(one) == one  # noqa: S301 - our own
    with pytest.raises(AttributeError):
        one.text = "y"  # type: ignore[misc]


def random_expression(random_: random.Random, depth: int) -> str:
    """Make an expression that means the same in Python, except for ``^``."""
    if depth == 0:
        return random_.choice(["x", "y", "2", "0.5", "3e1", "pi"])
    left, right = (random_expression(random_, depth - 1) for _ in range(2))
    return random_.choice(
        [
            f"{left} + {right}",
            f"{left}-{right}",
            f"({left})*({right})",
            f"{left} / {right}",
            f"-{left} % {right}",
            f"({left})^2",
            f"-{left}^2",
            f"min({left}, {right})",
            f"abs({left})",
        ]
    )


def test_values_are_python_s_own() -> None:
    random_ = random.Random(7)  # noqa: S311 - the same at every run
    names = {"x": 1.25, "y": -3.0, "pi": math.pi, "min": min, "abs": abs}
    same = 0
    for _ in range(2_000):
        text = random_expression(random_, random_.randint(1, 4))
        try:
            expected = eval(text.replace("^", "**"), {"__builtins__": {}}, names)  # noqa: S307 - made above
        except ZeroDivisionError:
            with pytest.raises(calculator.DivisionError):
                evaluate(text, x=1.25, y=-3.0)
            continue
        assert evaluate(text, x=1.25, y=-3.0) == pytest.approx(expected, rel=1e-9, abs=1e-9), text
        same += 1
    assert same > 1_000


def test_threads_share_one() -> None:
    expression = Expression("x^2 + y")
    values = [float(value) for value in range(20_000)]
    with ThreadPoolExecutor(8) as threads:
        tables = threads.map(lambda y: expression.table("x", values, y=y), range(8))
    assert all(table[100] == 10_000.0 + y and len(table) == len(values) for y, table in enumerate(tables))


def test_others_run_during_a_table() -> None:
    expression = Expression("sin(x)" + "+sin(x)" * 200)
    ticks = 0
    done = threading.Event()

    def compute() -> None:
        expression.table("x", [1.0] * 20_000)
        done.set()

    thread = threading.Thread(target=compute)
    thread.start()
    while not done.is_set():
        ticks += 1
        time.sleep(0.001)
    thread.join()
    assert ticks > 2


@pytest.mark.skipif(os.name != "posix", reason="a process cannot send itself Ctrl-C elsewhere")
def test_ctrl_c_ends_a_table() -> None:
    expression = Expression("sin(x)" + "+sin(x)" * 2_000)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        expression.table("x", [1.0] * 1_000_000)
    assert time.monotonic() - began < 10.0, "all of it would take a minute"
    timer.join()


@pytest.mark.parametrize("documented", [calculator, Expression, evaluate])
def test_the_documentation_is_right(documented: object) -> None:
    assert documented.__doc__ is not None
    examples = doctest.DocTestParser().get_doctest(documented.__doc__, dict(vars(calculator)), "doc", None, None)
    assert examples.examples
    assert doctest.DocTestRunner().run(examples).failed == 0
