"""The kept facts of a dataset: what the core saw of a wheel, so that other rules can judge it without reading it again.

The core reads only facts of its own revision. Of a wheel that was read in parts, facts are missing that a complete one
has, so that they serve only for another audit of parts.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterable, NamedTuple

from .dataset import parts, unreadable
from .rows import BY_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from .dataset import Dataset
    from .keys import WheelKey
    from .sources import Release, Wheel

# Groups of rows in memory: of wheels that are audited one after the other, the facts are mostly beside each other.
_GROUPS = 4


@dataclass(frozen=True)
class Facts:
    """The facts of a wheel."""

    stored: bytes
    sha256: str | None
    """Of the bytes that they are from; ``None`` if only parts of the wheel were read."""


class _Row(NamedTuple):
    path: Path
    group: int
    is_complete: bool


class KeptFacts:
    """The kept facts of wheels to audit."""

    def __init__(
        self, dataset: Dataset, revision: str, releases: Iterable[Release], *, reread: bool, whole: bool
    ) -> None:
        """Find them. ``reread`` and ``whole`` are those of the command line: files to read in any case."""
        self._dataset, self._revision, self._reread, self._whole = dataset, revision, reread, whole
        self._groups: OrderedDict[tuple[Path, int], dict[WheelKey, bytes]] = OrderedDict()
        wanted = {key for release in releases for wheel in release.wheels if (key := self._key(wheel)) is not None}
        self._rows = _find(dataset.root, revision, wanted) if wanted else {}

    def of(self, releases: Iterable[Release]) -> dict[str, Facts]:
        """Return the facts of wheels that need not be read, by place."""
        found = {}
        for release in releases:
            for wheel in release.wheels:
                key = self._key(wheel)
                row = self._rows.get(key) if key is not None else None
                if key is not None and row is not None and (row.is_complete or (wheel.is_remote and not self._whole)):
                    stored = self._group(row)[key]
                    found[wheel.place] = Facts(stored, key[1] if row.is_complete else None)
        return found

    def _key(self, wheel: Wheel) -> WheelKey | None:
        """Return the key of a wheel whose hash is known without reading it."""
        if self._reread and not wheel.is_remote:
            return None
        hashed = self._dataset.known.hash_of(wheel)
        return None if hashed is None else (wheel.file, hashed)

    def _group(self, row: _Row) -> dict[WheelKey, bytes]:
        at = (row.path, row.group)
        if at not in self._groups:
            self._groups[at] = {
                (file, hashed): stored
                for file, hashed, of, stored in _columns(row.path, row.group, ["file", "sha256", "revision", "facts"])
                if of == self._revision
            }
            if len(self._groups) > _GROUPS:
                self._groups.popitem(last=False)
        self._groups.move_to_end(at)
        return self._groups[at]


def _find(root: Path, revision: str, wanted: set[WheelKey]) -> dict[WheelKey, _Row]:
    """Find the rows of wheels; of several for a wheel, the last one."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - only monowheel[fleet] has it

    rows = {}
    # The keys that there are already: those that a file has would take as much memory again.
    same = {key: key for key in wanted}
    for part in parts(root):
        path = part / "facts.parquet"
        # A part of an earlier monowheel has none, and it may be removed.
        if not path.exists():
            continue
        try:
            groups = pq.read_metadata(path).num_row_groups
        except (OSError, ValueError) as error:
            raise unreadable(path, error) from error
        for group in range(groups):
            for file, hashed, of, by in _columns(path, group, ["file", "sha256", "revision", "hashed"]):
                key = same.get((file, hashed))
                if of == revision and key is not None:
                    rows[key] = _Row(path, group, by == BY_FILE)
    return rows


def _columns(path: Path, group: int, names: list[str]) -> Iterable[tuple[Any, ...]]:
    """Return some columns of a group of rows, row by row."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - only monowheel[fleet] has it

    try:
        with pq.ParquetFile(path) as file:
            table = file.read_row_group(group, columns=names)
    except (OSError, ValueError, IndexError) as error:
        raise unreadable(path, error) from error
    return zip(*(table.column(name).to_pylist() for name in names))
