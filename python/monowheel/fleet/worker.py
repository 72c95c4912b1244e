"""The task of a worker: an audit of some releases by the core, as rows of the dataset's tables."""

from __future__ import annotations

import errno
import hashlib
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator, Mapping

from monowheel._monowheel import fleet_audit

from .identity import Identity, fingerprint, of_this_machine
from .keys import WheelKey, release_key
from .rows import Row, facts_row, finding_rows, release_row, symbols_row, wheel_row

if TYPE_CHECKING:
    from .kept_facts import Facts
    from .sources import Release, Wheel

_BLOCK = 1 << 20


class MismatchError(Exception):
    """A worker whose monowheel is not that of the command. Its text names both."""


@dataclass(frozen=True)
class Task:
    """Some releases, and everything else that an audit needs."""

    releases: tuple[Release, ...]
    ignore: Mapping[str, str]
    index: Mapping[str, Any]
    identity: Identity
    known: frozenset[str] = frozenset()
    """Keys of releases that need no audit, should these files turn out to be theirs."""
    kept: Mapping[str, Facts] = field(default_factory=dict)
    """The kept facts of wheels that need not be read, by place."""
    keep_facts: bool = False
    """Whether to return the facts of the others."""


@dataclass
class Result:
    """What came of one release."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    failures: list[tuple[str, str]] = field(default_factory=list)
    """The wheels that could not be read: place and reason."""
    known: str | None = None
    """The key of the release, if it was known and not audited."""
    from_facts: int = 0
    """Number of wheels that were judged by their kept facts."""


def audit(task: Task) -> list[Result]:
    """Audit the releases of a task; a result for each, in their order."""
    check(task.identity)
    results = [_known(release, task) for release in task.releases]
    wanted = [(index, task.releases[index]) for index, result in enumerate(results) if result is None]
    if wanted:
        request = {
            "releases": [_request(release) for _, release in wanted],
            "ignore": dict(task.ignore),
            "index": dict(task.index),
            "checked_by": task.identity.checked_by,
            "keep_facts": task.keep_facts,
        }
        facts = [task.kept.get(wheel.place) for _, release in wanted for wheel in _local_first(release)]
        kept = [None if each is None else (each.stored, each.sha256) for each in facts]
        text, to_keep = fleet_audit(json.dumps(request), kept, sys.executable)
        stored = iter(to_keep)
        for (index, release), made in zip(wanted, json.loads(text)):
            results[index] = _result(release, made, stored, task)
    return [result for result in results if result is not None]


def check(expected: Identity) -> None:
    """Raise an error unless this machine's monowheel gives the verdicts of the command's."""
    ours = of_this_machine()
    if ours != expected:
        raise MismatchError(f"this worker has {ours.shown()}; the command has {expected.shown()}")


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a regular file: reading a FIFO could block."""
    if not Path(path).is_file():
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    whole = hashlib.sha256()
    with Path(path).open("rb") as file:
        while block := file.read(_BLOCK):
            whole.update(block)
    return whole.hexdigest()


def _known(release: Release, task: Task) -> Result | None:
    """Return the result of a release that was audited elsewhere: its files were moved or touched."""
    if not task.known or release.is_remote or all(wheel.place in task.kept for wheel in release.wheels):
        return None
    try:
        hashes = [sha256(wheel.place) for wheel in release.wheels]
    except OSError:
        # The audit reports it.
        return None
    keys = [(wheel.file, hashed) for wheel, hashed in zip(release.wheels, hashes)]
    key = release_key(release.name or "", release.version or "", keys, release.sdists)
    if key not in task.known:
        return None
    return Result({"places": [place_row(*each) for each in zip(release.wheels, hashes)]}, known=key)


def _request(release: Release) -> dict[str, Any]:
    remote = [wheel for wheel in release.wheels if wheel.is_remote]
    return {
        "paths": [wheel.place for wheel in release.wheels if not wheel.is_remote],
        "files": [
            {
                "name": wheel.file,
                "url": wheel.place,
                "sha256": wheel.sha256,
                "size": wheel.size or None,
                "uploaded": None,
                "yanked": None,
                "index": wheel.index,
            }
            for wheel in remote
        ],
        "sdists": [sdist.partition(" ")[0] for sdist in release.sdists],
        "sdist_folders": sorted({wheel.origin for wheel in release.wheels if not wheel.is_remote}),
    }


def _local_first(release: Release) -> list[Wheel]:
    """Return the wheels in the order in which the core gets them."""
    return sorted(release.wheels, key=lambda wheel: wheel.is_remote)


def _result(release: Release, made: dict[str, Any], stored: Iterator[bytes | None], task: Task) -> Result:
    """Return the rows of a release; ``stored`` has the facts to keep of its files and of those after it."""
    report = made["report"]
    result = Result(failures=[(failure["place"], failure["why"]) for failure in report["failures"]])
    tables: dict[str, list[Row]] = {"places": [], "wheels": [], "findings": [], "symbols": [], "facts": []}
    at = dict(zip(made["places"], _local_first(release)))
    keys: list[WheelKey] = []
    stamp = {"monowheel": report["monowheel"], "rules": fingerprint(task.identity, task.ignore)}
    for file, facts, to_keep in zip(report["files"], made["facts"], stored):
        wheel = at[file["place"]]
        hashed = facts["sha256"] or wheel.sha256
        if _changed(wheel):
            result.failures.append((wheel.place, "it changed while it was read"))
            continue
        keys.append((wheel.file, hashed))
        subject = {"sha256": hashed, "file": wheel.file, "name": release.name, "version": release.version}
        tables["places"].append(place_row(wheel, hashed))
        tables["wheels"].append(wheel_row(file, facts, subject, stamp))
        tables["findings"] += finding_rows(file, {**subject, "release": None}, stamp)
        if facts["symbols"]:
            tables["symbols"].append(symbols_row(facts["symbols"], subject, stamp))
        result.from_facts += facts["were_kept"]
        if to_keep is not None:
            tables["facts"].append(facts_row(to_keep, facts, (wheel.file, hashed), task.identity.facts))
    if release.name is not None and not result.failures:
        key = release_key(release.name, release.version or "", keys, release.sdists)
        subject = {"sha256": None, "file": None, "release": key, "name": release.name, "version": release.version}
        tables["releases"] = []
        for together in report["sets"]:
            tables["releases"].append(release_row(together, key, release, keys, stamp))
            tables["findings"] += finding_rows(together, subject, stamp)
    result.rows = tables
    return result


def _changed(wheel: Wheel) -> bool:
    if wheel.is_remote:
        return False
    state = Path(wheel.place).stat()
    return (state.st_size, state.st_mtime_ns) != (wheel.size, wheel.modified_ns)


def place_row(wheel: Wheel, hashed: str) -> Row:
    """Return the row of a place: the file that is there."""
    return {
        "place": wheel.place,
        "origin": wheel.origin,
        "file": wheel.file,
        "sha256": hashed,
        "size": wheel.size,
        "modified_ns": wheel.modified_ns,
        "uploaded": wheel.uploaded,
        "yanked": wheel.yanked,
    }
