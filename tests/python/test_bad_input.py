"""Projects that cannot be built as they are: exit code 2, an error with the next step, nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

FINDINGS, USAGE = 1, 2
COMMANDS = pytest.mark.parametrize("command", ["plan", "build"])


def edit(path: Path, old: str, new: str) -> None:
    """Change a file in one place, which must exist."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refused(run: Run, command: str, project: Path) -> str:
    """Run the command on a project that it must refuse, and return its output."""
    before = sorted(project.rglob("*"))
    # --dry-run: if it is accepted after all, the test fails without building for minutes.
    done = run(command, project, *(["--dry-run"] if command == "build" else []))
    assert (done.returncode, done.stdout) == (USAGE, ""), done.stderr
    assert "Traceback" not in done.stderr
    assert "panicked" not in done.stderr
    assert sorted(project.rglob("*")) == before, "nothing was written"
    return done.stderr


@COMMANDS
def test_no_such_folder(monowheel: Run, tmp_path: Path, command: str) -> None:
    done = monowheel(command, tmp_path / "nowhere")
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert "nowhere" in done.stderr


@COMMANDS
def test_an_empty_folder(monowheel: Run, tmp_path: Path, command: str) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    assert ".toml" in refused(monowheel, command, folder)


@COMMANDS
@pytest.mark.parametrize("file", ["pyproject.toml", "Cargo.toml"])
def test_a_missing_manifest_is_named(monowheel: Run, hello: Path, command: str, file: str) -> None:
    (hello / file).unlink()
    assert file in refused(monowheel, command, hello)


@COMMANDS
@pytest.mark.parametrize("file", ["pyproject.toml", "Cargo.toml"])
def test_a_manifest_that_is_no_toml_is_named(monowheel: Run, hello: Path, command: str, file: str) -> None:
    (hello / file).write_text("[oh = no\n", encoding="utf-8")
    assert file in refused(monowheel, command, hello)


@COMMANDS
def test_not_a_pyo3_crate(monowheel: Run, hello: Path, command: str) -> None:
    edit(hello / "Cargo.toml", 'pyo3 = { version = "0.29.3", optional = true }', "")
    edit(hello / "Cargo.toml", '["python", "pyo3/abi3-py38"]', "[]")
    edit(hello / "Cargo.toml", '["python", "pyo3/abi3t-py315"]', "[]")
    edit(hello / "Cargo.toml", '["dep:pyo3"]', "[]")
    assert "pyo3" in refused(monowheel, command, hello).lower()


@COMMANDS
def test_pyo3_without_abi3_is_told_the_feature_to_add(monowheel: Run, hello: Path, command: str) -> None:
    edit(hello / "Cargo.toml", '["python", "pyo3/abi3-py38"]', '["python"]')
    edit(hello / "Cargo.toml", '["python", "pyo3/abi3t-py315"]', '["python"]')
    assert "abi3-py3" in refused(monowheel, command, hello)


@COMMANDS
def test_requires_python_below_the_floor(monowheel: Run, hello: Path, command: str) -> None:
    edit(hello / "pyproject.toml", 'requires-python = ">=3.8"', 'requires-python = ">=3.7"')
    assert "3.7" in refused(monowheel, command, hello)


@pytest.mark.builds
def test_a_module_name_that_is_not_the_pymodule(monowheel: Run, small: Path, tmp_path: Path) -> None:
    # Only the compiler knows the exports of a macro, so the error is found in the built wheel.
    edit(small / "pyproject.toml", "hello_world._hello_world", "hello_world._other")
    out = tmp_path / "out"
    done = monowheel("build", small, "--target", "manylinux_2_17_x86_64", "--abi", "abi3", "--out", out)
    assert done.returncode == FINDINGS, done.stderr
    assert "PyInit__other" in done.stdout
    assert "exports PyInit__hello_world, but Python looks for PyInit__other" in done.stdout
    assert list(out.glob("*.whl")) == []


@COMMANDS
def test_an_unknown_target_in_the_configuration(monowheel: Run, hello: Path, command: str) -> None:
    with (hello / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('\n[tool.monowheel]\ntargets = ["macosx_universal"]\n')
    assert "macosx_universal2" in refused(monowheel, command, hello)


@COMMANDS
def test_an_unknown_key_in_the_configuration(monowheel: Run, hello: Path, command: str) -> None:
    with (hello / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('\n[tool.monowheel]\ntarget = ["win_amd64"]\n')
    assert "target" in refused(monowheel, command, hello)
