"""The terminal while several steps run: their output is shown one step at a time, each from its beginning."""

from __future__ import annotations

import sys
from collections import deque


class Section:
    """The output of one step."""

    def __init__(self) -> None:
        """Start without output."""
        self.kept = bytearray()
        self.is_closed = False


class Screen:
    """Sections in the order of opening: the first is shown as it is written, the others wait."""

    def __init__(self) -> None:
        """Start without a section."""
        self.sections: deque[Section] = deque()

    def open(self) -> Section:
        """Add a section after the others."""
        section = Section()
        self.sections.append(section)
        return section

    def write(self, section: Section, data: bytes | str) -> None:
        """Show data now or when it is the section's turn."""
        data = data.encode() if isinstance(data, str) else data
        if section is self.sections[0]:
            _show(data)
        else:
            section.kept += data

    def close(self, section: Section) -> None:
        """End a section; if it was the first, continue with the next, and past those that have ended."""
        section.is_closed = True
        while self.sections and self.sections[0].is_closed:
            self.sections.popleft()
            if self.sections:
                _show(bytes(self.sections[0].kept))


def _show(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
