"""Tests of the installed wheel, of any ABI family and platform."""

import sys
import sysconfig
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import EXTENSION_SUFFIXES

import pytest

import hello_world
from hello_world import _hello_world


def test_greets_without_the_white_space() -> None:
    assert hello_world.greet("  Ада ") == "Hello, Ада!"


@pytest.mark.parametrize("name", ["", " \t\n", "x" * 101])
def test_refuses_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="the name"):
        hello_world.greet(name)


def test_a_greeter_has_its_word() -> None:
    greeter = hello_world.Greeter("Привет")
    assert greeter.word == "Привет"
    assert greeter.greet(" Ада ") == "Привет, Ада!"
    assert hello_world.Greeter(None).word == hello_world.Greeter().word == "Hello"
    assert repr(hello_world.Greeter("Hi")) == 'Greeter("Hi")'


def test_greeters_are_values() -> None:
    one, same, other = (hello_world.Greeter(word) for word in ("Hi", "Hi", "Ho"))
    assert one == same
    assert one != other
    assert one != "Hi"
    assert len({one, same, other}) == 2


def test_a_greeter_does_not_change() -> None:
    with pytest.raises(AttributeError):
        hello_world.Greeter().word = "Ho"  # type: ignore[misc]


@pytest.mark.parametrize("word", ["", "x" * 21])
def test_refuses_a_word(word: str) -> None:
    with pytest.raises(ValueError, match="the word has"):
        hello_world.Greeter(word)


def test_adds() -> None:
    assert hello_world.add(-2, 44) == 42


@pytest.mark.parametrize("a", [2**63 - 1, 2**64])
def test_overflow_is_an_error(a: int) -> None:
    with pytest.raises(OverflowError):
        hello_world.add(a, 1)


def test_sums_squares() -> None:
    assert hello_world.sum_of_squares([3.0, 4.0]) == 25.0
    assert hello_world.sum_of_squares([]) == 0.0


def test_eight_threads_get_right_answers() -> None:
    together = threading.Barrier(8)
    values = [1.0] * 200_000
    wrong = []

    def work(number: int) -> None:
        together.wait(30)
        for step in range(500):
            if hello_world.add(number, step) != number + step:
                wrong.append(("add", number, step))
            if hello_world.greet(f" {number}.{step} ") != f"Hello, {number}.{step}!":
                wrong.append(("greet", number, step))
        if hello_world.sum_of_squares(values[number:]) != 200_000.0 - number:
            wrong.append(("sum_of_squares", number, 0))

    # An exception would end only its own thread.
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(8))) == [None] * 8
    assert wrong == []


if sys.version_info >= (3, 13):

    @pytest.mark.skipif(not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this Python always has the GIL")
    def test_the_gil_stays_off() -> None:
        assert sys._is_gil_enabled() is False


def test_the_file_name_is_one_this_python_looks_for() -> None:
    assert _hello_world.__file__ is not None
    assert any(_hello_world.__file__.endswith(suffix) for suffix in EXTENSION_SUFFIXES)
