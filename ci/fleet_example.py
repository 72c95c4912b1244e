"""Write docs/fleet-example: the dataset of an audit of the wheels in ci/real_wheels.tsv, without any of their contents.

nox -s fleet_example
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import wheel_list

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "ci" / "real_wheels.tsv"
WHEELS = ROOT / "target" / "real_wheels"
EXAMPLE = ROOT / "docs" / "fleet-example"
FINDINGS = 1


def main() -> None:
    """Audit the wheels, and replace the example."""
    wheels = wheel_list.fetch(LIST, WHEELS)
    with tempfile.TemporaryDirectory() as folder:
        dataset = Path(folder) / "dataset"
        command = [sys.executable, "-m", "monowheel", "fleet", "audit", *map(str, wheels), "--dataset", str(dataset)]
        if subprocess.run(command, check=False, cwd=folder).returncode not in {0, FINDINGS}:
            sys.exit("the audit is incomplete")
        for path in dataset.glob("parts/*/places.parquet"):
            anywhere(path)
        shutil.rmtree(EXAMPLE, ignore_errors=True)
        EXAMPLE.mkdir()
        shutil.copy(dataset / "dataset.json", EXAMPLE)
        shutil.copytree(dataset / "parts", EXAMPLE / "parts")


def anywhere(path: Path) -> None:
    """Remove what is about this machine from a table of places."""
    table = pq.read_table(path)
    rows = [
        {**row, "place": row["file"], "origin": LIST.relative_to(ROOT).as_posix(), "modified_ns": None}
        for row in table.to_pylist()
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path, compression="zstd")


if __name__ == "__main__":
    main()
