"""Follows the tasks of a fleet: submits as many as the cluster and the indexes take, and stores what they return.

Dask decides where a task runs. Here it is decided what happens to one that failed: a batch whose worker died is tried
once more; if that worker dies too, its releases are tried one after the other with nothing beside them, and then the
wheels of a release that still ends workers. A wheel that does so alone becomes a finding.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Mapping

from .batches import Batch, apart
from .kept_facts import KeptFacts
from .rows import ended_rows
from .sources import index_request
from .submitted import Ended, Submitted
from .worker import Result, Task, audit, place_row, sha256
from .writer import Writer

if TYPE_CHECKING:
    from distributed import Client

    from .dataset import Dataset
    from .identity import Identity
    from .kept_facts import Facts
    from .keys import WheelKey
    from .known import Selection
    from .progress import Progress
    from .sources import Release, Wheel

# A batch can have bad luck; a wheel alone that ends three workers does not.
_DEATHS_TOGETHER, _DEATHS_ALONE = 2, 3
_TRIES = 2


@dataclass
class Outcome:
    """What came of a fleet, besides its dataset."""

    failures: list[tuple[str, str]] = field(default_factory=list)
    audited: int = 0
    """Number of wheels that were audited, each once."""
    from_facts: int = 0
    """Number of files that were judged by kept facts of them, and not read."""
    tasks: int = 0
    deaths: int = 0
    """How often a task ended because its worker died."""
    ended: list[str] = field(default_factory=list)
    """The wheels that end workers."""
    notes: list[str] = field(default_factory=list)


class Fleet:
    """The tasks of one command."""

    def __init__(
        self,
        client: Client,
        dataset: Dataset,
        request: Mapping[str, Any],
        identity: Identity,
        ignore: Mapping[str, str],
    ) -> None:
        """Prepare; ``run`` does the work."""
        self._dataset, self._request = dataset, dict(request)
        self._identity, self._ignore = identity, ignore
        self._pending: deque[Batch] = deque()
        self._alone: deque[Batch] = deque()
        self._again: list[Batch] = []
        # Each batch with its connections.
        self._submitted: Submitted[tuple[Batch, int]] = Submitted(client, request, identity)
        # Wheels of a release that end workers: what is left of it is audited at last.
        self._partial: dict[tuple[Wheel, ...], Release] = {}
        self.outcome = Outcome()

    def run(self, batches: list[Batch], selection: Selection, progress: Progress) -> None:
        """Do the work. Whatever is finished when it ends, for any reason, is in the dataset."""
        self._selection, self._progress = selection, progress
        request = self._request
        releases = [release for batch in batches for release in batch.releases]
        self._kept = KeptFacts(
            self._dataset, self._identity.facts, releases, reread=request["reread"], whole=request["whole"]
        )
        self._pending.extend(batches)
        writer = Writer(self._dataset)
        with self._submitted.following():
            while self._fill():
                end = self._submitted.wait()
                if end is not None:
                    self._take(end)
                progress.draw()
                writer.tick()
        self._dataset.write()

    # --- submitting ---

    def _fill(self) -> bool:
        """Submit what the cluster takes; returns whether there is anything to wait for."""
        if not self._pending and not self._submitted:
            self._pending.extend(self._again)
            self._again.clear()
        if self._pending:
            cores = self._submitted.threads()
            for _ in range(len(self._pending)):
                share = self._share(self._pending[0], cores)
                if share is None:
                    break
                self._submit(self._pending.popleft(), share)
        elif not self._submitted and self._alone:
            self._submit(self._alone.popleft(), self._request["connections"])
        elif not self._submitted and self._partial:
            self._pending.extend(self._rests())
            return self._fill()
        return bool(self._submitted or self._pending or self._alone or self._again)

    def _share(self, batch: Batch, cores: int) -> int | None:
        """Return the number of connections for a batch; ``None`` if it has to wait."""
        if not batch.is_remote:
            # Some wait at the scheduler, so that no worker waits for this process.
            return 0 if len(self._submitted) < 2 * cores + 2 else None
        most = self._request["connections"]
        share = max(1, most // cores)
        used = sum(taken for _, taken in self._submitted.items())
        return share if used + share <= most and len(self._submitted) < 2 * cores + 2 else None

    def _submit(self, batch: Batch, connections: int) -> None:
        request = self._request
        # Each task gets the part of the rate that it has of the connections.
        rate = request["rate"] * max(1, connections) / request["connections"]
        known: set[str] = set()
        for release in batch.releases:
            known |= self._dataset.known.named.get((release.name or "", release.version or ""), set())
        index = index_request(request, max(1, connections), rate)
        # Something ended workers: it may be the facts.
        kept: dict[str, Facts] = {} if batch.deaths or batch.is_alone else self._kept.of(batch.releases)
        keep = request["keep_facts"]
        task = Task(batch.releases, self._ignore, index, self._identity, frozenset(known), kept, keep_facts=keep)
        self._submitted.submit(audit, task, (batch, connections))
        self.outcome.tasks += 1

    def _rests(self) -> list[Batch]:
        """Return what is left of releases with wheels that end workers."""
        rests = []
        for release in self._partial.values():
            wheels = tuple(wheel for wheel in release.wheels if wheel.place not in self.outcome.ended)
            if wheels:
                rests.append(Batch((replace(release, wheels=wheels),), is_alone=True))
        self._partial.clear()
        return rests

    # --- results ---

    def _take(self, end: Ended[tuple[Batch, int]]) -> None:
        batch, _ = end.item
        if end.is_death:
            self.outcome.deaths += 1
            self._died(replace(batch, deaths=batch.deaths + 1))
        elif end.why is None:
            for release, result in zip(batch.releases, end.result):
                self._store(batch, release, result)
        elif len(batch.releases) > 1:
            # One of them is the reason.
            self._pending.extend(apart(batch))
        else:
            self.outcome.failures += [(wheel.place, end.why) for wheel in batch.releases[0].wheels]
            self._progress.advance(batch.wheels, batch.size)

    def _died(self, batch: Batch) -> None:
        if batch.deaths < (_DEATHS_ALONE if batch.is_alone else _DEATHS_TOGETHER):
            (self._alone if batch.is_alone else self._pending).append(batch)
        elif len(batch.releases) > 1:
            self._alone.extend(apart(batch))
        elif len(batch.releases[0].wheels) > 1:
            (release,) = batch.releases
            self._partial[release.wheels] = release
            self._alone.extend(apart(batch))
        elif batch.is_alone:
            self._ends_workers(batch)
        else:
            self._alone.append(replace(batch, is_alone=True, deaths=0))

    def _ends_workers(self, batch: Batch) -> None:
        (release,) = batch.releases
        (wheel,) = release.wheels
        try:
            hashed = wheel.sha256 or (f"url:{wheel.place}" if wheel.is_remote else sha256(wheel.place))
        except OSError as error:
            self.outcome.failures.append((wheel.place, str(error)))
            return
        stamp = {"monowheel": self._dataset.monowheel, "rules": self._dataset.rules}
        rows = ended_rows(hashed, wheel, release, batch.deaths, stamp)
        self._dataset.add({"places": [place_row(wheel, hashed)], **rows})
        self._selection.wheels.add((wheel.file, hashed))
        self._selection.files += 1
        self.outcome.ended.append(wheel.place)
        self.outcome.audited += 1
        self._progress.advance(1, wheel.size)
        self._progress.note(f"{wheel.place}: its audit ends workers")

    def _store(self, batch: Batch, release: Release, result: Result) -> None:
        rows = {**result.rows, "releases": []} if batch.is_partial else result.rows
        keys: set[WheelKey] = {(row["file"], row["sha256"]) for row in rows.get("places", ())}
        self.outcome.audited += sum(key not in self._dataset.known.wheels for key in keys)
        self.outcome.from_facts += result.from_facts
        self._dataset.add(rows)
        self._selection.wheels.update(keys)
        self._selection.releases.update(row["release"] for row in rows.get("releases", ()))
        if result.known is not None:
            self._selection.releases.add(result.known)
        if result.failures and batch.tries + 1 < _TRIES:
            # After everything else: by then, a server may answer again.
            self._again.append(Batch((release,), tries=batch.tries + 1))
        elif batch.is_partial and not result.failures:
            # It is audited once more with the rest of its release.
            pass
        else:
            self.outcome.failures += result.failures
            self._selection.files += len(rows.get("places", ()))
            self._progress.advance(len(release.wheels), release.size)
