"""What both debuggers write down: one line of JSON for each event, to the file that monowheel reads."""

from __future__ import annotations

import json
import os
import re
from typing import Any

FRAME = re.compile(r'  File "(.*)", line (\d+|\?\?\?) in (.*)')
# The real-time signal at which hook.py writes the Python stack.
STACK_SIGNAL = 61
TEXT = 400


class Record:
    """The file of events, and the directory that hook.py writes to."""

    def __init__(self) -> None:
        """Read the plan that the environment names."""
        with open(os.environ["MONOWHEEL_BREAK_PLAN"], encoding="utf-8") as file:
            self.plan: dict[str, Any] = json.load(file)
        self.folder = str(self.plan["folder"])
        self.hits: dict[int, int] = {}
        self.read = 0

    def write(self, event: str, **values: Any) -> None:
        """Append one event."""
        line = json.dumps({"event": event, **values}) + "\n"
        with open(os.path.join(self.folder, "record.jsonl"), "a", encoding="utf-8") as file:
            file.write(line)

    def python_hit(self) -> dict[str, Any] | None:
        """Return the hit that hook.py trapped for, once."""
        path = os.path.join(self.folder, "python.json")
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            hit: dict[str, Any] = json.load(file)
        os.remove(path)
        return hit

    def python_stack(self) -> list[dict[str, Any]]:
        """Return the stack that faulthandler has written since the last time."""
        try:
            with open(os.path.join(self.folder, "stacks"), encoding="utf-8", errors="replace") as file:
                file.seek(self.read)
                text = file.read()
                self.read = file.tell()
        except OSError:
            return []
        frames = []
        for line in text.splitlines():
            found = FRAME.fullmatch(line)
            if found and not found[1].endswith("/monowheel_break/hook.py") and "runpy" not in found[1]:
                number = int(found[2]) if found[2].isdigit() else 0
                frames.append({"function": found[3], "file": found[1], "line": number})
        return frames

    def is_last(self, place: int) -> bool:
        """Count a hit, and tell whether there are enough of this place."""
        self.hits[place] = self.hits.get(place, 0) + 1
        return self.hits[place] >= int(self.plan["hits"])


def cut(value: object) -> str:
    """Limit a value."""
    text = str(value)
    return text if len(text) <= TEXT else text[:TEXT] + "…"


def pattern(name: str) -> re.Pattern[str]:
    """Return what a demangled symbol looks like that ends with a path, with the hash of rustc's legacy mangling."""
    return re.compile(r"(?:^|.*::|.*<)" + re.escape(name) + r"(?:::<.*>)?(?:::h[0-9a-f]{16})?$")
