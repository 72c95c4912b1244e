"""The error of a fleet: what failed, where, and the next step; and its JSON document."""

from __future__ import annotations

from typing import Any, Iterable

CLEAN, FINDINGS, USAGE, INCOMPLETE, INTERRUPTED = 0, 1, 2, 3, 130

_EXIT = {"usage": USAGE, "project": USAGE, "interrupted": INTERRUPTED}


def worst(codes: Iterable[int]) -> int:
    """Return the exit code for several: incomplete, then a mistake, then findings."""
    order = (INCOMPLETE, USAGE, FINDINGS)
    seen = set(codes)
    return next((code for code in order if code in seen), INCOMPLETE if seen - {CLEAN} else CLEAN)


class FleetError(Exception):
    """An error that ends the command. ``kind`` is one of ``monowheel.error/1``."""

    def __init__(self, kind: str, message: str, *, place: str | None = None, next_step: str | None = None) -> None:
        """Make the error; it is not printed here."""
        super().__init__(kind, message, place, next_step)
        self.kind, self.message, self.place, self.next_step = kind, message, place, next_step

    @property
    def exit_code(self) -> int:
        """The exit code of the command."""
        return _EXIT.get(self.kind, INCOMPLETE)

    def __str__(self) -> str:
        """Return the message with its place and its next step, as the core prints an error."""
        lines = [self.message if self.place is None else f"{self.place}: {self.message}"]
        if self.next_step:
            lines.append("  next: " + self.next_step.replace("\n", "\n        "))
        return "\n".join(lines)

    def document(self) -> dict[str, Any]:
        """Return the JSON document of the error."""
        error = {"kind": self.kind, "message": self.message, "place": self.place, "next_step": self.next_step}
        return {
            "schema": "monowheel.error/1",
            "error": {key: value for key, value in error.items() if value is not None},
            "exit_code": self.exit_code,
        }
