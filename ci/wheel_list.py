"""Lists of wheels of the index, with the hash of each file: read, fetched by pip, extended.

A row is tab-separated: requirement, python, abi, platform (as `pip download` takes them), file, sha256.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """One wheel of a list."""

    requirement: str
    python: str
    abi: str
    platform: str
    file: str
    sha256: str


def rows(path: Path) -> list[Row]:
    """Read a list; lines that begin with # are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Row(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def fetch(path: Path, directory: Path) -> list[Path]:
    """Fetch the wheels of a list into a directory, each once, and compare their hashes."""
    directory.mkdir(parents=True, exist_ok=True)
    return [fetch_row(row, path, directory) for row in rows(path)]


def fetch_row(row: Row, path: Path, directory: Path) -> Path:
    """Fetch one wheel, unless it is there, and compare its hash."""
    wheel = directory / row.file
    if not wheel.is_file():
        print(f"fetching {row.file}", file=sys.stderr, flush=True)
        download(row.requirement, row.python, row.abi, row.platform, directory)
    if digest(wheel) != row.sha256:
        sys.exit(f"{wheel} is not the file that {path.name} names; remove it and try again")
    return wheel


def find(requirement: str, python: str, abi: str, platform: str, directory: Path) -> Row:
    """Fetch a wheel that no list names yet, and return its row."""
    with tempfile.TemporaryDirectory(dir=directory) as empty:
        download(requirement, python, abi, platform, Path(empty))
        (wheel,) = Path(empty).glob("*.whl")
        name, version = wheel.name.split("-")[:2]
        row = Row(f"{name.replace('_', '-')}=={version}", python, abi, platform, wheel.name, digest(wheel))
        wheel.replace(directory / wheel.name)
    return row


def download(requirement: str, python: str, abi: str, platform: str, directory: Path) -> None:
    """Let pip fetch the wheel for this interpreter, without its dependencies."""
    implementation = "pp" if abi.startswith("p") else "py" if abi == "none" else "cp"
    wanted = ["--implementation", implementation, "--python-version", python, "--abi", abi, "--platform", platform]
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, *wanted, "--dest", str(directory), requirement], check=True)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        state = hashlib.sha256()
        for block in iter(lambda: file.read(1 << 20), b""):
            state.update(block)
    return state.hexdigest()
