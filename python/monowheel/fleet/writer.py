"""Writes the rows of a dataset from time to time, so that a command that is killed loses little."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .dataset import Dataset

# What is lost if this process is killed.
_SECONDS = 60.0


class Writer:
    """The times at which a dataset is written."""

    def __init__(self, dataset: Dataset) -> None:
        """Begin now."""
        self._dataset, self._wrote = dataset, time.monotonic()

    def tick(self) -> None:
        """Write, if it is time, or if there is enough for a part."""
        if self._dataset.is_full or time.monotonic() - self._wrote > _SECONDS:
            self._dataset.write()
            self._wrote = time.monotonic()
