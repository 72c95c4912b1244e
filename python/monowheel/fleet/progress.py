"""Progress on stderr: a line that is drawn over on a terminal, a line from time to time elsewhere."""

from __future__ import annotations

import sys
import time

from .wording import duration

_DRAW_SECONDS = 0.5
_LINE_SECONDS = 30.0
_MOMENT = 5.0


class Progress:
    """The progress of a fleet, in wheels or another unit, with the remaining time by bytes where these are known."""

    def __init__(self, wheels: int, size: int, *, quiet: bool, unit: str = "wheels") -> None:
        """Begin with this much to do."""
        self._wheels, self._size, self._quiet, self._unit = wheels, size, quiet, unit
        self._done, self._done_size = 0, 0
        self._began = time.monotonic()
        self._is_live = sys.stderr.isatty()
        self._drawn = self._began
        self._width = 0

    def note(self, text: str) -> None:
        """Print a line."""
        if not self._quiet:
            self._clear()
            print(text, file=sys.stderr, flush=True)

    def advance(self, wheels: int, size: int) -> None:
        """Note that wheels are done."""
        self._done += wheels
        self._done_size += size

    def draw(self) -> None:
        """Show where it is, unless that was just shown."""
        now = time.monotonic()
        if self._quiet or now - self._drawn < (_DRAW_SECONDS if self._is_live else _LINE_SECONDS):
            return
        self._drawn = now
        line = f"{self._done} of {self._wheels} {self._unit}{self._left(now - self._began)}"
        if self._is_live:
            print("\r" + line.ljust(self._width), end="", file=sys.stderr, flush=True)
            self._width = len(line)
        else:
            print(line, file=sys.stderr, flush=True)

    def _left(self, elapsed: float) -> str:
        done, of = (self._done_size, self._size) if self._done_size else (self._done, self._wheels)
        if elapsed < _MOMENT or not done or done > of:
            return ""
        return f", about {duration(elapsed * (of - done) / done)} left"

    def _clear(self) -> None:
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr)
            self._width = 0

    def end(self) -> float:
        """Remove the line; returns the elapsed seconds."""
        if not self._quiet:
            self._clear()
        return time.monotonic() - self._began
