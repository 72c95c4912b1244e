"""What a result is known by: a wheel by its file name and its bytes, a release by its wheels and its sdists."""

from __future__ import annotations

import hashlib
import json
from typing import Sequence, Tuple

WheelKey = Tuple[str, str]
"""File name and SHA-256: the tags, which decide about findings, are in the name."""


def release_key(name: str, version: str, wheels: Sequence[WheelKey], sdists: Sequence[str]) -> str:
    """Return the key of a release."""
    said = json.dumps([name, version, sorted(wheels), sorted(sdists)])
    return hashlib.sha256(said.encode()).hexdigest()
