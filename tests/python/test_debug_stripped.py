"""`monowheel debug` with a stripped library: its functions are named by the line tables of its build."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from core_files import core_file
from line_tables import SO

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run
    from line_tables import Built

pytestmark = [
    pytest.mark.builds,
    pytest.mark.skipif(sys.platform != "linux", reason="the tools read processes of Linux"),
    pytest.mark.usefixtures("sleeping"),
]

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)
# Rust calls a function of Python, which does something.
CALL = """
import sys
sys.path.insert(0, {unpacked!r})
from hello_world import _hello_world
def called_back():
    {statement}
_hello_world.call(called_back)
"""
SLEEP = "import time; time.sleep(600)"


def words(built: Built, folder: Path, statement: str) -> list[str]:
    """Return the command that calls Python by the stripped library, which it unpacks into a directory."""
    unpacked = str(built.unpack(folder / "un packed"))
    return [sys.executable, "-c", CALL.format(unpacked=unpacked, statement=statement)]


def named(frames: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Return the functions of the project, the innermost first, with their lines."""
    own = [frame for frame in frames if frame["file"].endswith("src/python.rs")]
    return [(frame["function"].rsplit("::", 1)[-1], frame["line"]) for frame in own]


def expected(built: Built) -> list[tuple[str, int]]:
    """Return the functions that are on the stack, of which the first was inlined."""
    return [("called", built.line_of("// the call")), ("call", built.line_of("black_box(unsafe { called"))]


def test_the_stacks_of_a_command(monowheel: Run, built: Built, tmp_path: Path) -> None:
    command = ["debug", "stack", "--after", "2", "--json"]
    done = monowheel(*command, "--symbols", built.dist, "--", *words(built, tmp_path, SLEEP))
    assert done.returncode == CLEAN, done.stderr
    report = json.loads(done.stdout)
    (thread,) = report["threads"]
    assert named(thread["frames"]) == expected(built)
    functions = [frame["function"] for frame in thread["frames"]]
    assert functions.index("called_back") < functions.index("<module>")
    assert report["unnamed"] == []
    # Those of the directory dist are found without being named.
    done = monowheel(*command, "--", *words(built, tmp_path, SLEEP), cwd=built.project)
    assert named(json.loads(done.stdout)["threads"][0]["frames"]) == expected(built)


def test_without_line_tables_the_frames_say_how_to_get_them(monowheel: Run, built: Built, tmp_path: Path) -> None:
    command = words(built, tmp_path, SLEEP)
    done = monowheel("debug", "stack", "--after", "2", "--", *command, cwd=tmp_path)
    assert done.returncode == CLEAN, done.stderr
    assert f"native  ? in {SO}" in done.stdout
    said = " ".join(done.stdout.split())
    assert f"of {SO} has no name: it is stripped, and there are no line tables of this build of it (" in said
    assert "--symbols DIR" in said
    done = monowheel("debug", "stack", "--symbols", tmp_path, "--", *command)
    assert done.returncode == USAGE
    assert "no line tables here" in done.stderr


def test_the_stacks_of_a_core_file(monowheel: Run, built: Built, tmp_path: Path) -> None:
    core = core_file(words(built, tmp_path, "import os; os.abort()"), tmp_path)
    done = monowheel("debug", "stack", core, "--symbols", built.dist, "--json")
    assert done.returncode == CLEAN, done.stderr
    assert named(json.loads(done.stdout)["threads"][0]["frames"]) == expected(built)


def test_a_profile_by_perf(monowheel: Run, built: Built, tmp_path: Path) -> None:
    if shutil.which("perf") is None:
        pytest.skip("perf is not installed")
    # Stacks are complete only in a Python with frame pointers, so the time has to be spent in the library itself.
    command = words(built, tmp_path, "[_hello_world.greet('x') for _ in range(1_000_000)]")
    done = monowheel("debug", "profile", "--json", "--tool", "perf", "--symbols", built.dist, "--", *command)
    if done.returncode == INCOMPLETE and "perf_event_paranoid" in done.stderr:
        pytest.skip("perf is not permitted here")
    assert done.returncode == CLEAN, done.stderr
    stacks = [stack["folded"] for stack in json.loads(done.stdout)["stacks"]]
    assert any("(python.rs)" in stack for stack in stacks), stacks[:9]
