"""Every example is a template of the installed command and a part of the sdist; build output is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import BUILD_LIMIT, environment

if TYPE_CHECKING:
    from conftest import Git, Run

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/Cargo.toml"))
# `new` changes the version, author or year in these. That the binary has them byte for byte is a
# test of src/scaffold/template.rs.
EDITED = {"Cargo.toml", "Cargo.lock", "pyproject.toml", "CHANGELOG.md", "LICENSE-MIT"}
# Files that builds, tests and tools leave in an example.
BUILT = [
    "target/debug/main.rs",
    "target/wheels/x.whl",
    "dist/x.whl",
    "dist/x.tar.gz",
    ".venv/bin/python",
    ".tox/log.txt",
    ".coverage",
    ".ruff_cache/x",
    "src/.mypy_cache/x.json",
    "python/hello_world/__pycache__/x.cpython-38.pyc",
    "python/hello_world/_hello_world.abi3.so",
    "python/hello_world/_hello_world.pyd",
    "tests/python/__pycache__/x.txt",
]


def tracked(git: Git, folder: Path) -> dict[str, bool]:
    """List the files of a directory that git tracks, and whether each is executable."""
    entries = git(folder, "ls-files", "-z", "--stage", "--", ".").split("\0")
    return {entry.split("\t", 1)[1]: entry.startswith("100755 ") for entry in entries if entry}


def sources(git: Git, name: str) -> dict[str, bool]:
    """List the files of an example that are a template's. `monowheel ci` writes the workflows of each project."""
    files = tracked(git, ROOT / "examples" / name)
    return {path: executable for path, executable in files.items() if not path.startswith(".github/")}


@pytest.mark.parametrize("name", NAMES)
def test_new_writes_every_file_of_the_example(name: str, monowheel: Run, git: Git, tmp_path: Path) -> None:
    """Under the example's own name nothing changes except its path in this repository."""
    project = tmp_path / "project"
    ended = monowheel("new", name, "--template", name, "--path", project, "--no-ci", "--no-git")
    assert ended.returncode == 0, ended.stderr
    expected = sources(git, name)
    written = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert written == {*expected, ".gitignore"}
    for path, executable in expected.items():
        if path not in EDITED:
            text = (ROOT / "examples" / name / path).read_bytes()
            assert (project / path).read_bytes() == text.replace(f"examples/{name}".encode(), b"."), path
        if os.name == "posix":
            assert bool((project / path).stat().st_mode & 0o111) == executable, path


def copy_repository(git: Git, folder: Path) -> Path:
    """Copy the files of this repository that git tracks, as they are on the disk."""
    for path in tracked(git, ROOT):
        if (ROOT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)
    return folder


def make_sdist(project: Path, out: Path) -> Path:
    """Build the sdist with maturin, called as in `monowheel build`."""
    words = [sys.executable, "-m", "maturin", "sdist", "--out", str(out)]
    done = subprocess.run(
        words,
        check=False,
        cwd=project,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=BUILD_LIMIT,
    )
    assert done.returncode == 0, done.stdout
    (sdist,) = out.glob("*.tar.gz")
    return sdist


@pytest.mark.builds
def test_the_sdist_has_the_examples_and_nothing_that_a_build_left(git: Git, tmp_path: Path) -> None:
    """The wheels are built from it. Build outputs in a checkout change none of its bytes."""
    project = copy_repository(git, tmp_path / "repository")
    clean = make_sdist(project, tmp_path / "clean")
    for built in BUILT:
        path = project / "examples" / "hello_world" / built
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("from a build\n", encoding="utf-8")
    (project / "examples" / "hello_world" / "target" / "link").symlink_to("nowhere")
    built_in = make_sdist(project, tmp_path / "built")

    with tarfile.open(clean) as archive:
        members = {
            member.name.split("/", 1)[1]: archive.extractfile(member).read()  # type: ignore[union-attr]
            for member in archive
            if member.isfile()
        }
    examples = {f"examples/{name}/{path}" for name in NAMES for path in sources(git, name)}
    assert {path for path in members if path.startswith("examples/")} == examples
    for member in examples:
        assert members[member] == (ROOT / member).read_bytes(), member
    assert "crates/monowheel-author/build.rs" in members
    assert built_in.read_bytes() == clean.read_bytes()
