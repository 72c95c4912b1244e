"""Build real projects for all default targets, run the wheels here, and print what came out.

nh3 stands for the crates of others: its sdist from the index, with ammonia and html5ever below it.
monowheel stands for itself.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "real_builds"
PROJECTS = {"nh3": "nh3==0.3.7", "monowheel": str(ROOT)}


def monowheel(*words: str) -> tuple[int, float]:
    """Run the command once; give its exit code and its seconds."""
    command = [sys.executable, "-m", "monowheel", *words]
    print("$", " ".join(command), flush=True)
    began = time.monotonic()
    code = subprocess.run(command, check=False).returncode
    return code, time.monotonic() - began


def seconds_of(manifest: Path) -> dict[str, float]:
    """Read each wheel's seconds from monowheel.json; a build that stopped early has none."""
    if not manifest.is_file():
        return {}
    wheels = json.loads(manifest.read_text(encoding="utf-8"))["wheels"]
    return {wheel["file"]: wheel["seconds"] for wheel in wheels if wheel.get("file") and wheel["seconds"] is not None}


def main(options: list[str]) -> int:
    """Build every project, print the table and give the worst exit code."""
    worst = 0
    table = [("project", "wheel", "KB", "seconds")]
    for name, requirement in PROJECTS.items():
        out = OUT / name
        shutil.rmtree(out, ignore_errors=True)
        code, seconds = monowheel("build", requirement, "--out", str(out), *options)
        worst = max(worst, code)
        each = seconds_of(out / "monowheel.json")
        for wheel in sorted(out.glob("*.whl")):
            took = f"{each[wheel.name]:.0f}" if wheel.name in each else ""
            table.append((name, wheel.name, f"{wheel.stat().st_size / 1000:.0f}", took))
        table.append((name, f"build: exit code {code}", "", f"{seconds:.0f}"))
        if list(out.glob("*.whl")):
            # The interpreters of this machine and of its lab: ./ci/interpreters gets them.
            code, seconds = monowheel("test", str(out))
            worst = max(worst, code)
            table.append((name, f"test: exit code {code}", "", f"{seconds:.0f}"))
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    print()
    for row in table:
        print(f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]:>{widths[3]}}")
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
