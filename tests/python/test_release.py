"""`monowheel release`: from a version to a tag, by a user and by a script, with wheels that were really built."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Callable

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Git, Run, Start

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)
INTERRUPTED = 130
SETTINGS = {"user.name": "Test", "user.email": "test@example.org", "commit.gpgsign": "false", "tag.gpgsign": "false"}
NEWS = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- It greets.\n"
CONFIG = '\n[tool.monowheel]\ntargets = ["manylinux_2_17_x86_64"]\nabis = ["abi3"]\n'


@pytest.fixture
def project(tmp_path: Path, small_at: Callable[[Path], Path], git: Git) -> Path:
    """The example in a repository, in a directory with a space, with a change to release and one wheel to build."""
    project = small_at(tmp_path / "a project")
    (project / ".gitignore").write_text("/target/\n/dist/\n", encoding="utf-8")
    (project / "CHANGELOG.md").write_text(NEWS, encoding="utf-8")
    pyproject = project / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8")
    # The tests of the example need packages, and are not tested here.
    head = text.split("[tool.monowheel", maxsplit=1)[0]
    pyproject.write_text(head.rstrip() + "\n" + CONFIG, encoding="utf-8")
    git(project, "init", "--quiet")
    for name, value in SETTINGS.items():
        git(project, "config", name, value)
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "before")
    return project


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, start: Start, *words: str | Path) -> None:
        """Start it."""
        ours, theirs = os.openpty()
        self.screen = ours
        self.shown = ""
        self.process = start(*words, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)

    def wait_for(self, words: str) -> None:
        """Read until these words are shown."""
        end = time.monotonic() + 60
        while words not in self.shown:
            assert time.monotonic() < end, self.shown
            if select.select([self.screen], [], [], 1)[0]:
                try:
                    self.shown += os.read(self.screen, 4096).decode("utf-8")
                except OSError:
                    break
        assert words in self.shown, self.shown

    def type(self, text: str) -> None:
        """Type this."""
        os.write(self.screen, text.encode("utf-8"))

    def end(self) -> int:
        """Wait for its end."""
        try:
            return self.process.wait(timeout=30)
        finally:
            os.close(self.screen)


on_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")


@on_a_terminal
@pytest.mark.parametrize(("answer", "is_written"), [("y\n", True), ("\n", False), ("no\n", False)])
def test_a_person_is_asked_after_the_diff(start: Start, project: Path, answer: str, is_written: bool, git: Git) -> None:
    terminal = Terminal(start, "release", "prepare", "0.2.0", "--project", project)
    terminal.wait_for("[y/N]")
    assert '+version = "0.2.0"' in terminal.shown
    assert git(project, "status", "--porcelain") == ""
    terminal.type(answer)
    assert terminal.end() == CLEAN
    assert (git(project, "status", "--porcelain") != "") == is_written
    assert ("## [0.2.0] - " in (project / "CHANGELOG.md").read_text(encoding="utf-8")) == is_written


@on_a_terminal
def test_ctrl_c_ends_the_question_and_nothing_is_written(start: Start, project: Path, git: Git) -> None:
    terminal = Terminal(start, "release", "prepare", "0.2.0", "--project", project)
    terminal.wait_for("[y/N]")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == INTERRUPTED
    assert git(project, "status", "--porcelain") == ""


def test_without_a_terminal_nobody_is_asked(monowheel: Run, project: Path, git: Git) -> None:
    done = monowheel("release", "prepare", "0.2.0", "--project", project)
    assert done.returncode == USAGE
    assert '+version = "0.2.0"' in done.stdout
    assert "--yes" in done.stderr
    assert git(project, "status", "--porcelain") == ""


def test_the_day_is_that_of_the_epoch(monowheel: Run, project: Path) -> None:
    words = ("release", "prepare", "--bump", "patch", "--json", "--dry-run", "--project", project)
    done = monowheel(*words, env={"SOURCE_DATE_EPOCH": "951782400"})
    assert json.loads(done.stdout)["date"] == "2000-02-29"
    assert "## [0.1.1] - 2000-02-29" in json.loads(done.stdout)["files"][-1]["diff"]
    assert monowheel(*words, env={"SOURCE_DATE_EPOCH": "soon"}).returncode == USAGE


def test_without_git_it_says_so(monowheel: Run, project: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = monowheel("release", "check", project, "--json", env={"PATH": str(empty)})
    assert done.returncode == INCOMPLETE
    tree = next(check for check in json.loads(done.stdout)["checks"] if check["check"] == "tree")
    assert (tree["state"], tree["said"]) == ("unknown", "git is not installed")
    assert monowheel("release", "tag", project, env={"PATH": str(empty)}).returncode == INCOMPLETE


@pytest.mark.builds
def test_from_the_version_to_the_tag(monowheel: Run, project: Path, git: Git) -> None:
    assert monowheel("release", "prepare", "0.1.1", "--project", project, "--yes").returncode == CLEAN
    # cargo finds nothing to change in its lock file.
    locked = subprocess.run(
        ["cargo", "metadata", "--locked", "--offline", "--no-deps", "--format-version", "1"],
        check=False,
        cwd=project,
        capture_output=True,
        encoding="utf-8",
    )
    assert locked.returncode == 0, locked.stderr
    git(project, "commit", "--quiet", "--all", "--message", "Release 0.1.1")
    # The first build writes the tool lock, which belongs in the commit.
    first = monowheel("build", project, "--target", "manylinux_2_17_x86_64", "--abi", "abi3")
    assert first.returncode == CLEAN, first.stderr
    git(project, "add", "monowheel.lock")
    git(project, "commit", "--quiet", "--message", "The tools")
    built = monowheel("build", project, "--locked")
    assert built.returncode == CLEAN, built.stderr
    # Built, but not run: that is the only thing missing.
    early = monowheel("release", "tag", project, "--json")
    wrong = [check["check"] for check in json.loads(early.stdout)["check"]["checks"] if check["state"] != "ok"]
    assert (early.returncode, wrong) == (FINDINGS, ["proof"]), early.stdout
    proven = monowheel("test", project / "dist", "--python", sys.executable)
    assert proven.returncode == CLEAN, proven.stdout + proven.stderr
    done = monowheel("release", "tag", project)
    assert done.returncode == CLEAN, done.stdout + done.stderr
    sums = (project / "dist" / "SHA256SUMS").read_text(encoding="utf-8")
    assert git(project, "for-each-ref", "--format=%(contents)", "refs/tags/v0.1.1").rstrip().endswith(sums.rstrip())
    assert monowheel("release", "check", project).returncode == CLEAN
