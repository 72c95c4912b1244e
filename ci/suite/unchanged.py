"""Decides which steps need not run: those that passed on exactly the same content.

The key of a step is a hash over everything that its verdict depends on: the files that it reads, the tools of this
machine, the suite's own code, and the keys of the steps whose products it uses. The keys of passed steps are in
target/ci/passed of this checkout only, so a fresh clone runs everything. With CI=true every step runs.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import platform
import shutil
import stat
import subprocess
import sysconfig
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Mapping, Sequence

from suite.step import FailedError, Step

# Inputs of every step: the runner, the setup, and the versions of tools.
OWN = ("ci/suite/*.py", "ci/test", "ci/bootstrap", "ci/locks/*.txt")
# Variables that affect tools.
VARIABLES = (
    "CARGO",
    "CC",
    "CFLAGS",
    "CXX",
    "LD_",
    "MONOWHEEL_",
    "NETWORK",
    "PIP_",
    "PY",
    "RUST",
    "TOX_",
    "UV_",
    "XDG_",
)
# Programs that steps use if they are installed.
PROGRAMS = ("cc", "chromium", "faketime", "gdb", "lldb", "perf", "cargo-nextest", "qemu-aarch64-static")
HASHED: dict[tuple[str, int, int], str] = {}


class Checkout:
    """The files of a checkout, and the steps that passed on them."""

    def __init__(self, root: Path, steps: Sequence[Step]) -> None:
        """Read nothing yet: each key is computed when it is needed."""
        self.root = root
        self.steps = {step.name: step for step in steps}
        self.kept = root / "target" / "ci" / "passed"

    def passed_at(self, step: Step) -> str | None:
        """Return when a step passed on exactly this content, or None if it has to run."""
        if not step.reads or step.always or os.environ.get("CI", "").lower() in {"1", "true"}:
            return None
        if not self.has_products(step.name):
            return None
        try:
            kept = json.loads((self.kept / f"{step.name}.json").read_text(encoding="utf-8"))
            key, when = kept["key"], str(kept["when"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return when if key == self.key(step) else None

    def has_products(self, name: str) -> bool:
        """Return whether the products of a step exist."""
        return all(any(self.root.glob(made)) for made in self.steps[name].makes)

    def remember(self, step: Step, key: str) -> None:
        """Record that a step passed, unless one of its inputs changed while it ran."""
        if key != self.key(step):
            return
        when = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
        self.kept.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"key": key, "when": when}) + "\n"
        fresh = self.kept / f"{step.name}.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.kept / f"{step.name}.json")

    def forget(self, step: Step) -> None:
        """Drop the record of a step that failed. A step of the quick form has none; a full one may have its name."""
        if not step.reads:
            return
        (self.kept / f"{step.name}.json").unlink(missing_ok=True)

    def key(self, step: Step) -> str:
        """Hash everything that the verdict of a step depends on; empty if that is unknown."""
        if not step.reads:
            return ""
        digest = hashlib.sha256()
        paths = self.files()
        for pattern in (*step.reads, *OWN):
            # A pattern that has lost its files, by a move, would skip the step forever.
            if not pattern.startswith("!") and not any(matches(path, [pattern]) for path in paths):
                raise FailedError(
                    f"the step {step.name} reads {pattern}, but there is no such file (ci/suite/steps.py)"
                )
        for path in paths:
            if matches(path, step.reads) or matches(path, OWN):
                digest.update(f"{path}\0{content(self.root / path)}\n".encode())
        for name in step.needs:
            digest.update(f"{name}\0{self.key(self.steps[name])}\n".encode())
        today = datetime.datetime.now(datetime.timezone.utc).date().isoformat() if step.fetches else ""
        digest.update(f"{machine()}\0{today}".encode())
        return digest.hexdigest()

    def files(self) -> list[str]:
        """List the files that git tracks, and untracked ones that it does not ignore."""
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        done = subprocess.run(command, check=False, cwd=self.root, stdout=subprocess.PIPE, encoding="utf-8")
        if done.returncode:
            raise FailedError(f"git ls-files: exit code {done.returncode}")
        return sorted(set(filter(None, done.stdout.split("\0"))))


def matches(path: str, patterns: Sequence[str]) -> bool:
    """Return whether patterns select a path: a directory `a/`, or a glob whose `*` matches slashes; `!` deselects."""
    is_in = False
    for pattern in patterns:
        wanted = pattern.lstrip("!")
        fits = path.startswith(wanted) if wanted.endswith("/") else fnmatchcase(path, wanted)
        if fits:
            is_in = not pattern.startswith("!")
    return is_in


def content(path: Path) -> str:
    """Hash one file: its bytes, whether it is executable, or the target of a link."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        # Tracked, but deleted.
        return "gone"
    if stat.S_ISLNK(status.st_mode):
        return f"link {os.readlink(path)}"
    # Within one run a file is read once, unless it is written in the meantime.
    at = (str(path), status.st_mtime_ns, status.st_size)
    if at not in HASHED:
        HASHED[at] = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{'x' if status.st_mode & stat.S_IXUSR else '-'} {HASHED[at]}"


@lru_cache(maxsize=1)
def machine() -> str:
    """Describe the other inputs of a verdict: tools, interpreters and variables."""
    lines = [platform.platform(), platform.python_version()]
    lines += [_said(command) for command in (["rustc", "-vV"], ["cargo", "-V"], ["rustup", "toolchain", "list"])]
    lines += [_program(name) for name in PROGRAMS]
    lines += [_program(f"python3.{minor}") for minor in range(8, 17)]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    lines += [str(path) for path in sorted(pyenv.glob("versions/*"))]
    lines += [path.name for path in _packages()]
    lines += _variables(os.environ)
    return "\n".join(lines)


def _packages() -> list[Path]:
    """List the packages installed for the suite; monowheel itself is covered by its sources."""
    found = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    return sorted(path for path in found if not path.name.startswith("monowheel-"))


def _variables(environment: Mapping[str, str]) -> list[str]:
    return sorted(f"{name}={value}" for name, value in environment.items() if name.startswith(VARIABLES))


def _said(command: list[str]) -> str:
    try:
        return subprocess.run(command, check=False, capture_output=True, encoding="utf-8").stdout
    except OSError:
        return f"no {command[0]}"


def _program(name: str) -> str:
    path = shutil.which(name)
    return f"{name} {path} {Path(path).stat().st_mtime_ns}" if path else f"no {name}"
