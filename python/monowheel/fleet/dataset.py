"""A dataset: a directory of parts, each a directory with a Parquet file per table, and ``dataset.json``.

A part appears with all of its tables or not at all: its files are written and synchronized under another name, and
the directory is renamed. Only the process with the lock writes. Nothing in a part changes later.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Iterator

from .errors import FleetError
from .lock import Lock
from .rows import ENDED_WORKERS
from .schema import TABLES, VERSION, schemas
from .symbol_columns import TABLE as SYMBOLS
from .symbol_columns import unpack

if TYPE_CHECKING:
    from pathlib import Path

    from .keys import WheelKey
    from .rows import Row
    from .sources import Wheel

_STATE = "dataset.json"
_PARTS = "parts"
# By this file and this line, an sdist is built without the directory. It is no cache: backups take it.
_TAG, _TAGGED = "CACHEDIR.TAG", "# Created by monowheel.\n"
# A part is written when it has this many wheels, and from time to time (``writer``).
_PART_WHEELS = 4096
# Facts are larger than all other rows together: so many bytes of them make a part, too, and fewer are read at once.
_PART_FACTS, _GROUP_FACTS = 64 << 20, 4 << 20


@dataclass
class Known:
    """The results in a dataset, for one version of monowheel and of its rules."""

    wheels: dict[WheelKey, tuple[int, int, int, int]] = field(default_factory=dict)
    """Errors, warnings, notes and ignored findings of each wheel."""
    ended: set[WheelKey] = field(default_factory=set)
    """The wheels among them that ended workers."""
    releases: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    """The same for each release, by its key."""
    places: dict[str, tuple[int, int | None, str]] = field(default_factory=dict)
    """Size, modification time and SHA-256 of the file at each place."""
    named: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """The keys of releases, by name and version."""

    def hash_of(self, wheel: Wheel) -> str | None:
        """Return the SHA-256 of a wheel if the dataset has this file, by size and modification time."""
        if wheel.is_remote and wheel.sha256 is not None:
            return wheel.sha256
        size, modified, hashed = self.places.get(wheel.place, (None, None, None))
        is_same = (size, modified) == (wheel.size, wheel.modified_ns) and modified is not None
        return hashed if is_same else None

    def add(self, table: str, row: Row) -> bool:
        """Note a row; returns whether it is new. Rows of other tables go with that of their wheel or release."""
        if table == "places":
            is_new = self.places.get(row["place"]) != (row["size"], row["modified_ns"], row["sha256"])
            self.places[row["place"]] = (row["size"], row["modified_ns"], row["sha256"])
            return is_new
        counts = (row["errors"], row["warnings"], row["notes"], row["ignored"])
        if table == "releases":
            is_new = row["release"] not in self.releases
            self.releases[row["release"]] = counts
            self.named.setdefault((row["name"], row["version"]), set()).add(row["release"])
            return is_new
        key = (row["file"], row["sha256"])
        is_new = key not in self.wheels
        self.wheels[key] = counts
        if row["status"] == ENDED_WORKERS:
            self.ended.add(key)
        return is_new


class Dataset:
    """A dataset that this process writes to."""

    def __init__(self, root: Path, monowheel: str, rules: str | None) -> None:
        """Open or create it, and lock it; it is current for this monowheel and these rules from now on.

        Without rules, the audits that are current in it stay so.
        """
        self.root, self.monowheel, self.rules = root, monowheel, rules or ""
        self._rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        self._facts = 0
        with writing(root):
            root.mkdir(parents=True, exist_ok=True)
            if not (root / _STATE).exists() and any(entry.name != ".lock" for entry in root.iterdir()):
                raise FleetError(
                    "usage",
                    "this directory is neither empty nor a dataset",
                    place=str(root),
                    next_step="use another directory: --dataset DIR",
                )
            self._lock = Lock(root / ".lock")
            try:
                if (root / _STATE).exists():
                    state(root)
                (root / _PARTS).mkdir(exist_ok=True)
                for left in [*root.glob(".writing-*"), *(root / _PARTS).glob(".writing-*")]:
                    # Of a process that ended while it wrote.
                    shutil.rmtree(left) if left.is_dir() else left.unlink()
                if rules is not None or not (root / _STATE).exists():
                    self._write_state()
                (root / _TAG).write_text(_TAGGED, encoding="utf-8")
            except BaseException:
                self._lock.release()
                raise
        last = max((part.name for part in parts(root)), default="part-00000000")
        self._next = int(last.split("-")[1]) + 1
        self.known = self._load()

    def _load(self) -> Known:
        import pyarrow.parquet as pq  # noqa: PLC0415 - only monowheel[fleet] has it

        known = Known()
        wanted = {
            "places": ["place", "size", "modified_ns", "sha256"],
            "wheels": ["file", "sha256", "status", "errors", "warnings", "notes", "ignored", "monowheel", "rules"],
            "releases": [
                *["release", "name", "version", "errors", "warnings", "notes", "ignored", "monowheel", "rules"]
            ],
        }
        for part in parts(self.root):
            for table, columns in wanted.items():
                try:
                    rows = pq.read_table(part / f"{table}.parquet", columns=columns).to_pylist()
                except (OSError, ValueError) as error:
                    raise unreadable(part, error) from error
                for row in rows:
                    if table == "places" or (row["monowheel"], row["rules"]) == (self.monowheel, self.rules):
                        known.add(table, row)
        return known

    def rows(self, table: str) -> Iterator[Row]:
        """Return the rows of a table that are on disk, in the order in which they were written."""
        import pyarrow.parquet as pq  # noqa: PLC0415 - only monowheel[fleet] has it

        for part in parts(self.root):
            path = part / f"{table}.parquet"
            try:
                # A part of an earlier monowheel has fewer tables.
                yield from pq.read_table(path).to_pylist() if path.exists() else ()
            except (OSError, ValueError) as error:
                raise unreadable(part, error) from error

    def append(self, table: str, row: Row) -> None:
        """Keep a row of a table in which no row is known by what is in it."""
        self._rows[table].append(row)

    def add(self, rows: dict[str, list[Row]]) -> bool:
        """Keep the rows of one release that are new; returns whether its wheels or the release were."""
        new = {table: [row for row in rows.get(table, ()) if self.known.add(table, row)] for table in _KEYED}
        wheels = {(row["file"], row["sha256"]) for row in new["wheels"]}
        releases = {row["release"] for row in new["releases"]}
        for table, kept in new.items():
            self._rows[table] += kept
        for table in ("findings", SYMBOLS, "facts"):
            self._rows[table] += [
                row
                for row in rows.get(table, ())
                if (row["release"] in releases if row.get("release") else (row["file"], row["sha256"]) in wheels)
            ]
        facts = (row for row in rows.get("facts", ()) if (row["file"], row["sha256"]) in wheels)
        self._facts += sum(len(row["facts"]) for row in facts)
        return bool(wheels or releases)

    @property
    def is_full(self) -> bool:
        """Whether what is not on disk yet is enough for a part."""
        wheels = max(len(self._rows["wheels"]), len(self._rows["places"]))
        return wheels >= _PART_WHEELS or self._facts >= _PART_FACTS

    def write(self) -> None:
        """Write the rows that are not on disk yet as a part."""
        if not any(self._rows.values()):
            return
        import pyarrow as pa  # noqa: PLC0415 - only monowheel[fleet] has it
        import pyarrow.parquet as pq  # noqa: PLC0415

        name = f"part-{self._next:08}"
        folder = self.root / _PARTS
        temporary = folder / f".writing-{name}"
        with writing(self.root):
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir()
            try:
                for table, rows in self._rows.items():
                    path = temporary / f"{table}.parquet"
                    written: dict[str, Any] = {"compression": "zstd"}
                    if table == "facts" and rows:
                        # They are compressed already, and the smallest of them says nothing.
                        groups = 1 + self._facts // _GROUP_FACTS
                        written = {
                            "compression": "none",
                            "write_statistics": False,
                            "row_group_size": 1 + len(rows) // groups,
                        }
                    if table == SYMBOLS:
                        made = unpack(row["packed"] for row in rows)
                    else:
                        made = pa.Table.from_pylist(rows, schema=schemas()[table])
                    pq.write_table(made, path, **written)
                    _synchronize(path)
                _synchronize(temporary)
                temporary.rename(folder / name)
            except BaseException:
                shutil.rmtree(temporary, ignore_errors=True)
                raise
            _synchronize(folder)
        self._next += 1
        self._rows = {table: [] for table in TABLES}
        self._facts = 0

    def close(self) -> None:
        """Let other fleets write to it. Rows that are not on disk are lost."""
        self._lock.release()

    def _write_state(self) -> None:
        text = json.dumps({"schema": VERSION, "current": {"monowheel": self.monowheel, "rules": self.rules}}, indent=2)
        temporary = self.root / f".writing-{_STATE}"
        temporary.write_text(f"{text}\n", encoding="utf-8")
        _synchronize(temporary)
        temporary.replace(self.root / _STATE)
        _synchronize(self.root)


def unreadable(part: Path, error: Exception) -> FleetError:
    """Return the error for a part, or a file in one."""
    return FleetError(
        "format",
        f"this part of the dataset cannot be read: {error}",
        place=str(part),
        next_step="remove it; its results are computed again",
    )


_KEYED = ("places", "wheels", "releases")


def parts(root: Path) -> list[Path]:
    """Return the parts of a dataset, in the order in which they were written."""
    return sorted((root / _PARTS).glob("part-*"))


def state(root: Path) -> dict[str, Any]:
    """Return dataset.json of a dataset; raises an error if it is not one that this monowheel can read."""
    try:
        found: dict[str, Any] = json.loads((root / _STATE).read_text(encoding="utf-8"))
        schema = found["schema"]
    except FileNotFoundError as error:
        raise FleetError(
            "usage",
            "there is no dataset here",
            place=str(root),
            next_step="make one: monowheel fleet audit SOURCES --dataset DIR",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FleetError("format", f"its {_STATE} cannot be read: {error}", place=str(root)) from error
    if schema != VERSION:
        raise FleetError(
            "usage",
            f"the dataset has the schema {schema}; this monowheel reads {VERSION}",
            place=str(root),
            next_step="use the monowheel that wrote it, or a new dataset",
        )
    return found


@contextlib.contextmanager
def writing(root: Path) -> Iterator[None]:
    """Turn errors of the file system into one that names the dataset and the next step."""
    try:
        yield
    except OSError as error:
        raise FleetError(
            "io",
            f"the dataset cannot be written: {error.strerror or error}",
            place=str(root),
            next_step="free space or fix permissions, and run the command again: finished parts are kept",
        ) from error


def _synchronize(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no handle for that.
    file = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)
