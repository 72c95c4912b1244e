"""Measures the cost of hostile inputs until they are refused: seconds and peak memory of each, in one table.

The inputs are archives that declare or contain too much, archives that escape their directory, manifests that name
other people's files or are endless, and files that are not regular ones. Each is written to a temporary directory and
passed to the installed monowheel, which has to exit with the code in the table. The goal is one second and 256 MiB
for each; the first row shows the cost of the command on a valid input.

    nox -s bench_hostile -- [NAME...]

Exit code 1 when an input is not refused or a goal is missed.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from process_cost import Cost, measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 1.0
MEBIBYTES = 256.0
LIMIT = 120
MIB, GIB = 1 << 20, 1 << 30

PYPROJECT = """\
[build-system]
requires = ["maturin"]
build-backend = "maturin"
[project]
name = "x"
version = "1"
"""
CARGO = """\
[package]
name = "x"
version = "1.0.0"
[lib]
crate-type = ["cdylib"]
[dependencies]
pyo3 = { version = "0.29", features = ["abi3-py38"] }
"""


class Case(NamedTuple):
    """An input: its name, the command with FILE in it, a function that writes it, and the allowed exit codes."""

    name: str
    words: list[str]
    write: Callable[[Path], None]
    codes: tuple[int, ...] = (2, 3)


def limited(command: list[str], env: dict[str, str]) -> Cost:
    """Run a command; it is killed after LIMIT seconds."""
    return measured(["timeout", "--signal=KILL", str(LIMIT), *command], env)


def info(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """Create a header."""
    member = tarfile.TarInfo(name)
    member.size, member.type, member.linkname = size, kind, link
    return member


def project(pyproject: str = PYPROJECT, cargo: str = CARGO) -> bytes:
    """Return the blocks of a project, without the end of the archive."""
    blocks = io.BytesIO()
    with tarfile.open(fileobj=blocks, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, text in (("pyproject.toml", pyproject), ("Cargo.toml", cargo), ("src/lib.rs", "")):
            archive.addfile(info(f"x-1/{name}", len(text.encode())), io.BytesIO(text.encode()))
        end = archive.offset
    return blocks.getvalue()[:end]


def zeros(size: int) -> Iterator[bytes]:
    """Yield zeros, a mebibyte at a time."""
    for _ in range(size // MIB):
        yield bytes(MIB)


def packed(*parts: bytes | Iterator[bytes], ends: bool = True) -> Callable[[Path], None]:
    """Return a function that writes a project and then these blocks, compressed."""

    def write(path: Path) -> None:
        with gzip.GzipFile(path, "wb", compresslevel=6, mtime=0) as file:
            file.write(project())
            for part in parts:
                for piece in [part] if isinstance(part, bytes) else part:
                    file.write(piece)
            file.write(bytes(1024) if ends else b"")

    return write


def header(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    """Return the block of a header."""
    return info(name, size, kind, link).tobuf(tarfile.GNU_FORMAT)


def sdist(pyproject: str = PYPROJECT, cargo: str = CARGO) -> Callable[[Path], None]:
    """Return a function that writes a project with these manifests."""

    def write(path: Path) -> None:
        with gzip.GzipFile(path, "wb", mtime=0) as file:
            file.write(project(pyproject, cargo) + bytes(1024))

    return write


def checkout(cargo: str) -> Callable[[Path], None]:
    """Return a function that writes a directory with this Cargo.toml."""

    def write(path: Path) -> None:
        (path / "src").mkdir(parents=True)
        (path / "Cargo.toml").write_text(cargo, encoding="utf-8")
        (path / "src" / "lib.rs").write_text("", encoding="utf-8")

    return write


def many(count: int) -> Iterator[bytes]:
    """Yield the headers of empty members."""
    for first in range(0, count, 1000):
        yield b"".join(header(f"x-1/f/{number}") for number in range(first, first + 1000))


def cases() -> list[Case]:
    """Return every input."""
    plan = ["plan", "FILE.tar.gz"]
    lname, lpath = tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK
    deep = "x-1/" + "d/" * 1500 + "f"
    long = header("././@LongLink", len(deep) + 1, lname) + deep.encode().ljust(3072 + 512, b"\0")
    chain = "".join(f'f{at} = ["f{at + 1}"]\n' for at in range(12_000))
    features = CARGO.replace(', features = ["abi3-py38"]', "") + f'[features]\n{chain}f12000 = ["pyo3/abi3-py38"]\n'
    hostile = [
        Case("a valid sdist", plan, sdist(), (0,)),
        Case("a GNU long name of 1 GiB", plan, packed(header("L", GIB, lname), zeros(GIB), header("x-1/y"))),
        Case("a GNU long link of 1 GiB", plan, packed(header("L", GIB, lpath), zeros(GIB), header("x-1/y"))),
        Case("a pax header of 1 GiB", plan, packed(header("x", GIB, tarfile.XHDTYPE), zeros(GIB), header("x-1/y"))),
        Case("a global pax header of 1 GiB", plan, packed(header("g", GIB, tarfile.XGLTYPE), zeros(GIB))),
        Case("a member of 2 GiB - 1 MiB", plan, packed(header("x-1/z", 2 * GIB - MIB), zeros(2 * GIB - MIB))),
        Case("1 GiB of zeros after the end", plan, packed(bytes(1024), zeros(GIB))),
        Case("300,000 members", plan, packed(many(300_000))),
        Case("1,500 directories deep", plan, packed(long, header("x"))),
        Case("a hard link", plan, packed(header("x-1/h", kind=tarfile.LNKTYPE, link="/etc/passwd"))),
        Case("a symbolic link", plan, packed(header("x-1/s", kind=tarfile.SYMTYPE, link="/etc"))),
        Case("a FIFO in the archive", plan, packed(header("x-1/p", kind=tarfile.FIFOTYPE))),
        Case("a device in the archive", plan, packed(header("x-1/p", kind=tarfile.CHRTYPE))),
        Case("a path with ..", plan, packed(header("x-1/../../../evil"))),
        Case("a file and a directory", plan, packed(header("x-1/a"), header("x-1/a/b"))),
        Case("cut off", plan, packed(header("x-1/a", 10 * MIB), ends=False)),
        Case(
            "compared: a long name of 1 GiB",
            ["compare", "FILE.tar.gz", "GOOD.tar.gz"],
            packed(header("L", GIB, lname), zeros(GIB), header("x-1/y")),
        ),
        Case("12,000 features", plan, sdist(cargo=features), (0,)),
        Case("20,001 features", plan, sdist(cargo=features + "".join(f"g{at} = []\n" for at in range(8_000)))),
        Case("TOML nested 1,000,000 deep", plan, sdist(PYPROJECT + "[tool.x]\na = " + "[" * 1_000_000)),
        Case(
            'members = ["../../**"]',
            ["lint", "FILE"],
            checkout(CARGO + '[workspace]\nmembers = ["../../**", "../../../../../../**"]\n'),
        ),
        Case("a FIFO as a wheel", ["audit", "FILE.whl"], os.mkfifo, (1, 2, 3)),
        Case("a FIFO as an sdist", plan, os.mkfifo),
        Case("a FIFO as requirements", ["audit", "-r", "FILE.txt"], os.mkfifo),
        Case("/dev/zero as a wheel", ["audit", "FILE.whl"], lambda path: path.symlink_to("/dev/zero"), (1, 2, 3)),
        Case(
            "/dev/zero as a configuration",
            ["audit", "--config", "FILE.toml", "."],
            lambda path: path.symlink_to("/dev/zero"),
        ),
    ]
    for named in ("/dev/zero", "/dev/stdin", "/etc/passwd", "../../../../../../../../etc/passwd"):
        text = f'{PYPROJECT}[tool.maturin]\nmanifest-path = "{named}"\n'
        hostile.append(Case(f"manifest-path = {named}", plan, sdist(text)))
    return hostile


def main() -> int:
    """Measure, print and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only inputs with one of these words in their name")
    names = parser.parse_args().names
    missed = 0
    print("| input | command | exit code | seconds | peak MiB | |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="monowheel-hostile-") as work:
        folder = Path(work)
        env = {**os.environ, "MONOWHEEL_CACHE": str(folder / "cache")}
        good = folder / "GOOD.tar.gz"
        sdist()(good)
        # Once, to leave out the work of the first run.
        limited([sys.executable, "-m", "monowheel", "plan", str(good)], env)
        base = Cost(0, 0, 0, 0)
        for number, case in enumerate(cases()):
            if number and names and not any(name in case.name for name in names):
                continue
            inputs = folder / str(number)
            inputs.mkdir()
            words = []
            for word in case.words:
                path = inputs / word if word.startswith("FILE") else folder / word
                if word.startswith("FILE"):
                    case.write(path)
                words.append(str(path) if word.startswith(("FILE", "GOOD")) else word)
            cost = limited([sys.executable, "-m", "monowheel", *words], env)
            if not number:
                base = cost
            # Asking the tools for their versions takes time on every input.
            own = cost.wall - base.wall if case.words[0] == "plan" else cost.wall
            is_met = cost.code in case.codes and own <= SECONDS and cost.mebibytes <= MEBIBYTES
            missed += not is_met
            verdict = "" if is_met else "MISSED"
            row = [case.name, case.words[0], str(cost.code), f"{cost.wall:.2f}", f"{cost.mebibytes:.0f}", verdict]
            print(f"| {' | '.join(row)} |", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
