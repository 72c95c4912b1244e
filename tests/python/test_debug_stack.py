"""`monowheel debug stack` and `debug hang`: frames of both languages, and who waits for whom."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import SLEEP
from core_files import core_file

if TYPE_CHECKING:
    from conftest import Run

pytestmark = [
    pytest.mark.builds,
    pytest.mark.skipif(sys.platform != "linux", reason="pystack reads processes on Linux only"),
]

CLEAN = 0
FINDINGS = 1
USAGE = 2
INCOMPLETE = 3
# Two threads that lock a mutex of Rust and call Python, which gives the GIL away.
DEADLOCK = """\
import sys, threading, time
import planted

def callback():
    time.sleep(0.2)

function = getattr(planted, sys.argv[1])
threads = [threading.Thread(target=function, args=(callback,)) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
HELD = """\
import threading
import planted

threading.Thread(target=planted.hold_gil, args=(600,)).start()
print("never with the GIL")
"""


def hang(monowheel: Run, planted: Path, *words: str) -> tuple[int, Any]:
    """Run a program that may hang: the exit code and the report."""
    done = monowheel(
        "debug", "hang", "--json", "--idle", "2", "--", sys.executable, *words, env={"PYTHONPATH": str(planted)}
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.usefixtures("sleeping")
def test_a_deadlock_of_the_gil_and_a_mutex_is_named(monowheel: Run, planted: Path, tmp_path: Path) -> None:
    script = tmp_path / "dead.py"
    script.write_text(DEADLOCK, encoding="utf-8")
    code, report = hang(monowheel, planted, str(script), "deadlock")
    assert (code, report["schema"], report["verdict"]) == (FINDINGS, "monowheel.debug-hang/1", "hangs")
    stacks = report["stacks"]
    (finding,) = stacks["findings"]
    assert finding["kind"] == "lock-order"
    assert "waits for a Rust mutex in planted::stuck::deadlock" in finding["what"]
    holder = next(thread for thread in stacks["threads"] if thread["gil"] == "holds")
    assert holder["waits"] == "rust-mutex"
    assert holder["id"] == finding["threads"][0]
    # The innermost frame first; Rust was called by Python.
    functions = [frame["function"] for frame in holder["frames"]]
    assert functions.index("planted::stuck::deadlock") < functions.index("_bootstrap")


@pytest.mark.usefixtures("sleeping")
def test_its_fixed_twin_ends(monowheel: Run, planted: Path, tmp_path: Path) -> None:
    script = tmp_path / "alive.py"
    script.write_text(DEADLOCK, encoding="utf-8")
    code, report = hang(monowheel, planted, str(script), "deadlock_fixed")
    assert (code, report["verdict"], report["stacks"]) == (CLEAN, "ended", None)


@pytest.mark.usefixtures("sleeping")
def test_a_thread_that_keeps_the_gil_is_named(monowheel: Run, planted: Path) -> None:
    code, report = hang(monowheel, planted, "-c", HELD)
    assert (code, report["verdict"]) == (FINDINGS, "hangs")
    (finding,) = report["stacks"]["findings"]
    assert finding["kind"] == "gil-held"
    assert "planted::stuck::hold_gil" in finding["what"]


def test_the_stacks_of_a_process(monowheel: Run, sleeping: subprocess.Popen[bytes]) -> None:
    done = monowheel("debug", "stack", str(sleeping.pid), "--locals", "--json")
    assert done.returncode == CLEAN, done.stderr
    report = json.loads(done.stdout)
    assert (report["schema"], report["process"], report["findings"]) == ("monowheel.debug-stack/1", sleeping.pid, [])
    frame = next(frame for frame in report["threads"][0]["frames"] if frame["function"] == "rest")
    assert frame["language"] == "python"
    assert any("reason" in variable and "none" in variable for variable in frame["variables"])
    # It was only read.
    assert sleeping.poll() is None


@pytest.mark.usefixtures("sleeping")
def test_the_stacks_of_a_command_which_is_then_ended(monowheel: Run, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = f"import os\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\n{SLEEP}"
    done = monowheel("debug", "stack", "--after", "2", "--", sys.executable, "-c", code)
    assert done.returncode == CLEAN, done.stderr
    assert "Python  rest (<string>:" in done.stdout
    assert "waits for the system" in done.stdout
    assert not Path("/proc", mark.read_text(encoding="utf-8")).exists()


@pytest.mark.usefixtures("sleeping")
def test_the_stacks_of_a_core_file(monowheel: Run, planted: Path, tmp_path: Path) -> None:
    code = """
import planted
def crash(reason):
    planted.segfault()
crash("planted")
"""
    core = core_file([sys.executable, "-c", code], tmp_path, {"PYTHONPATH": str(planted)})
    done = monowheel("debug", "stack", core, "--locals", "--json")
    assert done.returncode == CLEAN, done.stderr
    report = json.loads(done.stdout)
    assert report["process"] is None
    functions = [frame["function"] for frame in report["threads"][0]["frames"]]
    assert functions.index("planted::stuck::segfault") < functions.index("crash") < functions.index("<module>")
    frame = next(frame for frame in report["threads"][0]["frames"] if frame["function"] == "crash")
    assert any("planted" in variable for variable in frame["variables"]), frame


@pytest.mark.usefixtures("sleeping")
def test_a_process_in_an_emulator_is_refused(monowheel: Run, tmp_path: Path) -> None:
    # The kernel knows a process in an emulator by the emulator's name.
    emulator = tmp_path / "qemu-aarch64"
    shutil.copy("/bin/sleep", emulator)
    with subprocess.Popen([str(emulator), "600"]) as process:
        try:
            done = monowheel("debug", "stack", str(process.pid))
        finally:
            process.kill()
    assert done.returncode == INCOMPLETE
    assert "runs in qemu-aarch64" in done.stderr
    assert "next: run it on a machine of its processor" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["stack", "4194305"], USAGE, "there is no process 4194305"),
        (["stack", "no-such-core"], USAGE, "neither the number of a process nor a file"),
        (["stack"], USAGE, "whose stacks?"),
        (["stack", "1", "--", "true"], USAGE, "both a process and a command"),
        (["stack", "--", "no-such-program"], USAGE, "there is no program no-such-program"),
        (["stack", "--", "true"], INCOMPLETE, "before its stacks were read"),
        (["hang", "--", "false"], INCOMPLETE, "did not hang: it failed with exit status: 1"),
        (["stack", "/bin/sh"], INCOMPLETE, "pystack could not read it"),
    ],
)
@pytest.mark.usefixtures("sleeping")
def test_what_cannot_be_read_is_an_error(monowheel: Run, words: list[str], code: int, said: str) -> None:
    done = monowheel("debug", *words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "next: " in done.stderr
