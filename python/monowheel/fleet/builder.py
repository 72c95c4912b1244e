"""The task of a worker: the wheels of a project for one target, built by ``monowheel build``."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping

from monowheel._monowheel import fleet_build_environment

from . import commandline
from .projects import Plan, selection
from .wheel_store import same
from .worker import MismatchError, check

if TYPE_CHECKING:
    from .identity import Identity
    from .projects import Project

# Of a log, the beginning has the first error.
_MOST_LOG = 1 << 20


@dataclass(frozen=True)
class BuildTask:
    """The wheels of a project for one target."""

    project: Project
    target: str
    abis: tuple[str, ...]
    isolation: tuple[str, ...]
    """The option for how code runs, as words of a command line."""
    environment: Mapping[str, Any]
    """What the command's environment adds to the bytes of a build (``fleet_build_environment``)."""
    identity: Identity

    @property
    def name(self) -> str:
        """The task, for people."""
        return f"{self.project.folder} for {self.target}"


@dataclass
class BuiltTarget:
    """What came of a task."""

    wheels: list[dict[str, Any]] = field(default_factory=list)
    """The wheels' rows of ``monowheel.manifest``; none if the build ended with an error."""
    data: dict[str, bytes] = field(default_factory=dict)
    """The bytes of each wheel, by file name."""
    logs: dict[str, tuple[str, str]] = field(default_factory=dict)
    """For each ABI without a wheel: the path of its log on the worker, and its text."""
    isolation: dict[str, Any] | None = None
    why: str | None = None
    """The error that ended the build."""
    worker: str = ""


def build(task: BuildTask) -> BuiltTarget:
    """Build the wheels of a task."""
    check(task.identity)
    scratch, worker, is_unwanted = commandline.here()
    # Wheels of one project share what is compiled for this machine. Those of others would fill the disk.
    work = scratch / "monowheel-work"
    for other in work.glob("*"):
        if not other.name.endswith(task.project.sdist.sha256[:12]):
            shutil.rmtree(other, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="monowheel-build-") as temporary:
        folder = Path(temporary)
        sdist = folder / task.project.sdist.file
        sdist.write_bytes(task.project.sdist.data)
        env = _environment(task, work)
        words = [str(sdist), *selection([task.target], task.abis), *task.project.options]
        planned = commandline.run(["plan", *words], folder, env, is_unwanted)
        if planned.why is not None:
            return BuiltTarget(why=planned.why, worker=worker)
        _check_plan(task.project.plan, Plan.of(planned.document))
        out = folder / "dist"
        words += ["--out", str(out), "--jobs", "1", *task.isolation]
        done = commandline.run(["build", *words], folder, env, is_unwanted)
        if done.why is not None:
            return BuiltTarget(why=done.why, worker=worker)
        return _result(done, out, work, worker)


def _environment(task: BuildTask, work: Path) -> dict[str, str]:
    """Return the environment of a build: the command's flags, none of this machine's, and directories of its own."""
    ours = json.loads(fleet_build_environment())
    if ours["cargo"] != task.environment["cargo"]:
        raise MismatchError(
            "cargo's configuration files of this worker are not those of the command: their contents can change wheels"
        )
    env = {name: value for name, value in os.environ.items() if name not in ours["variables"]}
    return {**env, **task.environment["variables"], "MONOWHEEL_WORK": str(work)}


def _check_plan(wanted: Plan, ours: Plan) -> None:
    if same(wanted, ours):
        return
    if wanted.tools != ours.tools:
        raise MismatchError(f"this worker has the tools {_shown(ours.tools)}; the command has {_shown(wanted.tools)}")
    raise MismatchError(
        "this worker would build other wheels than the command planned: compare `monowheel plan` of both"
    )


def _shown(tools: Mapping[str, Any]) -> str:
    versions = {**tools["tools"], **{key: value for key, value in tools.items() if key != "tools"}}
    return ", ".join(f"{name} {value}" for name, value in sorted(versions.items()))


def _result(done: commandline.Done, out: Path, work: Path, worker: str) -> BuiltTarget:
    manifest = done.document
    result = BuiltTarget(manifest["wheels"], isolation=manifest.get("isolation"), worker=worker)
    for row in manifest["wheels"]:
        if row.get("file"):
            data = (out / row["file"]).read_bytes()
            if hashlib.sha256(data).hexdigest() != row["sha256"]:
                raise OSError(f"{row['file']} changed after it was built")
            result.data[row["file"]] = data
        else:
            for log in work.glob(f"*/logs/{row['target']}-{row['abi']}.log"):
                with log.open("rb") as file:
                    result.logs[row["abi"]] = (str(log), file.read(_MOST_LOG).decode(errors="replace"))
    return result
