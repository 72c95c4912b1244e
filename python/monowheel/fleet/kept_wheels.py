"""The wheels that need no build: a store of them, and the hashes that decide whether its bytes are believed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Callable, Iterable

from .wheel_store import Known, Pins, PoisonedError, WheelStore

if TYPE_CHECKING:
    from .rows import Row


class KeptWheels:
    """A store, the pins, and what a dataset remembers."""

    def __init__(self, store: WheelStore, pins: Pins, rows: Iterable[Row], note: Callable[[str], None]) -> None:
        """Know the wheels of a dataset's rows; ``note`` prints a line."""
        self._store, self._pins, self._note = store, pins, note
        self.place = store.place
        built = [row for row in rows if row["sha256"]]
        self._seconds = {row["key"]: row["seconds"] for row in built}
        # The pins are the user's word, the dataset is a memory.
        self._known = {**{row["key"]: Known(row["sha256"], row["file"]) for row in built}, **pins.known}
        self._confirmed: dict[str, Known] = {}
        self.poisoned: list[dict[str, str]] = []
        """The wheels for which the store had other bytes."""
        self.different: list[dict[str, str]] = []
        """The wheels that were built again, and are not what they were."""
        self.failures: list[str] = []
        """What the store did not read or write."""

    def get(self, key: str) -> tuple[Known, bytes] | None:
        """Return a wheel whose bytes are those that it must have; ``None`` if it has to be built."""
        known = self._known.get(key)
        if known is None:
            return None
        try:
            data = self._store.get(key, known)
        except PoisonedError:
            self.poisoned.append({"key": key, "file": known.file, "sha256": known.sha256})
            self._note(f"{known.file}: the cache has other bytes under its key {key}; it is built again")
            return None
        except OSError as error:
            self.failures.append(f"{known.file} could not be read from the cache: {error}")
            return None
        if data is None:
            return None
        self._confirmed[key] = known
        return known, data

    def seconds(self, key: str) -> float | None:
        """Return how long the build of a wheel took, if that is known."""
        return self._seconds.get(key)

    def keep(self, key: str, file: str, data: bytes) -> None:
        """Keep a wheel that was built, unless it must have other bytes."""
        wheel = Known(hashlib.sha256(data).hexdigest(), file)
        before = self._known.setdefault(key, wheel)
        if before.sha256 != wheel.sha256:
            self.different.append({"key": key, "file": file, "sha256": wheel.sha256, "expected": before.sha256})
            self._note(f"{file}: built again, with the SHA-256 {wheel.sha256} instead of {before.sha256}")
            return
        self._confirmed[key] = wheel
        try:
            self._store.put(key, file, data)
        except OSError as error:
            self.failures.append(f"{file} could not be kept in the cache: {error}")

    def write_pins(self) -> None:
        """Add the wheels of this run to the file of pins, if there is one."""
        self._pins.write(self._confirmed.items())
