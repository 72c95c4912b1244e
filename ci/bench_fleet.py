"""What a fleet adds to an audit: seconds a task and a wheel, two workers against one process on real wheels, and bytes.

Kept facts: their size, the time to make them, and that to judge by them.

Times are medians; CPU is that of this process, without the workers. The single process is this one, which audits the
same batches without a cluster: the cluster's start is measured by itself. `DIR` is a directory of wheels, such as the
one that ci/bench_audit.py downloads.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Iterator, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "python"))

from fleet_index import serving  # noqa: E402 - found by the line above
from fleet_wheels import distinct  # noqa: E402
from monowheel.fleet import worker  # noqa: E402
from monowheel.fleet.batches import Batch, cut  # noqa: E402
from monowheel.fleet.cluster import connected  # noqa: E402
from monowheel.fleet.dataset import Dataset  # noqa: E402
from monowheel.fleet.identity import of_this_machine  # noqa: E402
from monowheel.fleet.kept_facts import Facts  # noqa: E402
from monowheel.fleet.known import Selection  # noqa: E402
from monowheel.fleet.progress import Progress  # noqa: E402
from monowheel.fleet.schedule import Fleet  # noqa: E402
from monowheel.fleet.sources import find  # noqa: E402

REQUEST: dict[str, Any] = {
    "command": "audit",
    "sources": [],
    "projects": [],
    "requirements": [],
    "index": {"index_url": None, "extra_index_urls": [], "strategy": None, "insecure_hosts": []},
    "whole": False,
    "reread": False,
    "keep_facts": False,
    "connections": 1,
    "rate": 1,
    "scheduler": None,
    "workers": 2,
    "memory": 2048,
}
MIB = 1 << 20


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="directory of real wheels")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 10_000], help="numbers of synthetic wheels")
    options = parser.parse_args()
    began = time.monotonic()
    with connected(REQUEST) as client:
        print(f"start of a cluster of two workers: {time.monotonic() - began:.1f} s")
        empty = [_timed(lambda: client.submit(int, pure=False).result()) for _ in range(50)]
        elapsed, cpu = _medians(empty)
        print(f"a task that does nothing, there and back: {1000 * elapsed:.1f} ms, CPU {1000 * cpu:.1f} ms")
        with synthetic(options.sizes) as folders:
            costs = [
                compare(client, f"{size} synthetic wheels", folder, 8 * MIB, options.runs)
                for size, folder in zip(options.sizes, folders)
            ]
        for cost in costs[1:]:
            predict(costs[0], cost)
        if options.folder:
            compare(client, f"wheels of {options.folder.name}", options.folder, 8 * MIB, options.runs)
    if options.folder:
        facts(options.folder, options.runs)
        fetch(options.folder)


@contextlib.contextmanager
def synthetic(sizes: list[int]) -> Iterator[list[Path]]:
    """Write as many wheels to a directory for each size."""
    root = Path(tempfile.mkdtemp())
    try:
        folders = []
        for size in sizes:
            folder = root / str(size)
            folder.mkdir()
            for file, data in distinct(size):
                (folder / file).write_bytes(data)
            folders.append(folder)
        yield folders
    finally:
        shutil.rmtree(root)


class Costs(NamedTuple):
    """What the wheels of a directory cost: seconds, and seconds of CPU."""

    wheels: int
    one: float
    one_cpu: float
    two: float
    two_cpu: float
    """Of the command, without the workers."""


def predict(few: Costs, many: Costs) -> None:
    """Compare the times of many wheels with those that the model of docs/fleet.md gives, from the costs of a few."""
    times = many.wheels / few.wheels
    # The command and its workers share the cores of this machine.
    cores = min(os.cpu_count() or 1, REQUEST["workers"] + 1)
    for name, told, found in (
        ("one process", few.one * times, many.one),
        ("two workers", (few.one_cpu + few.two_cpu) * times / cores, many.two),
    ):
        print(
            f"{many.wheels} wheels, {name}: {told:.1f} s by the costs of {few.wheels}, {found:.1f} s measured: "
            f"{100 * (found / told - 1):+.0f} %",
            flush=True,
        )


def compare(client: Any, name: str, folder: Path, size: int, runs: int) -> Costs:  # noqa: ANN401 - Dask has no types
    """Audit the same batches here and on the cluster, one after the other, several times."""
    batches = cut(find({**REQUEST, "sources": [str(folder)]}).releases, size)
    wheels = sum(batch.wheels for batch in batches)
    alone = [_timed(lambda: single(batches)) for _ in range(runs)]
    together = [_timed(lambda: spread(client, batches)) for _ in range(runs)]
    (one, one_cpu), (two, two_cpu) = _medians(alone), _medians(together)
    print(
        f"{name}: {wheels} in {len(batches)} tasks\n"
        f"  one process: {one:.2f} s, CPU {1000 * one_cpu / wheels:.2f} ms a wheel\n"
        f"  two workers: {two:.2f} s, CPU of the command {1000 * two_cpu / wheels:.2f} ms a wheel\n"
        f"  ratio: {one / two:.2f}",
        flush=True,
    )
    return Costs(wheels, one, one_cpu, two, two_cpu)


def fetch(folder: Path) -> None:
    """Audit the wheels from an index on this machine, and count what it sends."""
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.whl"))}
    with serving(files) as index, tempfile.TemporaryDirectory() as temporary:
        projects = Path(temporary) / "projects.txt"
        projects.write_text("\n".join(index.projects), encoding="utf-8")
        words = ["--projects", str(projects), "--index-url", index.url, "--rate", "10000", "--quiet"]
        command = [sys.executable, "-m", "monowheel", "fleet", "audit", *words, "--dataset", f"{temporary}/dataset"]
        subprocess.run(command, check=False, cwd=temporary)
        share = 100 * index.seen.sent / sum(map(len, files.values()))
        print(f"from an index: {share:.1f} % of the bytes, {len(index.seen.paths) / len(files):.1f} requests a wheel")


def facts(folder: Path, runs: int) -> None:
    """Audit the same batches in this process: without and with keeping facts, and by these facts."""
    batches = cut(find({**REQUEST, "sources": [str(folder)]}).releases, 64 * MIB)

    def audit(kept: dict[str, Facts], *, keep: bool) -> list[worker.Result]:
        tasks = [worker.Task(batch.releases, {}, _index(), of_this_machine(), kept=kept) for batch in batches]
        return [result for task in tasks for result in worker.audit(replace(task, keep_facts=keep))]

    kept, wheels, size = {}, sum(batch.wheels for batch in batches), sum(batch.size for batch in batches)
    for result in audit({}, keep=True):
        places = {(row["file"], row["sha256"]): row["place"] for row in result.rows["places"]}
        for row in result.rows["facts"]:
            kept[places[row["file"], row["sha256"]]] = Facts(row["facts"], row["sha256"])
    sizes = [len(each.stored) for each in kept.values()]
    ways = [partial(audit, {}, keep=False), partial(audit, {}, keep=True), partial(audit, kept, keep=False)]
    without, keeping, judging = (_medians([_timed(way) for _ in range(runs)])[1] for way in ways)
    print(
        f"facts of {len(kept)} of {wheels} wheels: {statistics.mean(sizes) / 1000:.1f} KB each "
        f"(median {statistics.median(sizes) / 1000:.1f} KB), {100 * sum(sizes) / size:.2f} % of the wheels\n"
        f"  CPU a wheel: {1000 * without / wheels:.1f} ms to audit it, {1000 * keeping / wheels:.1f} ms with keeping "
        f"its facts, {1000 * judging / wheels:.1f} ms to judge it by them",
        flush=True,
    )


def single(batches: list[Batch]) -> None:
    """Audit in this process, into a dataset."""
    with written() as dataset:
        for batch in batches:
            for result in worker.audit(worker.Task(batch.releases, {}, _index(), of_this_machine())):
                dataset.add(result.rows)
        dataset.write()


def spread(client: Any, batches: list[Batch]) -> None:  # noqa: ANN401 - Dask has no types
    """Audit on the cluster, into a dataset."""
    with written() as dataset:
        fleet = Fleet(client, dataset, REQUEST, of_this_machine(), {})
        fleet.run(list(batches), Selection(), Progress(0, 0, quiet=True))


@contextlib.contextmanager
def written() -> Iterator[Dataset]:
    """Make a dataset that is removed again."""
    with tempfile.TemporaryDirectory() as folder:
        dataset = Dataset(Path(folder), of_this_machine().monowheel, "bench")
        yield dataset
        dataset.close()


def _index() -> dict[str, Any]:
    return {**REQUEST["index"], "whole": False, "connections": 1, "rate": 1}


def _timed(work: Any) -> tuple[float, float]:  # noqa: ANN401 - any function
    """Return the seconds that it takes, and those of this process's CPU."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu


def _medians(times: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(time for time, _ in times), statistics.median(cpu for _, cpu in times)


if __name__ == "__main__":
    main()
