"""Parts of the core's report (monowheel.audit/1) as rows of a dataset."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Dict, Sequence

from .symbol_columns import pack

if TYPE_CHECKING:
    from .keys import WheelKey
    from .sources import Release, Wheel

Row = Dict[str, Any]
AUDITED, ENDED_WORKERS = "audited", "ended-workers"
ENDED_RULE = "ends-workers"
BY_FILE, BY_INDEX = "file", "index"


def wheel_row(file: dict[str, Any], facts: dict[str, Any], subject: Row, stamp: Row) -> Row:
    """Return the row of a wheel that was audited."""
    return {
        **subject,
        "status": AUDITED,
        "hashed": _hashed(facts),
        "size": file["size"],
        "build": file["build"],
        "tags": file["tags"],
        "requires_python": file["requires_python"],
        "generator": facts["generator"],
        "libraries": len(file["binaries"]),
        **_counts(file),
        **stamp,
    }


def facts_row(stored: bytes, facts: dict[str, Any], key: WheelKey, revision: str) -> Row:
    """Return the row of a wheel's facts, to judge it by other rules without reading it."""
    file, hashed = key
    return {"sha256": hashed, "file": file, "revision": revision, "hashed": _hashed(facts), "facts": stored}


def symbols_row(symbols: Sequence[Row], subject: Row, stamp: Row) -> Row:
    """Return one row for all symbols of a wheel: the key of the wheel, and their rows packed."""
    packed = pack(symbols, {**subject, **stamp})
    return {"sha256": subject["sha256"], "file": subject["file"], "packed": packed}


def _hashed(facts: dict[str, Any]) -> str:
    # Of a wheel that was read in parts, only the index knows the hash.
    return BY_FILE if facts["sha256"] else BY_INDEX


def finding_rows(part: dict[str, Any], subject: Row, stamp: Row) -> list[Row]:
    """Return a row for each finding of a wheel or a release; ``ignored`` has the reason of an ignored one."""
    return [
        {
            **subject,
            "rule": found["rule"],
            "severity": found["severity"],
            "message": found["message"],
            "member": found.get("member"),
            "slice": found.get("slice"),
            "details": found.get("details", []),
            "fix": found.get("fix"),
            "ignored": found.get("reason"),
            **stamp,
        }
        for found in [*part["findings"], *part.get("ignored", [])]
    ]


def release_row(together: dict[str, Any], key: str, release: Release, wheels: Sequence[WheelKey], stamp: Row) -> Row:
    """Return the row of a release; its coverage has an entry where an installer finds a wheel."""
    pythons = [
        f"{python['version'][0]}.{python['version'][1]}{'t' if python['free_threaded'] else ''}"
        for python in together["coverage"]["pythons"]
    ]
    covered = [
        {"platform": row["platform"], "python": python, "wheel": wheel}
        for row in together["coverage"]["rows"]
        for python, wheel in zip(pythons, row["wheels"])
        if wheel is not None
    ]
    return {
        "release": key,
        "name": release.name,
        "version": release.version,
        "wheels": sorted(hashed for _, hashed in wheels),
        **_counts(together),
        "coverage": covered,
        **stamp,
    }


def ended_rows(hashed: str, wheel: Wheel, release: Release, deaths: int, stamp: Row) -> dict[str, list[Row]]:
    """Return the rows of a wheel whose audit ended the workers that tried it."""
    subject = {"sha256": hashed, "file": wheel.file, "name": release.name, "version": release.version}
    finding = {
        "rule": ENDED_RULE,
        "severity": "error",
        "message": f"the audit of this wheel alone ended {deaths} workers; nothing is known about it",
        "fix": "audit it on one machine, with more memory: monowheel audit FILE",
    }
    row = {
        **subject,
        "status": ENDED_WORKERS,
        "hashed": BY_FILE,
        "size": wheel.size,
        "libraries": 0,
        **_counts({"findings": [finding]}),
        **stamp,
    }
    return {"wheels": [row], "findings": [{**subject, "release": None, "details": [], **finding, **stamp}]}


def _counts(part: dict[str, Any]) -> Row:
    of = Counter(found["severity"] for found in part["findings"])
    return {
        "errors": of["error"],
        "warnings": of["warning"],
        "notes": of["note"],
        "ignored": len(part.get("ignored", [])),
    }
