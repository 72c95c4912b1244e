"""``monowheel fleet audit``: from the sources to the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import extra
from .batches import cut
from .cluster import check_workers, connected
from .dataset import Dataset
from .errors import FleetError
from .identity import fingerprint, of_this_machine
from .known import Selection, unknown
from .progress import Progress
from .schedule import Fleet, Outcome
from .sources import Found, find
from .summary import document

_MIB = 1 << 20


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Audit, and return the JSON document of the result."""
    extra.require(extra.AUDIT)
    ignore = _ignores(request["ignore"])
    found = find(request)
    if not found.releases and not found.failures:
        raise FleetError(
            "usage",
            "nothing to audit",
            next_step="name directories of wheels, releases, --requirement FILE or --projects FILE",
        )
    identity = of_this_machine()
    dataset = Dataset(Path(request["dataset"]).absolute(), identity.monowheel, fingerprint(identity, ignore))
    try:
        return _audited(request, ignore, found, dataset)
    finally:
        dataset.close()


def _audited(request: dict[str, Any], ignore: dict[str, str], found: Found, dataset: Dataset) -> dict[str, Any]:
    identity = of_this_machine()
    selection, outcome = Selection(), Outcome()
    todo = unknown(found.releases, dataset, selection, reread=request["reread"])
    wheels, size = sum(len(release.wheels) for release in todo), sum(release.size for release in todo)
    progress = Progress(wheels, size, quiet=request["quiet"])
    if todo:
        with connected(request) as client:
            check_workers(client, identity)
            if client.dashboard_link and request["verbose"]:
                progress.note(f"dashboard: {client.dashboard_link}")
            fleet = Fleet(client, dataset, request, identity, ignore)
            try:
                fleet.run(cut(todo, request["batch"] * _MIB), selection, progress)
            except BaseException:
                # What is finished is kept, also after Ctrl-C.
                progress.end()
                dataset.write()
                raise
            outcome = fleet.outcome
    outcome.failures += found.failures
    outcome.notes += found.notes
    dataset.write()
    return document(dataset, selection, outcome, request["fail_on"], progress.end())


def _ignores(given: list[str]) -> dict[str, str]:
    ignores = {}
    for text in given:
        rule, _, reason = text.partition("=")
        if not reason.strip():
            raise FleetError(
                "usage", "an ignore needs a reason", place=f"--ignore {text}", next_step="give both: RULE=REASON"
            )
        ignores[rule.strip()] = reason.strip()
    return ignores
