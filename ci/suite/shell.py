"""Commands that steps run, the paths of the checkout, and packages of the system."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Mapping, Sequence

from suite.step import FailedError, SkippedError

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
# As in ci/bootstrap: programs compiled once for all checkouts.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "monowheel-ci"
# The suite's own files: verdicts, results, the example's wheels.
KEPT = ROOT / "target" / "ci"


def run(
    *words: str | Path,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    none_is: int | None = None,
) -> None:
    """Run a command and fail unless it succeeds; its output is shown as it comes.

    `none_is` is the exit code for "nothing to check", which skips the step.
    """
    command = [str(word) for word in words]
    print("$", shlex.join(command), flush=True)
    try:
        code = subprocess.run(command, check=False, cwd=cwd, env={**os.environ, **(env or {})}).returncode
    except OSError as error:
        raise FailedError(f"{command[0]} cannot be run: {error}") from error
    if none_is is not None and code == none_is:
        raise SkippedError("see above")
    if code:
        how = f"exit code {code}" if code > 0 else f"signal {-code}"
        raise FailedError(f"{shlex.join(command[:4])}{' …' if command[4:] else ''}: {how}")


def output(*words: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> str:
    """Return a command's stdout; fail unless it succeeds."""
    command = [str(word) for word in words]
    try:
        done = subprocess.run(
            command, check=False, cwd=cwd, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, encoding="utf-8"
        )
    except OSError as error:
        raise FailedError(f"{command[0]} cannot be run: {error}") from error
    if done.returncode:
        raise FailedError(f"{shlex.join(command)}: exit code {done.returncode}")
    return done.stdout


def succeeds(*words: str | Path) -> bool:
    """Return whether a command exists and succeeds; its output is dropped."""
    try:
        done = subprocess.run([str(word) for word in words], check=False, capture_output=True, cwd=ROOT)
    except OSError:
        return False
    return done.returncode == 0


def in_venv(**more: str) -> dict[str, str]:
    """Return the variables of an activated environment: its tools come first on PATH."""
    return {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}", **more}


def network_open() -> bool:
    """Return whether more than the package registries may be used: only where NETWORK=open says so."""
    return os.environ.get("NETWORK", "closed") == "open"


def system_package(program: str, why: str, *packages: str, required: bool = True) -> None:
    """Install a program with apt if root; without `required` its absence is not an error here."""
    if shutil.which(program) is not None:
        return
    if required or (os.geteuid() == 0 and shutil.which("apt-get")):
        run("./ci/bootstrap", "apt" if required else "apt-if-known", why, *packages)


def files(folder: Path, pattern: str) -> Sequence[Path]:
    """List files by a pattern. There has to be at least one: a check of no files would always pass."""
    found = sorted(folder.glob(pattern))
    if not found:
        raise FailedError(f"no {pattern} in {folder}")
    return found
