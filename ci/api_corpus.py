"""Compare releases of the index with `monowheel api diff`, and what it finds with what their changelogs say.

The wheels are in ci/api_corpus.tsv with their hashes; pip fetches each once. ci/api_corpus.toml lists which changes
`api diff` finds and which it misses. The exit code is 1 if one of them is no longer found, or is found now.

    nox -s api_corpus
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import wheel_list

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "ci" / "api_corpus.tsv"
RELEASES = ROOT / "ci" / "api_corpus.toml"
WHEELS = ROOT / "target" / "api_corpus"


def changes(old: Path, new: Path) -> list[dict[str, Any]]:
    """Return the changes from one wheel to another."""
    command = [sys.executable, "-m", "monowheel", "api", "diff", str(old), str(new), "--json"]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(done.stdout)["changes"]
    return found


def main() -> int:
    """Compare all, and return the exit code."""
    requirements = [row.requirement for row in wheel_list.rows(LIST)]
    wheels = dict(zip(requirements, wheel_list.fetch(LIST, WHEELS)))
    faults = 0
    for release in tomllib.loads(RELEASES.read_text(encoding="utf-8"))["release"]:
        old, new = release["wheels"]
        found = changes(wheels[old], wheels[new])
        names = {f"{change['lint']} {change['name']}" for change in found}
        missing = [name for name in release.get("found", []) if name not in names]
        others = [name for name in release.get("missed", []) if name in names]
        breaking = sum(change["level"] == "major" for change in found)
        print(f"{old} -> {new}: {breaking} breaking, {len(found) - breaking} other changes")
        for verdict, each in (("not found any more", missing), ("found now", others)):
            faults += len(each)
            print(*(f"  {verdict}: {name}" for name in each), sep="\n", end="\n" if each else "")
    print(f"{faults} differ from {RELEASES.name}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
