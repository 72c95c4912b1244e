"""The wheels to audit, by release: those of directory trees, and those that an index lists.

A release is the wheels of one version of one distribution from one directory, or from one index: they are audited
together. Hashes of local files are not computed here: the workers do that while they audit.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable, Sequence

from monowheel._monowheel import IncompleteError, UsageError, fleet_files

from .errors import FleetError

_NAME = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")
_LARGEST_LIST = 32 << 20
_SDISTS = (".tar.gz", ".zip")


@dataclass(frozen=True)
class Wheel:
    """A wheel, on this machine or on an index."""

    place: str
    """Its absolute path, or its URL without credentials."""
    origin: str
    """The directory or the index."""
    file: str
    size: int
    """Bytes; 0 if the index does not have it."""
    modified_ns: int | None = None
    sha256: str | None = None
    """As the index has it; unknown for a local file."""
    uploaded: str | None = None
    yanked: str | None = None
    index: str | None = None
    """The index that lists it, for the check of its link."""
    is_remote: bool = False


@dataclass(frozen=True)
class Release:
    """The wheels of a release, by file name."""

    wheels: tuple[Wheel, ...]
    name: str | None = None
    """The distribution's name, normalized; ``None`` for a file whose name is not a wheel's."""
    version: str | None = None
    sdists: tuple[str, ...] = ()
    """The file names of the sdists next to them, each with its size and time if it is on this machine."""

    @property
    def size(self) -> int:
        """Bytes of the wheels."""
        return sum(wheel.size for wheel in self.wheels)

    @property
    def is_remote(self) -> bool:
        """Whether its wheels are on an index."""
        return any(wheel.is_remote for wheel in self.wheels)


@dataclass
class Found:
    """What the sources are."""

    releases: list[Release] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    """What could not be listed: place and reason."""
    notes: list[str] = field(default_factory=list)


def find(request: dict[str, Any]) -> Found:
    """Find the wheels that the command line names, each once."""
    found = Found()
    wheels: dict[str, Wheel] = {}
    sdists: dict[str, set[str]] = {}
    releases: list[str] = []
    for source in dict.fromkeys(request["sources"]):
        path = Path(source)
        if not path.exists() and ("==" in source or "://" in source):
            releases.append(source)
        else:
            _local(path, wheels, sdists)
    projects, pinned = _projects(request["projects"], found)
    if releases or pinned or projects or request["requirements"]:
        wanted = {"releases": [*releases, *pinned], "projects": projects, "files": request["requirements"]}
        _listed(wanted, request, wheels, sdists, found)
    found.releases = _by_release(wheels.values(), sdists)
    return found


def _local(path: Path, wheels: dict[str, Wheel], sdists: dict[str, set[str]]) -> None:
    if path.is_file():
        folder = path.resolve().parent
        _file(folder / path.name, wheels)
        _sdists_beside(folder, sdists)
        return
    if not path.is_dir():
        raise FleetError(
            "usage",
            "no such file or directory",
            place=str(path),
            next_step="name a directory of wheels, a wheel, or a release on an index: NAME==VERSION",
        )
    before = len(wheels)

    def unreadable(error: OSError) -> None:
        # A part of the tree that cannot be read would be missing from the verdict.
        raise FleetError(
            "io",
            f"this directory cannot be read: {error.strerror}",
            place=str(error.filename),
            next_step="change its permissions, or name other directories",
        )

    for below, folders, files in os.walk(path.resolve(), onerror=unreadable):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".whl"):
                _file(Path(below, name), wheels)
        if any(name.endswith(".whl") for name in files):
            _sdists_beside(Path(below), sdists)
    if len(wheels) == before:
        raise FleetError(
            "usage", "no wheels in this directory or below it", place=str(path), next_step="name another directory"
        )


def _file(path: Path, wheels: dict[str, Wheel]) -> None:
    place = str(path)
    try:
        state = path.stat()
        size, modified = state.st_size, state.st_mtime_ns
    except OSError:
        # A dangling link: the audit reports that it cannot be read.
        size, modified = 0, None
    wheels[place] = Wheel(place, str(path.parent), path.name, size, modified)


def _sdists_beside(folder: Path, sdists: dict[str, set[str]]) -> None:
    beside = sdists.setdefault(str(folder), set())
    for entry in os.scandir(folder):
        if entry.name.endswith(_SDISTS) and entry.is_file():
            state = entry.stat()
            beside.add(f"{entry.name} {state.st_size} {state.st_mtime_ns}")


def _projects(files: Sequence[str], found: Found) -> tuple[list[str], list[str]]:
    """Return the names and the pinned releases in lists of projects."""
    names: dict[str, None] = {}
    pinned: dict[str, None] = {}
    for file in files:
        try:
            # A FIFO could block, and a device may be endless.
            if not Path(file).is_file() or Path(file).stat().st_size > _LARGEST_LIST:
                raise FleetError(
                    "usage",
                    f"not a regular file of at most {_LARGEST_LIST >> 20} MiB",
                    place=file,
                    next_step="name a text file with one project per line",
                )
            lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise FleetError("usage", f"this list cannot be read: {error}", place=file) from error
        for number, line in enumerate(lines, 1):
            said = line.split("#")[0].strip()
            if "==" in said:
                pinned[said] = None
            elif _NAME.match(said):
                names[re.sub(r"[-_.]+", "-", said).lower()] = None
            elif said:
                found.failures.append((f"{file}:{number}", f"not the name of a project: {said[:80]}"))
    return list(names), list(pinned)


def index_request(request: dict[str, Any], connections: int, rate: float) -> dict[str, Any]:
    """Return the settings of the indexes for one caller, which gets a share of the connections and of the rate."""
    return {**request["index"], "whole": request["whole"], "connections": connections, "rate": rate}


def _listed(
    wanted: dict[str, Any],
    request: dict[str, Any],
    wheels: dict[str, Wheel],
    sdists: dict[str, set[str]],
    found: Found,
) -> None:
    index = index_request(request, request["connections"], request["rate"])
    try:
        listed = json.loads(fleet_files(json.dumps({**wanted, "index": index})))
    except UsageError as error:
        raise FleetError("usage", str(error)) from error
    except IncompleteError as error:
        raise FleetError("io", str(error)) from error
    found.notes += listed["notes"]
    found.failures += [(name, why) for name, why in listed["failures"]]
    for file in listed["wheels"]:
        place = f"{file['url'].split('?')[0].rsplit('/', 1)[0]}/{file['name']}"
        # One of a lock file comes without its index: its server is where it is from.
        origin = file["index"] or "/".join(place.split("/")[:3])
        wheels.setdefault(
            place,
            Wheel(
                place=file["url"],
                origin=origin,
                file=file["name"],
                size=file["size"] or 0,
                sha256=file["sha256"],
                uploaded=file["uploaded"],
                yanked=file["yanked"],
                index=file["index"],
                is_remote=True,
            ),
        )
    for file in listed["sdists"]:
        sdists.setdefault(file["index"], set()).add(file["name"])
    for path, sha256 in listed["local"]:
        whole = Path(path).resolve()
        if sha256 is not None and whole.is_file() and _sha256(whole) != sha256:
            found.failures.append((str(whole), "its SHA-256 is not that of the lock file"))
        else:
            _file(whole, wheels)


def _sha256(path: Path) -> str:
    from .worker import sha256  # noqa: PLC0415 - only for lock files with paths

    return sha256(path)


def parsed(file: str) -> tuple[str | None, str | None]:
    """Return the normalized name and the version in a wheel's file name."""
    parts = file[: -len(".whl")].split("-") if file.endswith(".whl") else []
    if len(parts) not in {5, 6}:
        return None, None
    return re.sub(r"[-_.]+", "-", parts[0]).lower(), parts[1]


def _by_release(wheels: Iterable[Wheel], sdists: dict[str, set[str]]) -> list[Release]:
    groups: dict[tuple[str, str, str], list[Wheel]] = {}
    for wheel in wheels:
        name, version = parsed(wheel.file)
        # A file with another name is alone.
        key = (wheel.origin, name or "", version or wheel.place)
        groups.setdefault(key, []).append(wheel)
    releases = []
    for (origin, name, version), group in sorted(groups.items()):
        ours = sorted(sdist for sdist in sdists.get(origin, ()) if name and _is_of(sdist, name, version))
        members = tuple(sorted(group, key=lambda wheel: (wheel.file, wheel.place)))
        releases.append(Release(members, name or None, version if name else None, tuple(ours)))
    return releases


def _is_of(sdist: str, name: str, version: str) -> bool:
    stem = sdist.partition(" ")[0]
    for end in _SDISTS:
        if stem.endswith(end):
            of, _, its = stem[: -len(end)].rpartition("-")
            return re.sub(r"[-_.]+", "-", of).lower() == name and its == version
    return False
