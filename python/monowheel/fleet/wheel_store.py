"""Finished wheels by key, in a directory or in a store that fsspec reaches; and the hashes that they must have.

The store vouches for nothing: anyone who can write to it can put any bytes there. A wheel is taken from it only if its
SHA-256 is known from somewhere else, the dataset or a file of pins, and it has these bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable, Mapping, NamedTuple

from .errors import FleetError

if TYPE_CHECKING:
    from .projects import Plan, Project

_LINE = re.compile(r"([0-9a-f]{64})  ([0-9a-f]{64})  ([A-Za-z0-9_.+!-]+\.whl)")
# By its beginning, an sdist is built without the file, unless it is committed.
_HEAD = "# Made by monowheel fleet build: the wheels that it may take from a cache: key, SHA-256, file.\n"


class Known(NamedTuple):
    """The wheel of a key."""

    sha256: str
    file: str


class PoisonedError(Exception):
    """The bytes in the store are not those of the wheel."""


def wheel_key(project: Project, job: Mapping[str, Any], variables: Mapping[str, str], cargo: str) -> str:
    """Return the key of a wheel: a hash of everything that its bytes depend on."""
    said = [project.sdist.sha256, _without_blocked(job), project.plan.tools, sorted(variables.items()), cargo]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def same(ours: Plan, theirs: Plan) -> bool:
    """Whether two machines would build the same: all wheels of ``theirs`` are in ``ours``, from the same tools."""
    wheels = [_without_blocked(job) for job in ours.jobs]
    return ours.tools == theirs.tools and all(_without_blocked(job) in wheels for job in theirs.jobs)


def _without_blocked(job: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in job.items() if key != "blocked"}


class WheelStore:
    """A store of wheels."""

    def __init__(self, place: str) -> None:
        """Open it: a directory, or a URL such as ``s3://bucket/wheels``."""
        self.place = place
        self._folder = None if "://" in place else Path(place)
        if self._folder is None:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - only monowheel[fleet] has it

            try:
                self._system, self._root = url_to_fs(place)
            except (ImportError, ValueError) as error:
                raise FleetError(
                    "usage",
                    f"this cache cannot be used: {error}",
                    place=place,
                    next_step="name a directory, or install the package that fsspec needs for this URL",
                ) from error

    def get(self, key: str, wheel: Known) -> bytes | None:
        """Return the bytes of a wheel; ``None`` if they are not there. Raises ``PoisonedError`` for other bytes."""
        try:
            data = self._read(f"{key[:2]}/{key}/{wheel.file}")
        except FileNotFoundError:
            return None
        if hashlib.sha256(data).hexdigest() != wheel.sha256:
            raise PoisonedError
        return data

    def put(self, key: str, file: str, data: bytes) -> None:
        """Keep a wheel; raises ``OSError`` if the store does not take it."""
        name = f"{key[:2]}/{key}/{file}"
        if self._folder is None:
            self._system.pipe_file(f"{self._root}/{name}", data)
            return
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        replace(path, data)

    def _read(self, name: str) -> bytes:
        if self._folder is not None:
            return (self._folder / name).read_bytes()
        data: bytes = self._system.cat_file(f"{self._root}/{name}")
        return data


class Pins:
    """The file of pins: the SHA-256 of wheels by key."""

    def __init__(self, path: Path | None) -> None:
        """Read the file, if there is one."""
        self.path = path
        self.known: dict[str, Known] = {}
        if path is None or not path.exists():
            return
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise FleetError("io", f"the pins cannot be read: {error}", place=str(path)) from error
        for number, line in enumerate(lines, 1):
            row = _LINE.fullmatch(line)
            if row is not None:
                self.known[row[1]] = Known(row[2], row[3])
            elif line and not line.startswith("#"):
                raise FleetError(
                    "usage",
                    "not a key, a SHA-256 and a file name",
                    place=f"{path}:{number}",
                    next_step="restore the file: a conflict of two branches is resolved by keeping the lines of both",
                )

    def write(self, wheels: Iterable[tuple[str, Known]]) -> None:
        """Add wheels, and write the file if it changes."""
        changed = {**self.known, **dict(wheels)}
        if self.path is None or changed == self.known:
            return
        rows = sorted((wheel.file, key, wheel.sha256) for key, wheel in changed.items())
        text = _HEAD + "".join(f"{key}  {sha256}  {file}\n" for file, key, sha256 in rows)
        try:
            replace(self.path, text.encode())
        except OSError as error:
            raise FleetError("io", f"the pins cannot be written: {error}", place=str(self.path)) from error


def replace(path: Path, data: bytes) -> None:
    """Write a file completely or not at all."""
    # With the permissions that the user's other files get.
    temporary = path.with_name(f".writing-{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
