"""The console script in a directory full of traps (docs/trust.md).

tests/rust/traps has every command and every kind of trap.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment

pytestmark = pytest.mark.every_python

HELLO = Path(__file__).resolve().parents[2] / "examples" / "hello_world"
MODULES = ("contextlib", "json", "re", "sysconfig", "threading", "types", "warnings", "sitecustomize")
PACKAGES = ("monowheel", "pip", "ziglang")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A project beside modules that leave a mark when they are imported."""
    project = tmp_path / "project"
    shutil.copytree(HELLO, project, ignore=shutil.ignore_patterns("target", "dist", ".venv", ".tox"))
    (tmp_path / "marks").mkdir()
    for name in MODULES:
        (project / f"{name}.py").write_text(_trap(tmp_path, name), encoding="utf-8")
    for name in PACKAGES:
        (project / name).mkdir()
        for file in ("__init__.py", "__main__.py"):
            (project / name / file).write_text(_trap(tmp_path, name), encoding="utf-8")
    return project


def _trap(folder: Path, name: str) -> str:
    return f"open({str(folder / 'marks' / name)!r}, 'w').close()\n"


def _fired(project: Path) -> set[str]:
    marks = list((project.parent / "marks").iterdir())
    for mark in marks:
        mark.unlink()
    return {mark.name for mark in marks}


def _run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([".", environment()["PATH"], ""])
    variables = environment({"PATH": path, "MONOWHEEL_CACHE": str(project.parent / "cache")})
    return subprocess.run(words, check=False, cwd=project, env=variables, capture_output=True, encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [["plan"], ["audit", "--installed"], ["lint"], ["rules"], ["pin", "x==1", "--index-url", "http://127.0.0.1:9/"]],
    ids=lambda words: words[0],
)
def test_the_console_script_imports_nothing_of_the_directory(hostile: Path, words: list[str]) -> None:
    script = shutil.which("monowheel", path=str(Path(sys.executable).parent))
    assert script is not None
    done = _run(hostile, script, *words)
    assert done.returncode in (0, 1, 2, 3)
    assert "Traceback" not in done.stderr
    assert _fired(hostile) == set()


def test_the_traps_fire_where_python_is_called_plainly(hostile: Path) -> None:
    for name in ("contextlib", "json", "sysconfig"):
        code = f"import sys; sys.modules.pop({name!r}, None); import {name}"
        _run(hostile, sys.executable, "-c", code)
        assert name in _fired(hostile)


def test_python_m_is_not_safe_as_the_page_says(hostile: Path) -> None:
    _run(hostile, sys.executable, "-m", "monowheel", "--version")
    # The first module depends on the version of Python.
    assert _fired(hostile) != set()
    done = _run(hostile, sys.executable, "-I", "-m", "monowheel", "--version")
    assert (done.returncode, _fired(hostile)) == (0, set())
