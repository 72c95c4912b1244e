"""Fixtures for the tests of the installed wheel: the real command, real projects, and checks for leftovers."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.util
import io
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, Callable, Iterator, List, Mapping, Protocol

import pytest
from line_tables import LINUX, MACOS, WINDOWS, Built, add_functions, targets
from planted_crate import build_planted
from small_project import copy_hello, copy_small

# The fastest target: the standard library of the machine's own platform is always available.
HOST_TARGET = "manylinux_2_17_x86_64"
# A cold build compiles PyO3, and a cold zig its C library.
BUILD_LIMIT = 900
# For builds for other targets: the toolchain that the suite names may have no standard library for them.
ANY_TOOLCHAIN = {"MONOWHEEL_TOOLCHAIN": ""}
SLEEP = "import time\ndef rest(reason):\n    time.sleep(600)\nrest('none')\n"
HAVE_TOOLS = all(importlib.util.find_spec(name) is not None for name in ("maturin", "ziglang"))


class Run(Protocol):
    """Run `monowheel ARGUMENT...` and return its exit code and output."""

    def __call__(
        self, *arguments: str | Path, cwd: Path | None = ..., env: Mapping[str, str] | None = ...
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""


class Git(Protocol):
    """Run `git WORD...` in a repository and return its output."""

    def __call__(self, repository: Path, *words: str) -> str:
        """Run it; it has to succeed."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests that build if the tools are not installed: tox installs the bare wheel."""
    for item in items:
        if item.get_closest_marker("builds"):
            if not HAVE_TOOLS:
                item.add_marker(pytest.mark.skip(reason="needs monowheel[build]"))
            elif sys.platform != "linux":
                item.add_marker(pytest.mark.skip(reason="the factory runs on Linux"))


def command(*arguments: str | Path) -> list[str]:
    """Return the command line of `monowheel ARGUMENT...` for this interpreter."""
    return [sys.executable, "-m", "monowheel", *map(str, arguments)]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without variables that change the command's results."""
    removed = ("MONOWHEEL_", "PYTHON", "MATURIN_")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "MONOWHEEL_TOOLCHAIN" or not name.startswith(removed)
    }
    return {**kept, "NO_COLOR": "1", "COLUMNS": "200", "PATH": _path(), **(extra or {})}


def _path() -> str:
    # As in an activated environment, where maturin is on PATH.
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


@pytest.fixture
def monowheel(tmp_path: Path) -> Run:
    """The command, run to its end, by default in an empty directory."""
    return _runner(tmp_path / "cwd")


@pytest.fixture(scope="session")
def monowheel_once(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same, shared by several tests."""
    return _runner(tmp_path_factory.mktemp("once"))


def _runner(empty: Path) -> Run:
    def run(
        *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        empty.mkdir(exist_ok=True)
        return subprocess.run(
            command(*arguments),
            check=False,
            cwd=cwd or empty,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=BUILD_LIMIT,
        )

    return run


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # In the background of a script: child processes would ignore Ctrl-C as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Start:
    """The command, started and left running."""

    def begin(*arguments: str | Path, **options: Any) -> subprocess.Popen[str]:  # noqa: ANN401 - Popen's own
        settings: dict[str, Any] = {
            "env": environment(),
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "encoding": "utf-8",
            # Like a shell: in a process group of its own, not that of pytest.
            "start_new_session": True,
            **options,
        }
        return subprocess.Popen(command(*arguments), **settings)

    return begin


@pytest.fixture(scope="session")
def hello_at() -> Callable[[Path], Path]:
    """Copy the example's sources to a directory."""
    return copy_hello


@pytest.fixture(scope="session")
def small_at() -> Callable[[Path], Path]:
    """Copy the example without PyO3's macros to a directory: it builds in a sixth of the time."""
    return copy_small


# The new repository has no user.
AUTHOR = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main")


@pytest.fixture(scope="session")
def git() -> Git:
    """Git without the user's settings."""

    def run(repository: Path, *words: str) -> str:
        done = subprocess.run(
            ["git", *AUTHOR, *words],
            check=False,
            cwd=repository,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    """A copy of the example's sources to change."""
    return copy_hello(tmp_path / "hello_world")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The same without PyO3's macros, for tests that build it."""
    return copy_small(tmp_path / "hello_world")


@pytest.fixture(scope="session")
def common_target(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One Cargo target directory for tests that compile PyO3 and its macros: the first one does, for a minute."""
    return {"CARGO_TARGET_DIR": str(tmp_path_factory.mktemp("target"))}


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory, common_target: dict[str, str]) -> Path:
    """The directory of the module with planted defects, and of the units of work that use it."""
    return build_planted(tmp_path_factory.mktemp("planted"), common_target)


@pytest.fixture(scope="session")
def built(
    monowheel_once: Run,
    small_at: Callable[[Path], Path],
    tmp_path_factory: pytest.TempPathFactory,
    common_target: Mapping[str, str],
) -> Built:
    """Three wheels with line tables, in directories with a space."""
    project = small_at(tmp_path_factory.mktemp("line tables") / "hello world")
    add_functions(project)
    settings = {**common_target, **ANY_TOOLCHAIN}
    done = monowheel_once("build", project, "--symbols", *targets(LINUX, WINDOWS, MACOS), env=settings)
    assert done.returncode == 0, done.stderr
    return Built(project, project / "dist", settings)


@pytest.fixture(scope="session")
def sleeping() -> Iterator[subprocess.Popen[bytes]]:
    """A process of Python; skips where the stacks of a process cannot be read at all."""
    pystack = shutil.which("pystack", path=str(Path(sys.executable).parent))
    if pystack is None:
        pytest.skip("pystack is not installed")
    with subprocess.Popen([sys.executable, "-u", "-c", f"print('up')\n{SLEEP}"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        tried = subprocess.run([pystack, "remote", str(process.pid)], capture_output=True, check=False)
        try:
            if b"not permitted" in tried.stderr:
                pytest.skip("this machine does not permit reading another process (ptrace)")
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="session")
def warm_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small example after one build for this machine: the slow work is done."""
    project = copy_small(tmp_path_factory.mktemp("warm") / "hello_world")
    done = subprocess.run(
        command("build", project, "--target", HOST_TARGET, "--abi", "abi3", "--out", project / "dist"),
        check=False,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=BUILD_LIMIT,
    )
    assert done.returncode == 0, done.stdout
    return project


@pytest.fixture
def warm(warm_template: Path) -> Path:
    """The warmed project itself, with an empty dist: a copy elsewhere would be cold again."""
    shutil.rmtree(warm_template / "dist", ignore_errors=True)
    return warm_template


@pytest.fixture
def change_source() -> Callable[[Path], None]:
    """Change the project's Rust source, so that its wheel has to be rebuilt."""

    def change(project: Path) -> None:
        source = project / "src" / "lib.rs"
        marker = f"\n/// Made by a test.\npub const MARK: u64 = {int.from_bytes(os.urandom(4), 'big')};\n"
        text = source.read_text(encoding="utf-8").split("\n/// Made by a test.")[0]
        source.write_text(text + marker, encoding="utf-8")

    return change


Faults = Callable[[Path], List[str]]


@pytest.fixture
def faults_in() -> Faults:
    """Return the incomplete files in an output directory: there may be none at any time."""
    return _faults_in


def _faults_in(folder: Path) -> list[str]:
    faults = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix == ".whl":
            faults += _wheel_faults(path)
        elif path.name == "SHA256SUMS":
            faults += _sums_faults(path)
    return faults


def _wheel_faults(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            (record_name,) = [name for name in names if name.endswith(".dist-info/RECORD")]
            rows = list(csv.reader(io.StringIO(archive.read(record_name).decode())))
            faults = (
                [f"{path.name}: RECORD and the archive differ"]
                if sorted(row[0] for row in rows) != sorted(names)
                else []
            )
            for name, digest, size in rows:
                data = archive.read(name)
                actual = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                if name != record_name and (digest != f"sha256={actual}" or int(size) != len(data)):
                    faults.append(f"{path.name}: {name} is not what RECORD says")
            return faults
    except (zipfile.BadZipFile, ValueError, KeyError) as error:
        return [f"{path.name}: {error!r}"]


def _sums_faults(path: Path) -> list[str]:
    faults = []
    for line in path.read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        file = path.parent / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            faults.append(f"SHA256SUMS: {name} is not what it says")
    return faults
