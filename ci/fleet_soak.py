"""Audit 20,000 wheels of an index on this machine while workers are killed, and compare with an undisturbed run.

The index has files that are busy at first, slow, redirected, damaged, with a wrong hash and without one. Workers are
killed (SIGKILL) at random times, and once the command itself, with its scheduler. In the end, every table has to have
the rows that one worker wrote without disturbances. `--real DIR` adds the wheels of a directory.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "python"))

from fleet_index import Faults, Index, serving  # noqa: E402 - found by the line above
from fleet_wheels import distinct, hostile  # noqa: E402

TABLES = ("places", "wheels", "findings", "symbols", "releases")


def main() -> int:
    """Compare the two runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--real", type=Path, help="directory of wheels to add")
    parser.add_argument("--seed", type=int, default=25)
    options = parser.parse_args()
    files = dict(distinct(options.wheels, padding=20_000)) | hostile()
    for path in sorted(options.real.glob("*.whl")) if options.real else ():
        files[path.name] = path.read_bytes()
    chance = random.Random(options.seed)  # noqa: S311 - which files, and when to kill
    some = [name for name, _ in distinct(options.wheels)]
    wrong = set(chance.sample(some, 4))
    with tempfile.TemporaryDirectory() as folder, serving(files, Faults(wrong_hash=wrong)) as index:
        root = Path(folder)
        (root / "projects.txt").write_text("\n".join(index.projects), encoding="utf-8")
        print(f"{len(files)} wheels, {sum(map(len, files.values())) >> 20} MiB", flush=True)
        run = Fleet(root, index, "undisturbed", 1)
        calm = run.finished()
        sent = index.seen.sent
        report("undisturbed", calm, sent, files)
        faults = index.faults
        faults.busy.update(dict.fromkeys(chance.sample(some, 40), 2))
        faults.slow.update(chance.sample(some, 10))
        faults.redirect.update(chance.sample(some, 40))
        faults.no_ranges.update(chance.sample(sorted(files), 10))
        disturbed = Fleet(root, index, "disturbed", 2)
        kills = disturbed.harass(chance, options.kills, calm["elapsed"] / options.kills)
        report(f"{kills} workers and one scheduler killed", disturbed.finished(), index.seen.sent - sent, files)
        different = [table for table in TABLES if rows(root / "undisturbed", table) != rows(root / "disturbed", table)]
        print("different tables:", ", ".join(different) or "none")
        return 1 if different or kills < options.kills else 0


class Fleet:
    """A run of the command."""

    def __init__(self, root: Path, index: Index, dataset: str, workers: int) -> None:
        """Start it."""
        words = ["fleet", "audit", "--projects", "projects.txt", "--dataset", dataset, "--index-url", index.url]
        words += ["--workers", str(workers), "--rate", "10000", "--connections", "8", "--batch", "1", "--json"]
        self._words, self._root, self._index, self._began = words, root, index, time.monotonic()
        self._start()

    def _start(self) -> None:
        words = [sys.executable, "-m", "monowheel", *self._words]
        self._asked = len(self._index.seen.paths)
        self._process = subprocess.Popen(words, cwd=self._root, stdout=subprocess.PIPE, encoding="utf-8")

    def harass(self, chance: random.Random, kills: int, pause: float) -> int:
        """Kill so many workers, one every ``pause`` seconds or so, and the command after half; returns the number."""
        killed, restarted = 0, False
        while killed < kills and self._process.poll() is None:
            time.sleep(chance.uniform(0.2, 1.0) * pause)
            if workers := self._workers():
                with contextlib.suppress(psutil.NoSuchProcess):
                    chance.choice(workers).kill()
                    killed += 1
            if killed == kills // 2 and killed and workers and not restarted:
                processes = psutil.Process(self._process.pid).children(recursive=True)
                self._process.kill()
                for process in processes:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        process.kill()
                self._process.communicate()
                restarted = True
                self._start()
        return killed

    def _workers(self) -> list[psutil.Process]:
        """Return the workers, once they work: the command ends if its first ones do not come up."""
        if not any("/files/" in path for path in self._index.seen.paths[self._asked :]):
            return []
        try:
            below = psutil.Process(self._process.pid).children(recursive=True)
            return [child for child in below if "spawn_main" in " ".join(child.cmdline())]
        except psutil.Error:
            return []

    def finished(self) -> dict[str, Any]:
        """Wait for its end, and return its report."""
        out, _ = self._process.communicate()
        told: dict[str, Any] = json.loads(out)
        told["elapsed"] = time.monotonic() - self._began
        return told


def report(name: str, told: dict[str, Any], sent: int, files: dict[str, bytes]) -> None:
    """Print the figures of a run."""
    share = 100 * sent / sum(map(len, files.values()))
    print(f"{name}: {told['elapsed']:.0f} s, exit code {told['exit_code']}, {share:.0f} % of the bytes fetched")
    if "counts" not in told:
        raise SystemExit(f"{name}: {told}")
    print(f"  {told['counts']} {told['tasks']} failures: {len(told['failures'])}", flush=True)


def rows(dataset: Path, table: str) -> Counter[str]:
    """Return the rows of a table, and how often each is there."""
    counted: Counter[str] = Counter()
    for path in dataset.glob(f"parts/part-*/{table}.parquet"):
        counted.update(json.dumps(row, sort_keys=True) for row in pq.read_table(path).to_pylist())
    return counted


if __name__ == "__main__":
    sys.exit(main())
