"""Results of a long series, kept in a file so that an interrupted series can resume."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Dict

import monowheel

Json = Dict[str, Any]


class Kept:
    """The results of a series by entry, and what they are valid for: the targets and monowheel's own bytes."""

    def __init__(self, path: Path, targets: list[str], *, fresh: bool) -> None:
        """Read the existing results, unless everything is to be redone."""
        self.path = path
        core = next(Path(monowheel.__file__).parent.glob("_monowheel*"))
        self.key = " ".join([*targets, hashlib.sha256(core.read_bytes()).hexdigest()])
        is_read = path.is_file() and not fresh
        self.results: Json = json.loads(path.read_text(encoding="utf-8")) if is_read else {}

    def good(self, name: str, faults: str) -> Json | None:
        """Return the result of an entry that is valid and has nothing under the key ``faults``."""
        found: Json | None = self.results.get(name)
        return found if found and found["key"] == self.key and not found[faults] else None

    def keep(self, name: str, result: Json) -> Json:
        """Store a result, and return it with its key."""
        self.results[name] = {**result, "key": self.key}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.results, indent=1) + "\n", encoding="utf-8")
        return dict(self.results[name])
