"""``monowheel fleet build``: from the sources to a directory of wheels for each release.

The command plans each project and cuts it into tasks: one for each target, with all of its ABIs, because these share
what does not depend on PyO3. With the last wheel of a project, ``monowheel build --parts`` writes its directory: the
gate, the audit, the record and the exit code are those of a build on one machine.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator

from monowheel._monowheel import fleet_build_environment

from . import commandline, extra
from .build_summary import document
from .builder import BuildTask, BuiltTarget, build
from .cluster import check_workers, connected
from .dataset import Dataset, writing
from .errors import FleetError
from .identity import of_this_machine
from .kept_wheels import KeptWheels
from .progress import Progress
from .projects import Project, Unplanned, all_sources, isolation, planned
from .tasks import Tally, Tasks
from .wheel_store import Pins, WheelStore, replace, wheel_key
from .writer import Writer

if TYPE_CHECKING:
    from .identity import Identity
    from .rows import Row

GOOD = ("built", "reused")


@dataclass
class Release:
    """A project while its wheels are built, and what came of it."""

    project: Project
    folder: Path
    """For its files until the end."""
    waiting: int = 0
    """Number of tasks that have not ended."""
    parts: list[dict[str, Any]] = field(default_factory=list)
    """What came of each wheel, as ``monowheel build --parts`` reads it."""
    isolation: dict[str, Any] | None = None
    code: int = 0
    manifest: dict[str, Any] = field(default_factory=dict)
    why: str | None = None
    """Why its directory was not written."""


@dataclass
class Builds:
    """What came of a fleet."""

    kept: KeptWheels
    tally: Tally = field(default_factory=Tally)
    releases: dict[str, Release] = field(default_factory=dict)
    unplanned: list[Unplanned] = field(default_factory=list)


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Build, and return the JSON document of the result."""
    extra.require(extra.AUDIT)
    sources = all_sources(request["sources"], request["lists"])
    if not sources:
        raise FleetError(
            "usage", "nothing to build", next_step="name directories of projects, sdists, releases or --sources FILE"
        )
    identity = of_this_machine()
    dataset = Dataset(Path(request["dataset"]).absolute(), identity.monowheel, None)
    try:
        return _Fleet(request, identity, dataset, sources).run()
    finally:
        dataset.close()


class _Fleet:
    def __init__(self, request: dict[str, Any], identity: Identity, dataset: Dataset, sources: list[str]) -> None:
        self._request, self._identity, self._dataset, self._sources = request, identity, dataset, sources
        self._out = Path(request["out"]).absolute()
        self._environment = json.loads(fleet_build_environment())
        self._progress = Progress(len(sources), 0, quiet=request["quiet"], unit="projects")
        self._writer = Writer(dataset)
        store = WheelStore(request["cache"] or str(dataset.root / "wheels"))
        pins = Pins(Path(request["pins"]).absolute() if request["pins"] else None)
        self._kept = KeptWheels(store, pins, dataset.rows("builds"), self._progress.note)
        self._builds = Builds(self._kept)

    def run(self) -> dict[str, Any]:
        try:
            # An earlier process that was killed leaves it, and the next one removes it.
            with tempfile.TemporaryDirectory(dir=self._dataset.root, prefix=".writing-") as staging:
                tasks = self._tasks(Path(staging))
                first = next(tasks, None)
                if first is not None:
                    self._spread(first, tasks)
        finally:
            self._progress.end()
            self._dataset.write()
            self._kept.write_pins()
        return document(self._request, self._dataset, self._builds, self._progress.end())

    def _spread(self, first: BuildTask, rest: Iterator[BuildTask]) -> None:
        with connected(self._request) as client:
            check_workers(client, self._identity)
            if client.dashboard_link and self._request["verbose"]:
                self._progress.note(f"dashboard: {client.dashboard_link}")
            tasks = Tasks(client, self._request, self._identity, build, self._builds.tally)
            tasks.run(itertools.chain([first], rest), self._ended, self._tick)

    def _tick(self) -> None:
        self._progress.draw()
        self._writer.tick()

    def _tasks(self, staging: Path) -> Iterator[BuildTask]:
        """Plan one project after the other, and return its tasks."""
        for number, source in enumerate(self._sources):
            folder = staging / str(number)
            with writing(self._dataset.root):
                folder.mkdir()
                project = planned(source, self._request, folder)
            if isinstance(project, Unplanned):
                self._builds.unplanned.append(project)
                self._progress.note(f"{source}: {project.why}")
                self._progress.advance(1, 0)
                continue
            other = self._builds.releases.get(project.folder)
            if other is not None:
                self._duplicate(project, other.project)
                continue
            release = Release(project, folder)
            self._builds.releases[project.folder] = release
            if project.plan.tools.get("symbols"):
                self._builds.tally.notes.append(f"{project.folder}: its line tables are not kept")
            with writing(self._dataset.root):
                todo = self._missing(release)
                release.waiting = len(todo)
                if not todo:
                    self._assemble(release)
            chosen = tuple(isolation(self._request, is_own=project.is_own))
            for target, abis in todo.items():
                yield BuildTask(project, target, tuple(abis), chosen, self._environment, self._identity)

    def _duplicate(self, project: Project, other: Project) -> None:
        self._progress.advance(1, 0)
        if project.sdist.sha256 == other.sdist.sha256:
            self._builds.tally.notes.append(f"{project.source} is the same as {other.source}")
        else:
            why = f"{other.source} is another source of {project.folder}: build them with two --out"
            self._builds.tally.failures.append((project.source, why))

    def _missing(self, release: Release) -> dict[str, list[str]]:
        """Take the wheels that are known from the cache; returns the ABIs to build for each target."""
        todo: dict[str, list[str]] = {}
        for job in release.project.plan.jobs:
            if job["blocked"] is not None:
                continue
            key = self._key(release.project, job)
            kept = self._kept.get(key)
            if kept is None:
                todo.setdefault(job["target"], []).append(job["family"])
                continue
            wheel, data = kept
            row = {"target": job["target"], "abi": job["family"], "verdict": "reused"}
            row["seconds"] = self._kept.seconds(key)
            release.parts.append({**row, **_staged(release, wheel.file, data)})
        return todo

    def _key(self, project: Project, job: dict[str, Any]) -> str:
        return wheel_key(project, job, self._environment["variables"], self._environment["cargo"])

    def _ended(self, task: BuildTask, outcome: BuiltTarget | str) -> None:
        release = self._builds.releases[task.project.folder]
        result = BuiltTarget(why=outcome) if isinstance(outcome, str) else outcome
        if result.why is not None:
            verdict = {"verdict": "failed", "why": result.why}
            result.wheels = [{"target": task.target, "abi": abi, **verdict} for abi in task.abis]
        if not task.project.is_own or (result.isolation or {}).get("by"):
            # Your own code runs as you, which is nothing to record.
            release.isolation = release.isolation or result.isolation
        jobs = {(job["target"], job["family"]): job for job in task.project.plan.jobs}
        with writing(self._dataset.root):
            for row in result.wheels:
                self._wheel(release, row, result, self._key(task.project, jobs[row["target"], row["abi"]]))
            release.waiting -= 1
            if not release.waiting:
                self._assemble(release)

    def _wheel(self, release: Release, row: dict[str, Any], result: BuiltTarget, key: str) -> None:
        """Note what came of a wheel, and keep it."""
        part = {name: row.get(name) for name in ("target", "abi", "verdict", "seconds", "why")}
        part["breaches"] = row.get("breaches", [])
        log = self._log(release, row, result)
        if log is not None:
            theirs, ours = log
            part["why"] = (part["why"] or f"log: {theirs}").replace(theirs, ours)
        if row["verdict"] in GOOD:
            # What a worker has from its earlier task is new here.
            part["verdict"] = "built"
            data = result.data[row["file"]]
            part |= _staged(release, row["file"], data)
            self._kept.keep(key, row["file"], data)
        release.parts.append(part)
        about = {"key": key, "log": log and log[1], "worker": result.worker, "monowheel": self._dataset.monowheel}
        self._dataset.append("builds", {**_build_row(release.project, row, part), **about})

    def _log(self, release: Release, row: dict[str, Any], result: BuiltTarget) -> tuple[str, str] | None:
        """Write the log of a wheel that could not be built; returns its path on the worker, and here."""
        if row["abi"] not in result.logs:
            return None
        theirs, text = result.logs[row["abi"]]
        folder = self._dataset.root / "logs" / release.project.folder
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{row['target']}-{row['abi']}.log"
        replace(path, text.encode())
        return theirs, str(path)

    def _assemble(self, release: Release) -> None:
        """Write the release's directory."""
        project = release.project
        parts = release.folder / "parts.json"
        parts.write_text(json.dumps({"isolation": release.isolation, "wheels": release.parts}), encoding="utf-8")
        sdist, out = release.folder / "sdist" / project.sdist.file, self._out / project.folder
        # Nothing is run.
        words = ["build", str(sdist), "--out", str(out), "--parts", str(parts), "--isolation", "off"]
        done = commandline.run([*words, *project.selected, *project.options], release.folder, os.environ)
        release.code, release.why = done.code, done.why
        release.manifest = {} if done.why else done.document
        wheels = release.manifest.get("wheels", [])
        good = sum(wheel["verdict"] in GOOD for wheel in wheels)
        self._progress.note(f"{project.folder}: {done.why or f'{good} of {len(wheels)} wheels'}")
        self._progress.advance(1, 0)
        for wheel in release.folder.glob("*.whl"):
            wheel.unlink()


def _staged(release: Release, file: str, data: bytes) -> dict[str, str]:
    path = release.folder / file
    path.write_bytes(data)
    return {"path": str(path), "sha256": hashlib.sha256(data).hexdigest()}


def _build_row(project: Project, row: dict[str, Any], part: dict[str, Any]) -> Row:
    """Return the row of a wheel in the table of builds, without what is about the task."""
    return {
        "source": project.source,
        "name": project.name,
        "version": project.version,
        "sdist": project.sdist.file,
        "sdist_sha256": project.sdist.sha256,
        "target": row["target"],
        "abi": row["abi"],
        "verdict": part["verdict"],
        "why": part["why"],
        "file": row.get("file"),
        "sha256": part.get("sha256"),
        "size": row.get("size"),
        "seconds": row.get("seconds"),
    }
