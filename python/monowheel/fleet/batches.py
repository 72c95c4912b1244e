"""Cuts releases into tasks: by bytes, because these are what a worker reads, and by number, for small wheels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Iterable, Iterator

if TYPE_CHECKING:
    from .sources import Release

MOST_WHEELS = 256
# An index that does not give sizes: the median wheel with a binary is larger than that, a pure one smaller.
UNKNOWN_SIZE = 1 << 20


@dataclass(frozen=True)
class Batch:
    """The releases of a task."""

    releases: tuple[Release, ...]
    deaths: int = 0
    """How many workers died while they had it."""
    tries: int = 0
    """How many times it was incomplete: a server or a disk failed."""
    is_alone: bool = False
    """Whether nothing else runs beside it: it may be what ends workers."""
    is_partial: bool = False
    """Whether it is one wheel of a release, which is not audited as one."""

    @property
    def wheels(self) -> int:
        """Number of wheels."""
        return sum(len(release.wheels) for release in self.releases)

    @property
    def size(self) -> int:
        """Bytes of the wheels."""
        return sum(release.size for release in self.releases)

    @property
    def is_remote(self) -> bool:
        """Whether it is read from an index."""
        return any(release.is_remote for release in self.releases)


def apart(batch: Batch) -> list[Batch]:
    """Return the releases of a batch, or the wheels of its only one, each to be tried alone."""
    if len(batch.releases) > 1:
        return [Batch((release,), is_alone=True) for release in batch.releases]
    (release,) = batch.releases
    return [Batch((replace(release, wheels=(wheel,)),), is_alone=True, is_partial=True) for wheel in release.wheels]


def cut(releases: Iterable[Release], size: int) -> list[Batch]:
    """Cut releases into batches of about this many bytes. A release stays in one piece; remote ones are separate.

    The largest are first: at the end, no worker has to wait long for the last of another.
    """
    return sorted(_cut(releases, size), key=lambda batch: batch.size, reverse=True)


def _cut(releases: Iterable[Release], size: int) -> Iterator[Batch]:
    waiting: dict[bool, list[Release]] = {False: [], True: []}
    filled = {False: 0, True: 0}
    count = {False: 0, True: 0}
    for release in releases:
        kind = release.is_remote
        weight = sum(wheel.size or UNKNOWN_SIZE for wheel in release.wheels)
        if waiting[kind] and (filled[kind] + weight > size or count[kind] + len(release.wheels) > MOST_WHEELS):
            yield Batch(tuple(waiting[kind]))
            waiting[kind], filled[kind], count[kind] = [], 0, 0
        waiting[kind].append(release)
        filled[kind] += weight
        count[kind] += len(release.wheels)
    for rest in waiting.values():
        if rest:
            yield Batch(tuple(rest))
