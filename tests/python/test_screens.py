"""What a terminal shows is not wider than it, and says what it leaves out; a pipe gets everything."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import struct
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Callable

import pytest
from conftest import command, environment

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are Unix's")

CLEAN = 0
PLATFORMS = ("manylinux_2_17_x86_64.manylinux2014_x86_64", "musllinux_1_2_x86_64", "macosx_11_0_arm64", "win_amd64")


def on_terminal(columns: int, *arguments: str | Path, cwd: Path) -> tuple[int, list[str]]:
    """Run the command on a terminal of this width, and give its exit code and lines."""
    import fcntl  # noqa: PLC0415 - only on Unix
    import pty  # noqa: PLC0415
    import termios  # noqa: PLC0415

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        command(*arguments),
        cwd=cwd,
        env=environment({"TERM": "xterm"}),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(theirs)
    data = b""
    try:
        while part := os.read(ours, 65536):
            data += part
    except OSError:
        pass  # The last process closed its end.
    finally:
        os.close(ours)
    text = re.sub(r"\x1b\[[0-9;]*m", "", data.decode())
    return process.wait(timeout=60), text.replace("\r\n", "\n").splitlines()


def assert_fits(lines: list[str], columns: int) -> None:
    """A command or a path, which are to be copied, may be longer; nothing else."""
    assert lines
    assert [line for line in lines if is_wide(line, columns)] == []


def is_wide(line: str, columns: int) -> bool:
    """Whether a line does not fit, and could."""
    rest, _, last = line.rpartition(" ")
    is_path = os.sep in last and len(rest) < columns
    return len(line) > columns and not is_path and not line.strip().startswith("fix:")


@pytest.fixture
def project(hello_at: Callable[[Path], Path], tmp_path: Path) -> Path:
    """The example, not built."""
    return hello_at(tmp_path / "hello")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A wheel for each of some platforms, as an abi3 release has them."""
    folder = tmp_path / "dist"
    folder.mkdir()
    for platform in PLATFORMS:
        tag = f"cp38-abi3-{platform}"
        tags = "".join(f"Tag: cp38-abi3-{one}\n" for one in platform.split("."))
        files = {
            "demo/__init__.py": "",
            "demo-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
            "demo-1.0.dist-info/WHEEL": f"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: false\n{tags}",
        }
        record = "demo-1.0.dist-info/RECORD"
        rows = [f"{path},sha256={digest(text)},{len(text)}\n" for path, text in files.items()]
        with zipfile.ZipFile(folder / f"demo-1.0-{tag}.whl", "w") as wheel:
            for path, text in {**files, record: "".join(rows) + f"{record},,\n"}.items():
                wheel.writestr(path, text)
    return folder


def digest(text: str) -> str:
    """Hash as RECORD does."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.mark.parametrize("columns", [80, 40])
def test_a_plan_fits(columns: int, monowheel: Run, project: Path) -> None:
    """At 40 columns it says which of its own are missing."""
    _, lines = on_terminal(columns, "plan", project, cwd=project)
    assert_fits(lines, columns)
    assert any(line.startswith("manylinux_2_17_x86_64") for line in lines)
    assert f"not shown in {columns} columns" in "\n".join(lines)
    piped = monowheel("plan", project).stdout
    assert "not shown" not in piped
    assert max(map(len, piped.splitlines())) > columns


@pytest.mark.parametrize("columns", [80, 40])
@pytest.mark.parametrize("words", [("rules",), ("pythons",), ("cache", "size"), ("lab", "list")])
def test_tables_fit(words: tuple[str, ...], columns: int, tmp_path: Path) -> None:
    """Each with columns that are left out, or cells that are broken."""
    code, lines = on_terminal(columns, *words, cwd=tmp_path)
    assert code == CLEAN
    table = lines[: lines.index("")]
    assert_fits(table, columns)


def test_a_table_keeps_its_names_at_any_width(monowheel: Run, tmp_path: Path) -> None:
    """A name that is broken into lines is complete."""
    rules = {line.split("  ")[0] for line in monowheel("rules").stdout.splitlines()[1:-2]}
    _, lines = on_terminal(60, "rules", cwd=tmp_path)
    text = "".join(line.split("  ")[0].strip() for line in lines)
    assert [rule for rule in rules if rule not in text] == []


@pytest.mark.parametrize("columns", [80, 40])
def test_the_coverage_map_fits(columns: int, monowheel: Run, dist: Path) -> None:
    """Interpreters that get the same wheels share a column."""
    piped = monowheel("audit", dist).stdout
    head = "wheel that an installer selects:"
    assert max(map(len, piped.partition(head)[2].splitlines())) > columns
    _, lines = on_terminal(columns, "audit", dist, cwd=dist)
    start = next(number for number, line in enumerate(lines) if line.strip() == head)
    chart = lines[start : lines.index("", start)]
    assert_fits(chart, columns)
    assert re.search(r"(?m) 3\.8-3\.\d+( |$)", "\n".join(lines[start:]))
    for wheel in dist.iterdir():
        assert wheel.name in "".join(line.strip() for line in lines[start:])


@pytest.mark.builds
@pytest.mark.parametrize("columns", [80, 40])
def test_the_doctor_fits(columns: int, project: Path) -> None:
    """Its commands are to be copied, and stay on one line."""
    _, lines = on_terminal(columns, "doctor", project, "--target", "manylinux_2_17_x86_64", cwd=project)
    assert_fits(lines, columns)
    assert any(line.startswith("ok      target") for line in lines)
