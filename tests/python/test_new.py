"""`monowheel new`: projects that build, refused names, and no partially written directories."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import monowheel as package
import pytest
from conftest import BUILD_LIMIT, HOST_TARGET, command, environment

if TYPE_CHECKING:
    from conftest import Git, Run, Start

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)
INTERRUPTED = 130
ROOT = Path(__file__).resolve().parents[2]


def templates() -> list[str]:
    """List the templates of the installed command."""
    words = command("new", "--list", "--json")
    done = subprocess.run(words, check=True, capture_output=True, encoding="utf-8", env=environment())
    return [template["name"] for template in json.loads(done.stdout)["templates"]]


def document(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Read stdout, which has to be one JSON document and nothing else."""
    said: dict[str, Any] = json.loads(ended.stdout)
    assert said["schema"] == "monowheel.new/1"
    assert said["monowheel"] == package.__version__
    return said


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a directory except git's own, by its path."""
    files = [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A directory outside any repository, with a space and a non-ASCII letter."""
    folder = tmp_path / "größe x"
    folder.mkdir()
    return folder


def written(monowheel: Run, here: Path, template: str) -> tuple[Path, dict[str, Any]]:
    """Write a template under another name; return its directory and the output."""
    made = monowheel("new", "own-lib2", "--template", template, "--json", cwd=here)
    assert made.returncode == CLEAN, made.stderr
    return here / "own-lib2", document(made)


def cargo(project: Path, target: dict[str, str], *words: str) -> None:
    """Run cargo in a project; it has to succeed."""
    done = subprocess.run(
        ["cargo", *words, "--locked", "--quiet"],
        check=False,
        cwd=project,
        # No interpreter is linked: this compiles the extension.
        env={**environment(), **target, "PYO3_NO_PYTHON": "1", "PYO3_BUILD_EXTENSION_MODULE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=BUILD_LIMIT,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.builds
@pytest.mark.parametrize("template", templates())
def test_a_template_under_another_name_compiles_and_lints_clean(
    template: str, monowheel: Run, here: Path, common_target: dict[str, str]
) -> None:
    """Core and bindings under a new name. The same files under their own name are built by `./ci/test examples`."""
    project, said = written(monowheel, here, template)
    assert said["template"] == template
    cargo(project, common_target, "test", "--no-default-features")
    cargo(project, common_target, "check")
    linted = monowheel("lint", "--complete", "--fail-on", "note", project)
    assert linted.returncode == CLEAN, linted.stdout
    # None of this leaves files behind, except those that .gitignore names.
    checked = monowheel("ci", "github", "--project", project, "--check", "--offline")
    assert checked.returncode == CLEAN, checked.stdout


@pytest.mark.builds
@pytest.mark.parametrize("template", ["hello_world"])
def test_a_template_builds_passes_and_audits_clean(
    template: str, monowheel: Run, here: Path, common_target: dict[str, str]
) -> None:
    """The written project works: its wheel is built, audited without findings, and tested here."""
    project, said = written(monowheel, here, template)
    built = monowheel("build", project, "--target", HOST_TARGET, "--abi", "abi3", env=common_target)
    assert built.returncode == CLEAN, built.stderr
    wheels = [path.name for path in (project / "dist").glob("*.whl")]
    assert [name.split("-")[:2] for name in wheels] == [["own_lib2", "0.1.0"]]
    audited = monowheel("audit", "--fail-on", "note", project / "dist", cwd=project)
    assert audited.returncode == CLEAN, audited.stdout
    floor = tuple(map(int, said["floor"].split(".")))
    if sys.version_info >= floor:
        tried = monowheel("test", project / "dist", "--python", sys.executable, cwd=project)
        assert tried.returncode == CLEAN, tried.stdout + tried.stderr


def test_the_list_says_what_each_is(monowheel: Run) -> None:
    """A line each, the default first; every example is one."""
    lines = monowheel("new", "--list").stdout.splitlines()
    assert lines[0].startswith("hello_world ")
    assert lines[0].endswith("(CPython 3.8 and later, the default)")
    names = [line.split()[0] for line in lines]
    assert sorted(names) == sorted(path.parent.name for path in (ROOT / "examples").glob("*/Cargo.toml"))


@pytest.mark.parametrize("template", templates())
def test_every_name_is_replaced(template: str, monowheel: Run, here: Path) -> None:
    """No file contains the example's name, the repository's names, or one of its paths."""
    ended = monowheel("new", "own_lib", "-t", template, "--no-git", cwd=here)
    assert ended.returncode == CLEAN, ended.stderr
    files = contents(here / "own_lib")
    for path, data in files.items():
        for left in (template, template.replace("_", "-"), "The monowheel contributors"):
            assert left not in path
            assert left.encode() not in data, path
    assert {"python/own_lib/__init__.py", "python/own_lib/py.typed", ".github/workflows/ci.yml"} <= set(files)


def test_a_new_project_is_a_repository_of_its_own(monowheel: Run, here: Path, git: Git) -> None:
    """A git repository is initialized with the branch of the workflows; the author is from git's settings."""
    settings = here / "gitconfig"
    settings.write_text('[user]\n\tname = "A \\"B\\" Ü"\n\temail = a@example.org\n', encoding="utf-8")
    env = {"GIT_CONFIG_GLOBAL": str(settings), "GIT_CONFIG_NOSYSTEM": "1"}
    ended = monowheel("new", "my-lib", "--floor", "3.11", "--json", cwd=here, env=env)
    said = document(ended)
    assert (ended.returncode, said["state"], said["written"], said["repository"]) == (CLEAN, "free", True, True)
    assert (said["name"], said["import"], said["floor"]) == ("my-lib", "my_lib", "3.11")
    project = here / "my-lib"
    assert git(project, "symbolic-ref", "HEAD").strip() == "refs/heads/main"
    pyproject = (project / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">=3.11"' in pyproject
    assert "a@example.org" in pyproject
    assert "pyo3/abi3-py311" in (project / "Cargo.toml").read_text(encoding="utf-8")
    assert 'A "B" Ü' in (project / "LICENSE-MIT").read_text(encoding="utf-8")
    assert sorted(path.name for path in here.iterdir()) == ["gitconfig", "my-lib"]


def test_within_a_repository_nothing_is_begun(monowheel: Run, here: Path, git: Git) -> None:
    """The workflows belong at its top, where nothing is written; the output names the command that writes them."""
    git(here, "init", "-q")
    ended = monowheel("new", "my-lib", "--json", cwd=here)
    said = document(ended)
    assert (ended.returncode, said["repository"]) == (CLEAN, False)
    assert "monowheel ci github --project my-lib" in " ".join(said["notes"])
    assert not (here / ".github").exists()
    assert not (here / "my-lib" / ".github").exists()
    assert not (here / "my-lib" / ".git").exists()


def test_an_empty_clone_is_filled(monowheel: Run, here: Path, git: Git) -> None:
    """A directory with only git's own files is empty; it stays the same directory."""
    git(here, "init", "-q")
    before = here.stat().st_ino
    ended = monowheel("new", "my-lib", "--path", ".", cwd=here)
    assert ended.returncode == CLEAN, ended.stderr
    assert here.stat().st_ino == before
    assert (here / ".github" / "workflows" / "ci.yml").is_file()
    assert not [path for path in here.iterdir() if path.name.startswith(".monowheel")]


@pytest.mark.parametrize("words", [("--dry-run",), ("--dry-run", "--json")])
def test_a_dry_run_writes_nothing(words: tuple[str, ...], monowheel: Run, here: Path) -> None:
    """It shows every file."""
    ended = monowheel("new", "my-lib", "--path", "a/b", *words, cwd=here)
    assert ended.returncode == CLEAN, ended.stderr
    assert "python/my_lib/__init__.py" in ended.stdout
    assert list(here.iterdir()) == []


def test_twice_is_the_same_and_another_stays(monowheel: Run, here: Path) -> None:
    """Existing files are compared one by one, and never overwritten."""
    assert monowheel("new", "my-lib", cwd=here).returncode == CLEAN
    again = monowheel("new", "my-lib", "--json", cwd=here)
    assert (again.returncode, document(again)["state"], document(again)["written"]) == (CLEAN, "same", False)
    project = here / "my-lib"
    (project / "README.md").write_text("mine\n", encoding="utf-8")
    (project / "tox.ini").unlink()
    (project / "more").write_text("mine too\n", encoding="utf-8")
    before = contents(project)
    ended = monowheel("new", "my-lib", "--json", cwd=here)
    said = document(ended)
    states = {file["path"]: file["state"] for file in said["files"]}
    assert (ended.returncode, said["state"]) == (USAGE, "taken")
    assert (states["README.md"], states["tox.ini"], states["Cargo.toml"]) == ("differs", "missing", "same")
    shown = monowheel("new", "my-lib", cwd=here)
    assert shown.returncode == USAGE
    assert "\n-mine\n" in shown.stdout
    assert "1 would be added, 1 differ" in shown.stderr
    assert contents(project) == before


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("My.Lib", "my-lib"),
        ("json", "standard library"),
        ("class", "keyword of Python"),
        ("crate", "keyword of Rust"),
        ("con", "device on Windows"),
        ("größe", "not an ASCII letter"),
        ("../x", "--path"),
        ("a" * 65, "65 characters"),
        ("pyo3", "uses pyo3"),
        ("pytest", "uses pytest"),
        ("maturin", "uses maturin"),
    ],
)
def test_a_name_is_refused_with_the_reason(name: str, why: str, monowheel: Run, here: Path) -> None:
    """Nothing is written, and stdout has only the error's document."""
    ended = monowheel("new", name, "--json", cwd=here)
    assert (ended.returncode, json.loads(ended.stdout)["schema"]) == (USAGE, "monowheel.error/1")
    assert why in ended.stderr
    assert "next: " in ended.stderr
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    "words", [("my-lib", "--template", "nothing"), ("my-lib", "--floor", "3.7"), ("my-lib", "--floor", "2.7"), ()]
)
def test_wrong_words(words: tuple[str, ...], monowheel: Run, here: Path) -> None:
    """A usage error."""
    assert monowheel("new", *words, cwd=here).returncode == USAGE
    assert list(here.iterdir()) == []


def test_folders_that_are_none(monowheel: Run, here: Path) -> None:
    """A file, a loop of links, a broken link and a directory below a file: each is reported, and stays."""
    (here / "file").write_text("", encoding="utf-8")
    (here / "loop").symlink_to("loop")
    (here / "gone").symlink_to("nothing")
    before = sorted(here.iterdir())
    for path, code in [("file", USAGE), ("loop", USAGE), ("gone", USAGE), ("file/below", INCOMPLETE)]:
        ended = monowheel("new", "my-lib", "--path", path, cwd=here)
        assert (ended.returncode, ended.stdout) == (code, ""), f"{path}: {ended.stderr}"
        assert path.split("/", maxsplit=1)[0] in ended.stderr
    assert sorted(here.iterdir()) == before


def test_a_link_to_an_empty_folder_stays_a_link(monowheel: Run, here: Path) -> None:
    """Its target is filled."""
    (here / "real").mkdir()
    (here / "link").symlink_to("real")
    ended = monowheel("new", "my-lib", "--path", "link", cwd=here)
    assert ended.returncode == CLEAN, ended.stderr
    assert (here / "link").is_symlink()
    assert (here / "real" / "Cargo.toml").is_file()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(monowheel: Run, here: Path) -> None:
    """Reported with the option that names another."""
    here.chmod(0o555)
    try:
        ended = monowheel("new", "my-lib", cwd=here)
    finally:
        here.chmod(0o755)
    assert ended.returncode == INCOMPLETE
    assert "choose a writable directory with --path" in ended.stderr
    assert list(here.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_whoever_ends_it_finds_no_half_project(how: signal.Signals, start: Start, here: Path, tmp_path: Path) -> None:
    """A git that hangs after all files are written, beside the directory."""
    tools = tmp_path / "tools"
    tools.mkdir()
    git, told = tools / "git", tmp_path / "told"
    lines = [
        'case " $* " in *" init "*) ;; *) exit 1 ;; esac',
        f'(pwd; echo $$) > "{told}.new"',
        f'mv "{told}.new" "{told}"',
        "exec sleep 100",
    ]
    script = "\n".join(["#!/bin/sh", *lines, ""])
    git.write_text(script, encoding="utf-8")
    git.chmod(0o755)
    env = environment({"PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}"})
    process = start("new", "my-lib", "--path", here / "in" / "my-lib", env=env)
    end = time.monotonic() + 60
    while not told.exists():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    draft, git_itself = told.read_text(encoding="utf-8").splitlines()
    assert (Path(draft) / "Cargo.toml").is_file()
    assert not (here / "in" / "my-lib").exists()
    process.send_signal(how)
    code = process.wait(timeout=30)
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(git_itself), signal.SIGKILL)
    assert not (here / "in" / "my-lib").exists()
    if how == signal.SIGINT:
        assert code == INTERRUPTED
        assert list(here.iterdir()) == []
