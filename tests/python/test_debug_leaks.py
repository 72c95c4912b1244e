"""`monowheel debug leaks`: planted leaks are found with their cause, their fixed twins are clean."""

from __future__ import annotations

import importlib.util
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

pytestmark = [
    pytest.mark.builds,
    pytest.mark.skipif(sys.platform != "linux", reason="the heap is measured on Linux only"),
]

CLEAN = 0
FINDINGS = 1
USAGE = 2
INCOMPLETE = 3

# The unit of work, the kind of the finding, and words of it.
LEAKS = [
    ("forget_object()", "lost-reference", "list"),
    ("forget_text(7)", "untracked-objects", "str"),
    ("box_leak(100)", "native-memory", "112 bytes"),
    ("cache_unbounded()", "native-memory", "bytes of native memory"),
    ("keep_in_static([])", "lost-reference", "list"),
    ("Plain().lose()", "lost-reference", "instance of Plain"),
    ("cycle('Node')", "cycle", "Node, which has no __traverse__"),
    ("partial()", "cycle", "Partial, whose __traverse__ does not visit each field"),
    ("hold()", "held", "HELD holds more list objects"),
    ("keep_in_static(SHARED)", "lost-reference", "references to __main__.SHARED are lost"),
]
FIXED = [
    "forget_object_fixed()",
    "forget_text_fixed(7)",
    "box_leak_fixed(100)",
    "cache_bounded()",
    "once_only()",
    "Plain()",
    "cycle('NodeFixed')",
    "release()",
]


def leaks(monowheel: Run, folder: Path, unit: str, *words: str) -> tuple[int, Any]:
    """Measure a unit with a few calls: the exit code and the report."""
    setup = ("--setup", "import units; from units import *")
    done = monowheel(
        "debug", "leaks", "--json", "--calls", "100", *words, *setup, "--", sys.executable, "-c", unit,
        env={"PYTHONPATH": str(folder)},
    )  # fmt: skip
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(("unit", "kind", "words"), LEAKS)
def test_a_planted_leak_is_found_with_its_cause(
    monowheel: Run, planted: Path, unit: str, kind: str, words: str
) -> None:
    code, report = leaks(monowheel, planted, unit, "--no-memray", "--rounds", "8")
    assert (code, report["verdict"]) == (FINDINGS, "leaks"), report
    (finding,) = report["findings"]
    assert finding["kind"] == kind, finding
    assert words in finding["what"], finding
    assert finding["per_call"] > 0
    assert report["schema"] == "monowheel.debug-leaks/1"
    assert report["measured"]["stacks"] == "tracemalloc"


def test_the_fixed_twins_are_clean(monowheel: Run, planted: Path) -> None:
    code, report = leaks(monowheel, planted, "\n".join(FIXED))
    assert (code, report["verdict"]) == (CLEAN, "clean"), report
    assert report["findings"] == []


def test_memray_names_the_rust_function(monowheel: Run, planted: Path) -> None:
    if importlib.util.find_spec("memray") is None:
        pytest.skip("memray is not installed")
    code, report = leaks(monowheel, planted, "box_leak(100)")
    assert code == FINDINGS
    assert report["measured"]["stacks"] == "memray"
    stack = report["stacks"][0]
    assert stack["native"]
    assert (stack["count"], stack["size"]) == (1.0, 100.0)
    functions = [frame["function"] for frame in stack["frames"]]
    rust = next(at for at, name in enumerate(functions) if name.endswith("box_leak"))
    # Both languages in one stack, the innermost frame first.
    assert "<module>" in functions[rust:]


def test_a_script_runs_once_and_its_function_is_repeated(monowheel: Run, tmp_path: Path) -> None:
    script = tmp_path / "bench.py"
    script.write_text("kept = []\nprint('once')\ndef grow():\n    kept.append([kept])\n", encoding="utf-8")
    words = ("debug", "leaks", "--calls", "50", "--no-memray")
    done = monowheel(*words, "--call", "grow", "--", sys.executable, script)
    assert done.returncode == FINDINGS, done.stderr
    assert "__main__.kept holds more list objects after each call" in done.stdout
    assert "bench.py:4" in done.stdout
    # The script itself, again and again, starts with a new list each time.
    done = monowheel(*words, "--", sys.executable, script)
    assert done.returncode == CLEAN, done.stdout + done.stderr
    assert "nothing grows" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["ls"], USAGE, "neither Python nor a Python script"),
        (["no-such-program"], USAGE, "not on PATH"),
        (["./no/such/python"], USAGE, "no such program"),
        ([sys.executable], USAGE, "nothing that could be repeated"),
        ([sys.executable, "-i", "x.py"], USAGE, "the option -i"),
        ([sys.executable, "-c", "1/0"], INCOMPLETE, "ZeroDivisionError"),
        ([sys.executable, "-c", "import sys; sys.exit(5)"], INCOMPLETE, "exit status: 5"),
        ([sys.executable, "-c", "import os; os._exit(0)"], INCOMPLETE, "ended the process"),
        ([sys.executable, "-m", "no_such_module"], INCOMPLETE, "no module no_such_module"),
    ],
)
def test_what_cannot_be_measured_is_an_error(monowheel: Run, words: list[str], code: int, said: str) -> None:
    done = monowheel("debug", "leaks", "--", *words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "next: " in done.stderr
    assert "monowheel_probe" not in done.stderr


def test_a_crash_is_an_error_with_its_python_stack(monowheel: Run, planted: Path) -> None:
    done = monowheel(
        "debug", "leaks", "--setup", "import planted", "--", sys.executable, "-c", "planted.segfault()",
        env={"PYTHONPATH": str(planted)},
    )  # fmt: skip
    assert done.returncode == INCOMPLETE
    assert "SIGSEGV" in done.stderr
    assert '"<string>", line 1' in done.stderr
