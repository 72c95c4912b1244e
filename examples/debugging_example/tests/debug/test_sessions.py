"""Tests of the debuggers' output. A debugger that is not installed is skipped with a message."""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
import run

if TYPE_CHECKING:
    from pathlib import Path

# Messages on a machine that does not let a debugger start a process: a container without ptrace.
FORBIDDEN = re.compile(r"ptrace: Operation not permitted|Couldn't get CS register|'A' packet returned an error")


def sections(debugger: str, package: Path) -> dict[str, list[str]]:
    """The output of one debugger, by the headings of its session."""
    if shutil.which(debugger) is None:
        pytest.skip(f"{debugger} is not installed: apt-get install {debugger}")
    done = run.session(debugger, package)
    print(done.stdout)
    if FORBIDDEN.search(done.stdout):
        pytest.skip(f"{debugger} may not start a process on this machine")
    assert done.returncode == 0
    parts = re.split(r"^=== (.*)\n", done.stdout, flags=re.MULTILINE)
    assert len(parts) > 1, "the session ended before it showed anything"
    return {title: text.splitlines() for title, text in zip(parts[1::2], parts[2::2])}


def place(stack: list[str], *words: str) -> int:
    """The index of the frame that contains all these words."""
    found = [number for number, line in enumerate(stack) if all(word in line for word in words)]
    assert len(found) == 1, f"{words} {len(found)} times in {stack}"
    return found[0]


def test_gdb(package: Path) -> None:
    shown = sections("gdb", package)
    assert shown["at the Rust function discounted: arguments"][:2] == ["cents = 450", "percent = 10"]
    assert shown["Rust variables of Basket::total"][:4] == [
        "sum = 0",
        'line.article = "tea"',
        "line.cents = 450",
        "line.pieces = 2",
    ]
    at_line = shown["at the Python line that says breakpoint()"]
    mixed = shown["the mixed stack"]
    assert place(at_line, "shop.py", "in price") >= 0
    assert place(mixed, "Rust", "basket::discounted", "cents=450", "basket.rs") == 0
    assert "to pay: 2060" in shown["to the end"]

    if "at the Python function price" in shown:
        # One backtrace: Rust, Python, Rust, Python.
        entered = shown["at the Python function price"]
        assert entered[0] == "$1 = 'price'"
        assert place(entered, "Rust", "::Basket::total", "basket.rs") < place(entered, "in checkout ()")
        order = [
            place(mixed, "Rust", "basket::discounted"),
            place(mixed, "shop.py", "in price (article='tea', cents=450, percent=10)"),
            place(mixed, "Rust", "::Basket::total", "basket.rs"),
            place(mixed, "shop.py", "in checkout ()"),
        ]
    else:
        # Without debug information: the loops in order, and the Python frames below.
        loops = [number for number, line in enumerate(mixed) if "Python (one or more" in line]
        order = [0, loops[0], place(mixed, "Rust", "::Basket::total", "basket.rs"), loops[1]]
        assert place(mixed, "shop.py", "in price") < place(mixed, "shop.py", "in checkout")
    assert order == sorted(order)


def test_lldb(package: Path) -> None:
    shown = sections("lldb", package)
    at_line = shown["at the Python line that says breakpoint()"]
    mixed = shown["the mixed stack"]
    assert at_line[0] == "stopped by signal SIGTRAP"
    assert shown["at the Rust function discounted: arguments"][:2] == ["cents = 450", "percent = 10"]
    assert shown["Rust variables of Basket::total"][0] == "sum = 0"
    assert shown["Rust variables of Basket::total"][2:4] == ["line->cents = 450", "line->pieces = 2"]
    assert place(mixed, "Rust", "basket::discounted", "basket.rs") == 0
    assert place(mixed, "shop.py", "in price") < place(mixed, "shop.py", "in checkout")
    assert place(mixed, "Rust", "basket::Basket::total", "basket.rs") > 0
    if sys.version_info < (3, 11):
        assert place(mixed, "#", "shop.py", "in price") < place(mixed, "basket::Basket::total")
    assert "exit code 0" in shown["to the end"]
