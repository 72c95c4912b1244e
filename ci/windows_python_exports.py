"""Write the differences between the exports of CPython's DLLs for Windows and those of Linux (exports.tsv).

    ci/windows_python_exports.py LAB

LAB is the directory of the lab (`monowheel lab list` prints it) with cpython-3.X-windows, from `monowheel lab get`.
Needs the package lief. The table is written beside exports.tsv; its hash to standard output, for SOURCES.toml.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import sys
from collections import defaultdict
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "crates" / "monowheel-wheel" / "src" / "abi"
VERSIONS = range(8, 15)


def of_linux() -> dict[str, set[int]]:
    """Read the versions of each name in exports.tsv."""
    found = {}
    for line in (FOLDER / "exports.tsv").read_text(encoding="utf-8").splitlines()[2:]:
        name, cells = line.split("\t")
        versions: set[int] = set()
        for cell in cells.split(","):
            first, _, last = cell.partition("-")
            versions |= set(range(int(first[2:]), int((last or first)[2:]) + 1))
        found[name] = versions
    return found


def told(versions: set[int]) -> str:
    """Write versions as `3.8-3.10,3.12`."""
    runs: list[list[int]] = []
    for version in sorted(versions):
        if runs and runs[-1][1] + 1 == version:
            runs[-1][1] = version
        else:
            runs.append([version, version])
    return ",".join(f"3.{a}" if a == b else f"3.{a}-3.{b}" for a, b in runs) or "-"


def main(lab: Path) -> None:
    """Compare all versions and write the table."""
    lief = importlib.import_module("lief")

    linux = of_linux()
    only: dict[str, set[int]] = defaultdict(set)
    missing: dict[str, set[int]] = defaultdict(set)
    for minor in VERSIONS:
        [dll] = list((lab / f"cpython-3.{minor}-windows").rglob(f"python3{minor}.dll"))[:1]
        parsed = lief.PE.parse(str(dll))
        names = [entry.name for entry in parsed.get_export().entries]
        windows = {name for name in names if re.match("_?Py", name) and not name.startswith("PyInit_")}
        of_version = {name for name, versions in linux.items() if minor in versions}
        for name in windows - of_version:
            only[name].add(minor)
        for name in of_version - windows:
            missing[name].add(minor)
    rows = "".join(f"{name}\t{told(only[name])}\t{told(missing[name])}\n" for name in sorted({*only, *missing}))
    text = (
        "# names beginning Py or _Py of python3X.dll, 3.8 to 3.14, where they differ from exports.tsv: versions that"
        " have them on Windows only,\n# and versions that have them everywhere else\nname\tonly\tmissing\n" + rows
    )
    (FOLDER / "exports_windows.tsv").write_text(text, encoding="utf-8", newline="\n")
    print(hashlib.sha256(text.encode()).hexdigest(), rows.count("\n"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
