"""Measure the cost of a call from Python into a PyO3 module, by its floor, with `monowheel floor --price`.

The project is one small crate (ci/book/boundary.rs). Arguments are those of the command, such as `--python 3.13
--count`; by default, it is measured on every CPython that runs natively here. docs/book/floors.md has the results.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("3.8", "3.10", "3.11", "3.12")
SETUP = """
from boundary import *
text, floats, point = "x" * 1000, [0.5] * 100, Point(7)
def pure(a, b): return a + b
"""
CALLS = ("add(1, 2)", "point.plus(1)", "point.bare()", "point.x", "bytes_in(text)", "total(floats)", "call(pure)")
PYPROJECT = """\
[build-system]
requires = ["maturin>=1.9"]
build-backend = "maturin"

[project]
name = "boundary"
version = "0"
requires-python = ">=3.8"
"""


def project() -> Path:
    """Write the project."""
    folder = ROOT / "target" / "book" / "boundary"
    (folder / "src").mkdir(parents=True, exist_ok=True)
    for name in ("Cargo.toml", "Cargo.lock"):
        text = (ROOT / "ci" / "book" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace('name = "book"', 'name = "boundary"'), encoding="utf-8")
    shutil.copy(ROOT / "ci" / "book" / "boundary.rs", folder / "src" / "lib.rs")
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return folder


def pythons() -> list[str]:
    """Return the versions of the CPythons that it can be measured on."""
    command = [sys.executable, "-m", "monowheel", "pythons", "--json"]
    listed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    plain = [one for one in listed["pythons"] if one["implementation"] == "cpython" and not one["free_threaded"]]
    native = [one for one in plain if one["runner"] == "native" and not one["debug"] and one["version"] >= [3, 8]]
    return sorted({"{}.{}".format(*one["version"]) for one in native}, key=lambda name: int(name[2:]))


def main() -> int:
    """Measure."""
    asked = sys.argv[1:]
    if "--python" not in asked:
        asked += [word for version in pythons() for word in ("--python", f"{version}-linux-x86_64")]
    command = [sys.executable, "-m", "monowheel", "floor", str(project()), "--price", "--setup", SETUP]
    command += [word for call in CALLS for word in ("--call", call)]
    command += [word for floor in FLOORS for word in ("--floor", floor)]
    return subprocess.run([*command, *asked], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
