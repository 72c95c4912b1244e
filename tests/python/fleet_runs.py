"""Audits of a fleet in this process, without a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monowheel.fleet.dataset import Dataset
from monowheel.fleet.identity import fingerprint, of_this_machine
from monowheel.fleet.kept_facts import KeptFacts
from monowheel.fleet.known import Selection, unknown
from monowheel.fleet.sources import find
from monowheel.fleet.worker import Result, Task, audit

if TYPE_CHECKING:
    from pathlib import Path

INDEX: dict[str, Any] = {
    "index_url": None,
    "extra_index_urls": [],
    "strategy": None,
    "insecure_hosts": [],
    "connections": 1,
    "rate": 100.0,
    "whole": False,
}


def request(*sources: Path | str, index: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a request with these sources."""
    settings = index or INDEX
    shared = {name: settings[name] for name in ("connections", "rate", "whole")}
    return {
        "sources": [str(path) for path in sources],
        "projects": [],
        "requirements": [],
        "index": settings,
        **shared,
    }


def write(
    dataset: Path,
    *sources: Path | str,
    ignore: dict[str, str] | None = None,
    index: dict[str, Any] | None = None,
    keep_facts: bool = False,
) -> list[Result]:
    """Audit in this process, into a dataset; kept facts in it are used."""
    identity, ignores = of_this_machine(), ignore or {}
    into = Dataset(dataset, identity.monowheel, fingerprint(identity, ignores))
    try:
        settings = index or INDEX
        todo = unknown(find(request(*sources, index=index)).releases, into, Selection(), reread=False)
        kept = KeptFacts(into, identity.facts, todo, reread=False, whole=settings["whole"]).of(todo)
        results = audit(Task(tuple(todo), ignores, settings, identity, kept=kept, keep_facts=keep_facts))
        for result in results:
            assert result.failures == []
            into.add(result.rows)
        into.write()
        return results
    finally:
        into.close()
