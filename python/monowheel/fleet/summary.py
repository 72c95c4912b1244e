"""The verdict of a fleet: exit code, JSON document and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import CLEAN, FINDINGS, INCOMPLETE
from .wording import counted, duration

if TYPE_CHECKING:
    from .dataset import Dataset
    from .known import Selection
    from .schedule import Outcome

SCHEMA = "monowheel.fleet/1"
_SEVERITIES = ("errors", "warnings", "notes", "ignored")
_FAILING = {"error": 1, "warning": 2, "note": 3}
_SHOWN = 20


def document(dataset: Dataset, selection: Selection, outcome: Outcome, fail_on: str, seconds: float) -> dict[str, Any]:
    """Return the JSON document; the findings themselves are in the dataset."""
    known = dataset.known
    counted = [known.wheels[key] for key in selection.wheels if key in known.wheels]
    counted += [known.releases[key] for key in selection.releases if key in known.releases]
    counts = dict(zip(_SEVERITIES, map(sum, zip(*counted)))) if counted else dict.fromkeys(_SEVERITIES, 0)
    failing = sum(counts[name] for name in _SEVERITIES[: _FAILING[fail_on]])
    code = INCOMPLETE if outcome.failures else FINDINGS if failing else CLEAN
    return {
        "schema": SCHEMA,
        "monowheel": dataset.monowheel,
        "rules": dataset.rules,
        "dataset": str(dataset.root),
        "counts": {
            "files": selection.files,
            "wheels": len(selection.wheels),
            "releases": len(selection.releases),
            "audited": outcome.audited,
            "from_facts": outcome.from_facts,
            "known": selection.known,
            **counts,
        },
        "tasks": {"submitted": outcome.tasks, "worker_deaths": outcome.deaths},
        "ends_workers": outcome.ended,
        "failures": [{"place": place, "why": why} for place, why in sorted(outcome.failures)],
        "notes": outcome.notes,
        "seconds": round(seconds, 3),
        "exit_code": code,
    }


def text(told: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the lines for people, each with its color: ``good``, ``warn``, ``bad`` or none."""
    counts = told["counts"]
    lines = [("", f"note: {note}") for note in told["notes"][:_SHOWN]]
    lines += [("bad", f"not checked: {failure['place']}: {failure['why']}") for failure in told["failures"][:_SHOWN]]
    if len(told["failures"]) > _SHOWN:
        lines.append(("bad", f"… and {len(told['failures']) - _SHOWN} more (--json has all of them)"))
    lines += [("bad", f"ends workers: {place}") for place in told["ends_workers"]]
    by_facts = f" ({counts['from_facts']} by their kept facts)" if counts["from_facts"] else ""
    lines.append(
        (
            "",
            f"{counted(counts['files'], 'file')}, {counted(counts['wheels'], 'wheel')} in "
            f"{counted(counts['releases'], 'release')}: "
            f"{counts['audited']} audited in {duration(told['seconds'])}{by_facts}, "
            f"{counts['known']} already in the dataset",
        )
    )
    verdict = ", ".join(counted(counts[f"{level}s"], level) for level in ("error", "warning", "note"))
    if told["failures"]:
        verdict += f"; {len(told['failures'])} not checked"
    color = {CLEAN: "good", FINDINGS: "bad", INCOMPLETE: "bad"}[told["exit_code"]]
    return [*lines, (color, f"{verdict}. The dataset is in {told['dataset']}")]
