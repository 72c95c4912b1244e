"""Follows the tasks of a fleet: submits as many as the cluster and the indexes take, and stores what they return.

Dask decides where a task runs. Here it is decided what happens to one that failed: a batch whose worker died is tried
once more; if that worker dies too, its releases are tried one after the other with nothing beside them, and then the
wheels of a release that still ends workers. A wheel that does so alone becomes a finding.
"""

from __future__ import annotations

import itertools
import queue
import uuid
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Mapping

from .batches import Batch, apart
from .cluster import mismatch
from .rows import ended_rows
from .sources import index_request
from .watch import Watch
from .worker import MismatchError, Result, Task, audit, place_row, sha256
from .writer import Writer

if TYPE_CHECKING:
    from distributed import Client, Future

    from .dataset import Dataset
    from .identity import Identity
    from .keys import WheelKey
    from .known import Selection
    from .progress import Progress
    from .sources import Release, Wheel

_TICK = 0.25
# A batch can have bad luck; a wheel alone that ends three workers does not.
_DEATHS_TOGETHER, _DEATHS_ALONE = 2, 3
_TRIES = 2


@dataclass
class Outcome:
    """What came of a fleet, besides its dataset."""

    failures: list[tuple[str, str]] = field(default_factory=list)
    audited: int = 0
    """Number of wheels that were audited, each once."""
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
        self._client, self._dataset, self._request = client, dataset, dict(request)
        self._identity, self._ignore = identity, ignore
        self._pending: deque[Batch] = deque()
        self._alone: deque[Batch] = deque()
        self._again: list[Batch] = []
        self._running: dict[Future[Any], tuple[Batch, int]] = {}
        self._ended: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        self._name, self._numbers = uuid.uuid4().hex[:8], itertools.count()
        # Wheels of a release that end workers: what is left of it is audited at last.
        self._partial: dict[tuple[Wheel, ...], Release] = {}
        self._watch = Watch(client, request["scheduler"])
        self.outcome = Outcome()

    def run(self, batches: list[Batch], selection: Selection, progress: Progress) -> None:
        """Do the work. Whatever is finished when it ends, for any reason, is in the dataset."""
        from distributed.comm import CommClosedError  # noqa: PLC0415 - only monowheel[fleet] has it

        self._selection, self._progress = selection, progress
        self._pending.extend(batches)
        writer = Writer(self._dataset)
        try:
            while self._fill():
                try:
                    self._take(self._ended.get(timeout=_TICK))
                except queue.Empty:
                    self._watch.check()
                progress.draw()
                writer.tick()
        except CommClosedError as error:
            # It was lost while it was asked something: the client does not know it yet.
            raise self._watch.lost() from error
        finally:
            self._stop()
        self._dataset.write()

    def _stop(self) -> None:
        futures = list(self._running)
        self._running.clear()
        self._watch.cancel(futures)

    # --- submitting ---

    def _fill(self) -> bool:
        """Submit what the cluster takes; returns whether there is anything to wait for."""
        if not self._pending and not self._running:
            self._pending.extend(self._again)
            self._again.clear()
        if self._pending:
            cores = max(1, self._watch.threads())
            for _ in range(len(self._pending)):
                share = self._share(self._pending[0], cores)
                if share is None:
                    break
                self._submit(self._pending.popleft(), share)
        elif not self._running and self._alone:
            self._submit(self._alone.popleft(), self._request["connections"])
        elif not self._running and self._partial:
            self._pending.extend(self._rests())
            return self._fill()
        return bool(self._running or self._pending or self._alone or self._again)

    def _share(self, batch: Batch, cores: int) -> int | None:
        """Return the number of connections for a batch; ``None`` if it has to wait."""
        if not batch.is_remote:
            # Some wait at the scheduler, so that no worker waits for this process.
            return 0 if len(self._running) < 2 * cores + 2 else None
        most = self._request["connections"]
        share = max(1, most // cores)
        used = sum(taken for _, taken in self._running.values())
        return share if used + share <= most and len(self._running) < 2 * cores + 2 else None

    def _submit(self, batch: Batch, connections: int) -> None:
        request = self._request
        # Each task gets the part of the rate that it has of the connections.
        rate = request["rate"] * max(1, connections) / request["connections"]
        known: set[str] = set()
        for release in batch.releases:
            known |= self._dataset.known.named.get((release.name or "", release.version or ""), set())
        index = index_request(request, max(1, connections), rate)
        task = Task(batch.releases, self._ignore, index, self._identity, frozenset(known))
        future = self._client.submit(audit, task, key=f"audit-{self._name}-{next(self._numbers)}", pure=False)
        self._running[future] = (batch, connections)
        self.outcome.tasks += 1
        future.add_done_callback(self._ended.put)

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

    def _take(self, future: Future[Any]) -> None:
        from distributed import KilledWorker  # noqa: PLC0415 - only monowheel[fleet] has it

        taken = self._running.pop(future, None)
        if taken is None:
            return
        batch = taken[0]
        if future.status == "finished":
            results = future.result()
            future.release()
            for release, result in zip(batch.releases, results):
                self._store(batch, release, result)
            return
        if future.status != "error":
            raise self._watch.lost()
        error = future.exception()
        if isinstance(error, MismatchError):
            raise mismatch(None, str(error), self._identity)
        if isinstance(error, KilledWorker):
            self.outcome.deaths += 1
            self._died(replace(batch, deaths=batch.deaths + 1))
        elif len(batch.releases) > 1:
            # One of them is the reason.
            self._pending.extend(apart(batch))
        else:
            why = f"{type(error).__name__}: {error}"
            self.outcome.failures += [(wheel.place, why) for wheel in batch.releases[0].wheels]
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
