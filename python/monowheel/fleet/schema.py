"""The tables of a dataset, as docs/fleet.md describes them. Raise ``VERSION`` when a column changes its meaning."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = "monowheel.fleet-dataset/1"

_TEXT, _TEXTS, _NUMBER, _COUNT, _BYTES = "text", "texts", "number", "count", "bytes"
# The columns of each table.
_COLUMNS: dict[str, dict[str, str]] = {
    "places": {
        "place": _TEXT,
        "origin": _TEXT,
        "file": _TEXT,
        "sha256": _TEXT,
        "size": _NUMBER,
        "modified_ns": _NUMBER,
        "uploaded": _TEXT,
        "yanked": _TEXT,
    },
    "wheels": {
        "sha256": _TEXT,
        "file": _TEXT,
        "status": _TEXT,
        "hashed": _TEXT,
        "size": _NUMBER,
        "name": _TEXT,
        "version": _TEXT,
        "build": _TEXT,
        "tags": _TEXTS,
        "requires_python": _TEXT,
        "generator": _TEXT,
        "libraries": _COUNT,
        "errors": _COUNT,
        "warnings": _COUNT,
        "notes": _COUNT,
        "ignored": _COUNT,
        "monowheel": _TEXT,
        "rules": _TEXT,
    },
    "findings": {
        "sha256": _TEXT,
        "file": _TEXT,
        "release": _TEXT,
        "name": _TEXT,
        "version": _TEXT,
        "rule": _TEXT,
        "severity": _TEXT,
        "message": _TEXT,
        "member": _TEXT,
        "slice": _TEXT,
        "details": _TEXTS,
        "fix": _TEXT,
        "ignored": _TEXT,
        "monowheel": _TEXT,
        "rules": _TEXT,
    },
    "symbols": {
        "sha256": _TEXT,
        "file": _TEXT,
        "name": _TEXT,
        "version": _TEXT,
        "member": _TEXT,
        "arch": _TEXT,
        "symbol": _TEXT,
        "added": _TEXT,
        "monowheel": _TEXT,
        "rules": _TEXT,
    },
    "releases": {
        "release": _TEXT,
        "name": _TEXT,
        "version": _TEXT,
        "wheels": _TEXTS,
        "errors": _COUNT,
        "warnings": _COUNT,
        "notes": _COUNT,
        "ignored": _COUNT,
        "coverage": "coverage",
        "monowheel": _TEXT,
        "rules": _TEXT,
    },
    "facts": {
        "sha256": _TEXT,
        "file": _TEXT,
        "revision": _TEXT,
        "hashed": _TEXT,
        "facts": _BYTES,
    },
    "builds": {
        "key": _TEXT,
        "source": _TEXT,
        "name": _TEXT,
        "version": _TEXT,
        "sdist": _TEXT,
        "sdist_sha256": _TEXT,
        "target": _TEXT,
        "abi": _TEXT,
        "verdict": _TEXT,
        "why": _TEXT,
        "log": _TEXT,
        "file": _TEXT,
        "sha256": _TEXT,
        "size": _NUMBER,
        "seconds": "seconds",
        "worker": _TEXT,
        "monowheel": _TEXT,
    },
    "tests": {
        "key": _TEXT,
        "name": _TEXT,
        "version": _TEXT,
        "folder": _TEXT,
        "python": _TEXT,
        "platform": _TEXT,
        "file": _TEXT,
        "verdict": _TEXT,
        "why": _TEXT,
        "exit_code": _COUNT,
        "worker": _TEXT,
        "monowheel": _TEXT,
    },
    "verifications": {
        "key": _TEXT,
        "name": _TEXT,
        "version": _TEXT,
        "file": _TEXT,
        "sha256": _TEXT,
        "verdict": _TEXT,
        "why": _TEXT,
        "sdist_sha256": _TEXT,
        "exit_code": _COUNT,
        "worker": _TEXT,
        "monowheel": _TEXT,
    },
}
TABLES = tuple(_COLUMNS)
# The results of an audit depend on its rules; facts and the results of the others do not.
AUDIT_TABLES = ("places", "wheels", "findings", "symbols", "releases")


@lru_cache(maxsize=1)
def schemas() -> dict[str, pa.Schema]:
    """Return the Arrow schema of each table."""
    import pyarrow as pa  # noqa: PLC0415 - only monowheel[fleet] has it

    covered = pa.struct([(name, pa.string()) for name in ("platform", "python", "wheel")])
    types = {
        _TEXT: pa.string(),
        _TEXTS: pa.list_(pa.string()),
        _NUMBER: pa.int64(),
        _COUNT: pa.int32(),
        _BYTES: pa.binary(),
        "seconds": pa.float64(),
        "coverage": pa.list_(covered),
    }
    return {
        table: pa.schema([(name, types[kind]) for name, kind in columns.items()], metadata={"schema": VERSION})
        for table, columns in _COLUMNS.items()
    }
