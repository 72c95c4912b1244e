"""The verdict of a fleet that tests or verifies: exit code, JSON document and text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .errors import INCOMPLETE, worst
from .wording import counted, duration

if TYPE_CHECKING:
    from .checks import Checks
    from .dataset import Dataset

_SCHEMAS = {"test": "monowheel.fleet-test/1", "verify": "monowheel.fleet-verify/1"}
_SHOWN = 20


def document(command: str, dataset: Dataset, checks: Checks, seconds: float) -> dict[str, Any]:
    """Return the JSON document; each result is a row of the dataset."""
    tally = checks.tally
    failures = [*tally.failures, *((name, checked.why) for name, checked in checks.checked.items() if checked.why)]
    codes = [*checks.known.values(), *(checked.code for checked in checks.checked.values())]
    codes += [INCOMPLETE] if tally.failures else []
    verdicts: Counter[str] = sum((checked.counts() for checked in checks.checked.values()), Counter())
    releases = [
        {"release": name, "exit_code": checked.code, "known": False, "verdicts": dict(checked.counts())}
        for name, checked in checks.checked.items()
    ]
    releases += [{"release": name, "exit_code": code, "known": True} for name, code in checks.known.items()]
    return {
        "schema": _SCHEMAS[command],
        "monowheel": dataset.monowheel,
        "dataset": str(dataset.root),
        "counts": {"releases": len(releases), "known": len(checks.known), "verdicts": dict(verdicts)},
        "tasks": {"submitted": tally.submitted, "worker_deaths": tally.deaths},
        "releases": sorted(releases, key=lambda release: str(release["release"])),
        "failures": [{"place": place, "why": why} for place, why in sorted(failures)],
        "notes": tally.notes,
        "seconds": round(seconds, 3),
        "exit_code": worst(codes),
    }


def text(told: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the lines for people, each with its color: ``good``, ``warn``, ``bad`` or none."""
    lines = [("", f"note: {note}") for note in told["notes"][:_SHOWN]]
    lines += [("bad", f"not checked: {failure['place']}: {failure['why']}") for failure in told["failures"]]
    failed = {failure["place"] for failure in told["failures"]}
    for release in told["releases"]:
        if release["exit_code"] and release["release"] not in failed:
            verdicts = ", ".join(f"{count} {verdict}" for verdict, count in release.get("verdicts", {}).items())
            lines.append(("bad", f"{release['release']}: {verdicts or 'not clean, as the dataset has it'}"))
    counts = told["counts"]
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts["verdicts"].items()))
    made = f"{counted(counts['releases'], 'release')} in {duration(told['seconds'])}"
    line = f"{made}, {counts['known']} already in the dataset"
    color = "bad" if told["exit_code"] else "good"
    return [*lines, (color, f"{line}{f': {verdicts}' if verdicts else ''}. The dataset is in {told['dataset']}")]
