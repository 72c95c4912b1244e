"""``monowheel fleet test`` and ``fleet verify``: the commands of their names, for each release on a worker."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator, Mapping

from . import extra
from .check_worker import Checked, CheckTask, check_release
from .checks_summary import document
from .cluster import check_workers, connected
from .dataset import Dataset
from .errors import FleetError
from .identity import of_this_machine
from .progress import Progress
from .projects import index_words
from .sources import find
from .tasks import Tally, Tasks
from .worker import sha256
from .writer import Writer

if TYPE_CHECKING:
    from .identity import Identity
    from .rows import Row
    from .sources import Release

_TABLES = {"test": "tests", "verify": "verifications"}
_DONE = (0, 1)
# `find` lists an index as an audit does.
_LISTING = {"projects": [], "requirements": [], "whole": False, "connections": 8, "rate": 20}


@dataclass
class Checks:
    """What came of a fleet."""

    tally: Tally = field(default_factory=Tally)
    known: dict[str, int] = field(default_factory=dict)
    """The exit code of each release that the dataset has, by what it is called."""
    checked: dict[str, Checked] = field(default_factory=dict)


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Check the releases, and return the JSON document of the result."""
    extra.require(extra.AUDIT)
    index = request.get("index") or {
        "index_url": None,
        "extra_index_urls": [],
        "strategy": None,
        "insecure_hosts": request["insecure_hosts"],
    }
    request = {**_LISTING, **request, "index": index}
    if not request["sources"] and not request["requirements"]:
        raise FleetError(
            "usage", "nothing to verify", next_step="name directories of wheels, releases or --requirement FILE"
        )
    found = find(request)
    identity = of_this_machine()
    dataset = Dataset(Path(request["dataset"]).absolute(), identity.monowheel, None)
    try:
        checks = Checks(Tally(failures=found.failures, notes=found.notes))
        seconds = _Fleet(request, identity, dataset, checks).run(found.releases)
        return document(request["command"], dataset, checks, seconds)
    finally:
        dataset.close()


class _Fleet:
    def __init__(self, request: dict[str, Any], identity: Identity, dataset: Dataset, checks: Checks) -> None:
        self._request, self._identity, self._dataset, self._checks = request, identity, dataset, checks
        self._table = _TABLES[request["command"]]
        self._options = _options(request)
        self._known = {row["key"]: row["exit_code"] for row in dataset.rows(self._table) if row["exit_code"] in _DONE}

    def run(self, releases: list[Release]) -> float:
        """Check what the dataset does not have; returns the seconds that it took."""
        self._progress = Progress(len(releases), 0, quiet=self._request["quiet"], unit="releases")
        todo = list(self._tasks(releases))
        try:
            if todo:
                with connected(self._request) as client:
                    check_workers(client, self._identity)
                    if client.dashboard_link and self._request["verbose"]:
                        self._progress.note(f"dashboard: {client.dashboard_link}")
                    writer = Writer(self._dataset)

                    def tick() -> None:
                        self._progress.draw()
                        writer.tick()

                    tally = self._checks.tally
                    tasks = Tasks(client, self._request, self._identity, check_release, tally)
                    tasks.run(iter(todo), self._ended, tick)
        finally:
            self._progress.end()
            self._dataset.write()
        return self._progress.end()

    def _tasks(self, releases: list[Release]) -> Iterator[CheckTask]:
        for release in releases:
            name = _called(release)
            try:
                key = _key(self._request["command"], release, self._options, self._identity.monowheel)
            except OSError as error:
                self._checks.tally.failures.append((name, str(error)))
                continue
            # What an index gives no hash for may have changed.
            has_hashes = all(wheel.sha256 is not None for wheel in release.wheels if wheel.is_remote)
            known = self._known.get(key) if has_hashes and not self._request["again"] else None
            if known is not None:
                self._checks.known[name] = known
                self._progress.advance(1, 0)
                continue
            named = [f"{release.name}=={release.version}"]
            subjects = named if release.is_remote else [wheel.place for wheel in release.wheels]
            words = (self._request["command"], *subjects, *self._options)
            yield CheckTask(name, key, release.name, release.version, words, self._identity)

    def _ended(self, task: CheckTask, outcome: Checked | str) -> None:
        checked = Checked(code=3, why=outcome) if isinstance(outcome, str) else outcome
        self._checks.checked[task.called] = checked
        about = {
            "key": task.key,
            "name": task.name,
            "version": task.version,
            "exit_code": checked.code,
            "worker": checked.worker,
            "monowheel": self._dataset.monowheel,
        }
        for row in _rows(self._table, task, checked):
            self._dataset.append(self._table, {**about, **row})
        verdicts = ", ".join(f"{count} {verdict}" for verdict, count in checked.counts().items())
        self._progress.note(f"{task.called}: {checked.why or verdicts}")
        self._progress.advance(1, 0)


def _options(request: Mapping[str, Any]) -> tuple[str, ...]:
    words = [word for python in request.get("pythons", ()) for word in ("--python", python)]
    words += ["--offline"] if request.get("offline") else []
    words += [word for target in request.get("targets", ()) for word in ("--target", target)]
    words += ["--other-tools"] if request.get("other_tools") else []
    words += ["--isolation", request["isolation"]] if request["isolation"] else []
    return (*words, *(index_words(request["index"]) if request["command"] == "verify" else ()))


def _called(release: Release) -> str:
    first = release.wheels[0]
    if release.name is None:
        return first.place
    called = f"{release.name}=={release.version}"
    return called if release.is_remote else f"{called} in {first.origin}"


def _key(command: str, release: Release, options: tuple[str, ...], monowheel: str) -> str:
    """Return the key of a result: a hash of all that it depends on, except what a worker has installed."""
    wheels = sorted(
        (wheel.file, wheel.sha256 or "" if wheel.is_remote else sha256(wheel.place)) for wheel in release.wheels
    )
    said = [command, wheels, sorted(release.sdists), options, monowheel]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _rows(table: str, task: CheckTask, checked: Checked) -> Iterator[Row]:
    if table == "tests":
        for trial in checked.results:
            row = {"python": trial["python"], "platform": trial["platform"], "file": trial.get("wheel")}
            yield {**row, "folder": task.called, "verdict": trial["verdict"], "why": trial.get("why")}
    else:
        for wheel in checked.results:
            row = {"file": wheel["file"], "sha256": wheel["sha256"], "verdict": wheel["verdict"]}
            source = (wheel.get("source") or {}).get("sha256")
            why = wheel.get("why") or "; ".join(wheel["causes"]) or None
            yield {**row, "why": why, "sdist_sha256": source}
