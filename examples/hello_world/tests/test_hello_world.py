"""The wheel, as a user has it: installed, whichever family and platform it is of."""

import threading
from importlib.machinery import EXTENSION_SUFFIXES

import hello_world
import pytest
from hello_world import _hello_world


def test_greets_without_the_white_space() -> None:
    assert hello_world.greet("  Ада ") == "Hello, Ада!"


@pytest.mark.parametrize("name", ["", " \t\n", "x" * 101])
def test_refuses_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="the name"):
        hello_world.greet(name)


def test_adds() -> None:
    assert hello_world.add(-2, 44) == 42


@pytest.mark.parametrize("a", [2**63 - 1, 2**64])
def test_overflow_is_an_error(a: int) -> None:
    with pytest.raises(OverflowError):
        hello_world.add(a, 1)


def test_sums_squares() -> None:
    assert hello_world.sum_of_squares([3.0, 4.0]) == 25.0
    assert hello_world.sum_of_squares([]) == 0.0


def test_other_threads_run_meanwhile() -> None:
    values = [1.0] * 200_000
    results = []
    threads = [threading.Thread(target=lambda: results.append(hello_world.sum_of_squares(values))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [200_000.0] * 4


def test_the_file_name_is_one_this_python_looks_for() -> None:
    assert _hello_world.__file__ is not None
    assert any(_hello_world.__file__.endswith(suffix) for suffix in EXTENSION_SUFFIXES)
