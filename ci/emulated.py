"""Build hello_world for the rarer processors of Linux, run it on the lab's interpreters of each, and reproduce two.

Names of targets as arguments choose among them. Each target takes minutes: its standard library is compiled from
source if it is missing. A target has to pass the build, an audit without findings, and `monowheel test` with both
interpreters that the lab has for it, each with the wheel of its family. s390x (big-endian) and armv7l (32 bits) are
also built twice and compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from prove_hello import faults_of

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "emulated"
EXAMPLE = ROOT / "examples" / "hello_world"
# The interpreters of each: the oldest in the lab, and one that takes the wheel for abi3t.
TARGETS = {
    "manylinux_i686": ("3.13", "3.15"),
    "manylinux_armv7l": ("3.13", "3.15"),
    "manylinux_ppc64le": ("3.14", "3.15"),
    "manylinux_riscv64": ("3.13", "3.15"),
    "manylinux_s390x": ("3.14", "3.15"),
}
REPRODUCED = ("manylinux_s390x", "manylinux_armv7l")


def monowheel(*words: object) -> str | None:
    """Run the command; return its exit code if it failed."""
    print("$ monowheel", *words, flush=True)
    code = subprocess.run([sys.executable, "-m", "monowheel", *map(str, words)], check=False, cwd=EXAMPLE).returncode
    return f"monowheel {words[0]} ended with {code}" if code else None


def tested(dist: Path, arch: str, pythons: tuple[str, ...]) -> list[str]:
    """Run the wheels on each interpreter, and judge every trial of the report."""
    ids = [f"cpython-{python}-{arch}" for python in pythons]
    chosen = [word for python in pythons for word in ("--python", f"{python}-linux-{arch}")]
    failed = monowheel("lab", "get", *ids) or monowheel("test", dist, *chosen)
    if failed:
        return [failed]
    proof = json.loads((dist / "monowheel.proof.json").read_text(encoding="utf-8"))
    trials = proof["releases"][0]["trials"]
    faults = [f"{trial['python']}: {fault}" for trial in trials for fault in faults_of(trial)]
    if len(trials) != len(pythons):
        faults.append(f"{len(trials)} trials, not {len(pythons)}")
    return faults


def faults_in(target: str, pythons: tuple[str, ...]) -> list[str]:
    """Build and test one target, and return its faults."""
    dist = OUT / target
    failed = monowheel("build", "--target", target, "--out", dist) or monowheel("audit", dist, "--fail-on", "note")
    if failed:
        return [failed]
    faults = tested(dist, target.partition("_")[2], pythons)
    if target in REPRODUCED:
        failed = monowheel("reproduce", "--target", target)
        faults += [failed] if failed else []
    return faults


def main(names: list[str]) -> int:
    """Run all targets, or the named ones."""
    unknown = set(names) - set(TARGETS)
    if unknown:
        print(f"error: unknown target: {', '.join(sorted(unknown))}; choose from {', '.join(TARGETS)}")
        return 2
    rows = []
    for target in names or TARGETS:
        began = time.monotonic()
        faults = faults_in(target, TARGETS[target])
        rows.append((target, time.monotonic() - began, faults))
    print()
    for target, seconds, faults in rows:
        print(f"{target:20} {seconds:6.0f} s  {'; '.join(faults) or 'built, audited, run'}")
    return 1 if any(faults for _, _, faults in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
