"""The verdict of a fleet that builds: exit code, JSON document and text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .errors import FINDINGS, INCOMPLETE, worst
from .wording import counted, duration

if TYPE_CHECKING:
    from .build import Builds, Release
    from .dataset import Dataset

SCHEMA = "monowheel.fleet-build/1"
_VERDICTS = ("built", "reused", "broken", "failed", "blocked", "skipped")
_SHOWN = 20


def document(request: dict[str, Any], dataset: Dataset, builds: Builds, seconds: float) -> dict[str, Any]:
    """Return the JSON document; the record of each release is the ``monowheel.json`` in its directory."""
    tally, kept = builds.tally, builds.kept
    failures = [*tally.failures, *((name, release.why) for name, release in builds.releases.items() if release.why)]
    releases = [_release(name, release) for name, release in sorted(builds.releases.items())]
    verdicts = Counter(wheel["verdict"] for release in releases for wheel in release["wheels"])
    codes = [release.code for release in builds.releases.values()] + [source.code for source in builds.unplanned]
    codes += [FINDINGS] if kept.poisoned or kept.different else []
    codes += [INCOMPLETE] if tally.failures else []
    return {
        "schema": SCHEMA,
        "monowheel": dataset.monowheel,
        "dataset": str(dataset.root),
        "out": request["out"],
        "cache": kept.place,
        "counts": {"projects": len(releases), **{verdict: verdicts[verdict] for verdict in _VERDICTS}},
        "tasks": {"submitted": tally.submitted, "worker_deaths": tally.deaths},
        "releases": releases,
        "unplanned": [
            {"source": source.source, "exit_code": source.code, "why": source.why} for source in builds.unplanned
        ],
        "poisoned": kept.poisoned,
        "different": kept.different,
        "failures": [{"place": place, "why": why} for place, why in sorted(failures)],
        "notes": [*tally.notes, *kept.failures],
        "seconds": round(seconds, 3),
        "exit_code": worst(codes),
    }


def _release(name: str, release: Release) -> dict[str, Any]:
    fields = ("target", "abi", "verdict", "file", "sha256", "size", "seconds", "why")
    return {
        "release": name,
        "source": release.project.source,
        "sdist_sha256": release.project.sdist.sha256,
        "exit_code": release.code,
        "clean": release.manifest.get("audit", {}).get("clean", False),
        "wheels": [
            {name: row[name] for name in fields if row.get(name) is not None}
            for row in release.manifest.get("wheels", [])
        ],
    }


def text(told: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the lines for people, each with its color: ``good``, ``warn``, ``bad`` or none."""
    lines = [("", f"note: {note}") for note in told["notes"][:_SHOWN]]
    lines += [("bad", f"not planned: {row['source']}: {row['why']}") for row in told["unplanned"]]
    lines += [("bad", f"not built: {row['place']}: {row['why']}") for row in told["failures"]]
    for release in told["releases"]:
        bad = [wheel for wheel in release["wheels"] if wheel["verdict"] not in {"built", "reused"}]
        for wheel in bad:
            why = wheel.get("why", "its monowheel.json says why").partition("\n")[0]
            name = f"{release['release']} for {wheel['target']}, {wheel['abi']}"
            lines.append(("bad", f"{wheel['verdict'].upper()}: {name}: {why}"))
        if not bad and release["wheels"] and release["exit_code"]:
            lines.append(("bad", f"{release['release']}: the audit found something (`monowheel audit` lists each)"))
    lines += [("bad", f"poisoned: the cache has other bytes for {row['file']}") for row in told["poisoned"]]
    lines += [
        ("bad", f"different: {row['file']} has the SHA-256 {row['sha256']}, not {row['expected']} as before")
        for row in told["different"]
    ]
    counts = told["counts"]
    made = f"{counted(counts['built'], 'wheel')} built and {counts['reused']} reused in {duration(told['seconds'])}"
    rest = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _VERDICTS[2:] if counts[verdict])
    line = f"{counted(counts['projects'], 'project')}: {made}{f'; {rest}' if rest else ''}. They are in {told['out']}"
    return [*lines, ("bad" if told["exit_code"] else "good", line)]
