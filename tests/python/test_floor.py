"""`monowheel floor`: what the compiler says of the floors of a real crate."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Callable

import pytest

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from conftest import Run

pytestmark = pytest.mark.builds

FINDINGS = 1
USAGE = 2
INCOMPLETE = 3


def uses(project: Path, item: str) -> None:
    """Let the crate use one more item of the C API."""
    source = project / "src" / "python.rs"
    text = source.read_text(encoding="utf-8").split("\n// Made by a test.")[0]
    source.write_text(f"{text}\n// Made by a test.\npub use {item};\n", encoding="utf-8")


def floor(monowheel: Run, project: Path, *words: str, code: int = 0) -> tuple[subprocess.CompletedProcess[str], Any]:
    """Run the command."""
    done = monowheel("floor", project, "--json", *words)
    assert done.returncode == code, done.stderr
    return done, json.loads(done.stdout)


def test_the_floor_is_the_lowest_that_compiles(monowheel: Run, small: Path) -> None:
    manifest = (small / "Cargo.toml").read_bytes()
    source = (small / "src" / "python.rs").read_text(encoding="utf-8")
    _, report = floor(monowheel, small)
    assert report["schema"] == "monowheel.floor/1"
    assert report["current"] == report["advice"]["floor"] == "3.8"
    rows = report["floors"]
    assert [row["floor"] for row in rows] == [f"3.{minor}" for minor in range(8, 16)]
    # One check is enough.
    assert [row["checked"] for row in rows] == [True] + [False] * 7
    assert all(row["compiles"] for row in rows)
    assert (report["without_abi3"], [row["wheels"] for row in rows]) == (8, [1, 2, 3, 4, 5, 6, 7, 8])

    # Above the floor that the crate sets: what the function needs is found all the same.
    uses(small, "pyo3_ffi::PyUnicode_AsUTF8AndSize")
    _, report = floor(monowheel, small)
    assert report["advice"]["floor"] == "3.10"
    assert "3.8, 3.9" in report["advice"]["why"]
    assert "requires-python" in report["advice"]["next_step"]
    assert [row["compiles"] for row in report["floors"]] == [False, False] + [True] * 6
    (blocker,) = report["blockers"]
    assert blocker["needs"] == "3.10"
    assert "PyUnicode_AsUTF8AndSize" in blocker["item"]
    assert (blocker["crate"], blocker["file"]) == ("hello_world", "src/python.rs")

    shown = monowheel("floor", small)
    assert shown.returncode == 0, shown.stderr
    assert "recommended: 3.10:" in shown.stdout
    assert "needs 3.10:" in shown.stdout
    # The project itself is as it was.
    assert (small / "Cargo.toml").read_bytes() == manifest
    assert not (small / "dist").exists()
    assert not (small / "monowheel.lock").exists()

    # In no stable ABI.
    uses(small, "pyo3_ffi::PyUnicode_DATA")
    _, report = floor(monowheel, small, code=FINDINGS)
    assert report["advice"]["floor"] is None
    assert [row["checked"] for row in report["floors"]] == [True] + [False] * 6 + [True]
    assert [blocker["needs"] for blocker in report["blockers"]] == [None]

    # A floor above what requires-python admits, which no build accepts: the answer says whether it can be lower.
    (small / "src" / "python.rs").write_text(source, encoding="utf-8")
    (small / "Cargo.toml").write_text(manifest.decode().replace("abi3-py38", "abi3-py310"), encoding="utf-8")
    assert "requires-python" in monowheel("plan", small).stderr
    _, report = floor(monowheel, small)
    assert (report["current"], report["advice"]["floor"]) == ("3.10", "3.8")
    assert "abi3-py38" in report["advice"]["next_step"]

    # A mistake is no matter of floors.
    uses(small, "pyo3_ffi::NoSuchItem")
    done, _ = floor(monowheel, small, code=INCOMPLETE)
    assert "the crate does not compile" in done.stderr
    assert "NoSuchItem" in done.stderr


def test_what_is_no_project_is_an_error(monowheel: Run, tmp_path: Path) -> None:
    done = monowheel("floor", tmp_path)
    assert done.returncode == 2
    assert "pyproject.toml" in done.stderr


def test_the_price_of_a_floor_is_measured_and_counted(
    monowheel: Run, hello_at: Callable[[Path], Path], tmp_path: Path
) -> None:
    """Instructions and calls are the same on every machine and at any load; times are only there."""
    project = hello_at(tmp_path / "a project")
    before = sorted(path.relative_to(project) for path in project.rglob("*"))
    count = ["--count"] if shutil.which("valgrind") else []
    _, report = floor(monowheel, project, "--price", "--floor", "3.8", "--rounds", "3", *count)
    (price,) = report["prices"]
    assert price["rounds"] == 3
    rows = {row["call"]: row for row in price["rows"]}
    # The stub says what they take.
    assert set(rows) == {"add(number, number)", "greet(text)", "sum_of_squares(reals)"}
    for row in rows.values():
        assert row["native"] > 0
        (cost,) = row["costs"]
        assert cost["floor"] == "3.8"
        assert cost["low"] <= cost["ratio"] <= cost["high"]
    if count:
        old, native = rows["add(number, number)"]["counts"]
        assert (old["wheel"], native["wheel"]) == ("3.8", "native")
        # Below 3.10, arguments come as a tuple.
        assert old["symbols"]["PyTuple_GetItem"] == 2
        assert "PyTuple_GetItem" not in native["symbols"]
        assert old["symbols"]["PyLong_FromLong"] == native["symbols"]["PyLong_FromLong"] == 1
        assert old["instructions"] > native["instructions"]
    after = sorted(path.relative_to(project) for path in project.rglob("*") if "target" not in path.parts)
    assert [path for path in after if path.name != "Cargo.lock"] == [
        path for path in before if path.name != "Cargo.lock"
    ]


def test_what_cannot_be_measured_is_said_before_anything_is_compiled(monowheel: Run, small: Path) -> None:
    nothing = monowheel("floor", small, "--call", "f()")
    assert nothing.returncode == USAGE
    assert "--price" in nothing.stderr
    both = monowheel("floor", small, "--price", "--call", "f()", "--bench", "python b.py")
    assert both.returncode == USAGE
    unknown = monowheel("floor", small, "--price", "--python", "2.7")
    assert unknown.returncode == USAGE
    assert "CPython" in unknown.stderr
    assert "compiling" not in unknown.stderr


def test_a_command_of_the_project_is_measured(monowheel: Run, small: Path) -> None:
    (small / "bench.py").write_text(
        "from hello_world import greet\n[greet('Ada') for _ in range(1000)]\n", encoding="utf-8"
    )
    _, report = floor(monowheel, small, "--price", "--floor", "3.8", "--rounds", "3", "--bench", "python bench.py")
    (row,) = report["prices"][0]["rows"]
    assert row["call"] == "python bench.py"
    assert row["native"] > 0
