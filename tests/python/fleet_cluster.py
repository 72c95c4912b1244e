"""Clusters of Dask's own commands, and the rows of datasets, for the tests of fleets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("places", "wheels", "findings", "symbols", "releases")


def rows(dataset: Path, tables: tuple[str, ...] = TABLES) -> dict[str, Counter[str]]:
    """Return the rows of each table, and how often each is there."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - the caller is skipped without it

    found: dict[str, Counter[str]] = {}
    for table in tables:
        parts = [pq.read_table(path).to_pylist() for path in sorted(dataset.glob(f"parts/part-*/{table}.parquet"))]
        found[table] = Counter(json.dumps(row, sort_keys=True) for part in parts for row in part)
    return found


def table(dataset: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    return [json.loads(row) for row in rows(dataset, (name,))[name].elements()]


class Cluster:
    """A scheduler and a worker of Dask's own commands, on this machine."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        """Start them."""
        self.file = folder / "scheduler.json"
        self.file.unlink(missing_ok=True)
        shared = ["--scheduler-file", str(self.file)]
        scheduler = [
            "distributed.cli.dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--dashboard-address",
            ":0",
        ]
        worker = ["distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", *words, *shared],
                env={**os.environ, **env},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=folder,
            )
            for words in (scheduler, worker)
        ]

    def address(self) -> str:
        """Return the scheduler's address, once it listens."""
        while not self.file.exists() or not self.file.read_text(encoding="utf-8").endswith("}"):
            assert self.processes[0].poll() is None
            time.sleep(0.05)
        address: str = json.loads(self.file.read_text(encoding="utf-8"))["address"]
        return address

    def kill(self) -> None:
        """Kill both."""
        for process in self.processes:
            process.kill()
            process.wait()
