"""Which releases need no audit, because the dataset has their results."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Iterable

from .keys import WheelKey, release_key
from .worker import place_row

if TYPE_CHECKING:
    from .dataset import Dataset
    from .sources import Release


@dataclass
class Selection:
    """What the command line selects: the verdict is about it, whether it is audited now or was earlier."""

    wheels: set[WheelKey] = field(default_factory=set)
    releases: set[str] = field(default_factory=set)
    files: int = 0
    """Number of files: several may be the same wheel."""
    known: int = 0
    """Number of files that need no audit."""


def unknown(releases: Iterable[Release], dataset: Dataset, selection: Selection, *, reread: bool) -> list[Release]:
    """Return the releases to audit; the others are noted in ``selection``, and their places in the dataset."""
    todo = []
    for release in releases:
        rest = _rest(release, dataset, selection, reread=reread)
        if rest is not None:
            todo.append(rest)
    return todo


def _rest(release: Release, dataset: Dataset, selection: Selection, *, reread: bool) -> Release | None:
    """Return what has to be audited of a release."""
    known = dataset.known
    hashes = [None if reread and not wheel.is_remote else known.hash_of(wheel) for wheel in release.wheels]
    pairs = [(wheel, (wheel.file, hashed)) for wheel, hashed in zip(release.wheels, hashes) if hashed is not None]
    # Trying a wheel again that ended workers would end others.
    ended = [(wheel, key) for wheel, key in pairs if key in known.ended]
    selection.wheels.update(key for _, key in ended)
    selection.known += len(ended)
    selection.files += len(ended)
    without = {wheel.place for wheel, _ in ended}
    remaining = tuple(wheel for wheel in release.wheels if wheel.place not in without)
    if not remaining:
        return None
    keys = [key for _, key in pairs if key not in known.ended]
    if len(keys) == len(remaining) and all(key in known.wheels for key in keys):
        together = release_key(release.name or "", release.version or "", keys, release.sdists)
        if release.name is None or together in known.releases:
            selection.wheels.update(keys)
            selection.releases.update({together} if release.name is not None else ())
            selection.known += len(keys)
            selection.files += len(keys)
            dataset.add({"places": [place_row(wheel, key[1]) for wheel, key in pairs]})
            return None
    return replace(release, wheels=remaining)
