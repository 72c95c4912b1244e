"""Disks that are full or read-only: a clear error, and no partial files."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Iterator

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Faults, Run

pytestmark = pytest.mark.builds

ONE_WHEEL = ("--target", "manylinux_2_17_x86_64", "--abi", "abi3")
INCOMPLETE = 3


def is_root() -> bool:
    """Root can write into read-only directories."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.mark.skipif(is_root(), reason="root may write anywhere")
def test_an_output_folder_that_is_read_only(monowheel: Run, warm: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o555)
    done = monowheel("build", warm, *ONE_WHEEL, "--out", out)
    assert done.returncode == INCOMPLETE
    assert str(out) in done.stderr
    assert list(out.iterdir()) == []


def test_an_output_folder_that_cannot_be_made(monowheel: Run, warm: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    done = monowheel("build", warm, *ONE_WHEEL, "--out", file / "out")
    assert done.returncode == INCOMPLETE
    assert str(file) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for less than a wheel."""
    folder = tmp_path / "small disk"
    folder.mkdir()
    if not is_root() or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_holds_nothing_half_written(
    monowheel: Run, warm: Path, small_disk: Path, faults_in: Faults
) -> None:
    done = monowheel("build", warm, *ONE_WHEEL, "--out", small_disk)
    assert done.returncode == INCOMPLETE
    assert "space" in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert faults_in(small_disk) == []
    assert list(small_disk.glob("*.whl")) == []
