"""Both debuggers stop at functions of both languages. One that is not installed is skipped with a message."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import run

if TYPE_CHECKING:
    from pathlib import Path

PRICE, TOTAL, DISCOUNTED = range(3)


def hits(debugger: str, package: Path) -> list[dict[str, Any]]:
    """The stops of one debugger."""
    if shutil.which(debugger) is None:
        pytest.skip(f"{debugger} is not installed: apt-get install {debugger}")
    done = run.session(debugger, package, "--json")
    if "SYS_PTRACE" in done.stderr:
        pytest.skip(f"{debugger} may not start a process on this machine")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert "to pay: 2060" in report["printed"]
    found: list[dict[str, Any]] = report["hits"]
    return found


def names(frames: list[dict[str, Any]]) -> list[str]:
    """The functions of a stack."""
    return [frame["function"] for frame in frames]


@pytest.mark.parametrize("debugger", ["gdb", "lldb"])
def test_a_session(package: Path, debugger: str) -> None:
    stops = hits(debugger, package)
    assert [stop["place"] for stop in stops] == [TOTAL, PRICE, DISCOUNTED, PRICE, DISCOUNTED]
    price, discounted = stops[1], stops[2]
    assert [(one["name"], one["value"]) for one in price["arguments"]][:2] == [("article", "'tea'"), ("cents", "450")]
    assert [(one["name"], one["value"]) for one in discounted["arguments"]] == [("cents", "450"), ("percent", "10")]
    # Rust was called by Python, which was called by Rust, which was called by Python.
    assert names(discounted["python"])[:2] == ["price", "checkout"]
    native = names(discounted["native"])
    inner = next(at for at, name in enumerate(native) if name.endswith("basket::discounted"))
    outer = next(at for at, name in enumerate(native) if "Basket::total" in name)
    assert inner == 0 < outer
