"""Builds that are stopped: by Ctrl-C, by SIGTERM, by SIGKILL at any point."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest

if TYPE_CHECKING:
    from conftest import Faults, Run, Start

pytestmark = pytest.mark.builds

ONE_WHEEL = ("--target", "manylinux_2_17_x86_64", "--abi", "abi3")
CLEAN, INTERRUPTED, TERMINATED = 0, 130, 143


def processes() -> dict[int, tuple[int, str, str]]:
    """Every process by id: its parent, its name, and what it was started with and in."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            name, rest = (folder / "stat").read_text(encoding="utf-8").split("(", 1)[1].rsplit(")", 1)
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            state, parent = rest.split()[:2]
            if state != "Z":
                found[int(folder.name)] = (int(parent), name, f"{words} {(folder / 'cwd').resolve()}")
        except OSError:
            continue  # it ended meanwhile
    return found


def below(ancestor: int) -> dict[int, str]:
    """The descendants of a process: what they were started with, by id."""
    everything = processes()
    found: dict[int, str] = {}
    fresh = {ancestor}
    while fresh:
        fresh = {pid for pid, (parent, _, _) in everything.items() if parent in fresh} - set(found)
        found.update({pid: everything[pid][2] for pid in fresh})
    return found


def at_work_for(project: Path) -> dict[int, str]:
    """Processes that name the project's directory, or run in it."""
    # The project's name is unique to this test run, wherever its work directory is.
    return {pid: f"{name}: {words}" for pid, (_, name, words) in processes().items() if str(project) in words}


def wait_until(what: Callable[[], object], seconds: float) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return bool(what())


def wait_for_compilers(process: subprocess.Popen[str]) -> dict[int, str]:
    """Wait until the build is in progress; return all its processes."""

    def compiling() -> bool:
        # Not just any rustc: the first ones are only asked for their version.
        return any("--crate-name pyo3" in words for words in below(process.pid).values())

    assert wait_until(lambda: compiling() or process.poll() is not None, 120)
    assert process.poll() is None, "the build was over before it could be stopped"
    return below(process.pid)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, INTERRUPTED), (signal.SIGTERM, TERMINATED)])
def test_ctrl_c_ends_everything_and_leaves_nothing(
    start: Start, small: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    out = tmp_path / "out"
    process = start("build", small, *ONE_WHEEL, "--out", out)
    children = wait_for_compilers(process)
    process.send_signal(number)
    assert process.wait(timeout=20) == code
    alive = [pid for pid in children if pid in processes()]
    assert wait_until(lambda: not [pid for pid in alive if pid in processes()], 5), "a child process is left"
    assert at_work_for(small) == {}
    # The sdist was complete before the first compiler started; a wheel was not.
    assert {path.name for path in out.iterdir()} <= {"hello_world-0.1.0.tar.gz"}, "not even a partial file"


def test_ctrl_c_ends_a_fresh_build_below_another_command(
    start: Start, monowheel: Run, warm: Path, tmp_path: Path
) -> None:
    assert monowheel("build", warm, *ONE_WHEEL, "--out", warm / "dist").returncode == CLEAN
    temporary, cache = tmp_path / "temporary", tmp_path / "cache"
    temporary.mkdir()
    env = {**os.environ, "TMPDIR": str(temporary), "MONOWHEEL_CACHE": str(cache)}
    process = start("verify", warm / "dist", env=env)
    children = wait_for_compilers(process)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == INTERRUPTED
    assert wait_until(lambda: not [pid for pid in children if pid in processes()], 5), "a child process is left"
    assert list(temporary.iterdir()) == []
    assert [path.name for path in (cache / "work").iterdir()] == []


def test_ctrl_c_twice_is_no_crash(start: Start, small: Path, tmp_path: Path) -> None:
    process = start("build", small, *ONE_WHEEL, "--out", tmp_path / "out", stderr=subprocess.PIPE)
    wait_for_compilers(process)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=20) == INTERRUPTED
    assert wait_until(lambda: not at_work_for(small), 10), at_work_for(small)
    assert "Traceback" not in errors
    assert "panicked" not in errors


@pytest.mark.parametrize("fraction", [0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99])
def test_a_killed_build_leaves_only_whole_wheels(
    start: Start,
    monowheel: Run,
    warm: Path,
    fraction: float,
    change_source: Callable[[Path], None],
    faults_in: Faults,
) -> None:
    out = warm / "dist"
    change_source(warm)
    began = time.monotonic()
    assert monowheel("build", warm, *ONE_WHEEL, "--out", out).returncode == CLEAN
    took = time.monotonic() - began

    # A complete release exists, and is about to be replaced.
    change_source(warm)
    process = start("build", warm, *ONE_WHEEL, "--out", out)
    time.sleep(took * fraction)
    process.kill()
    process.wait(timeout=20)
    # They could not be stopped gracefully: the compilers still end with it.
    assert wait_until(lambda: not at_work_for(warm), 10), at_work_for(warm)
    assert faults_in(out) == []

    # And it does not block the next one.
    done = monowheel("build", warm, *ONE_WHEEL, "--out", out)
    assert done.returncode == CLEAN, done.stderr
    assert faults_in(out) == []
    assert len(list(out.glob("*.whl"))) == 1
