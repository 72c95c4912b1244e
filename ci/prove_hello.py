"""Run hello_world's cross-built wheels on every interpreter here, and check the results.

Every interpreter from ci/interpreters has to run, emulated ones included, and every
native one; each has to get the wheel of its family; and a free-threaded one has to refuse the family with the GIL.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "hello_world"
CHECKS = {"import", "again", "subinterpreter", "dev", "command"}
# No interpreter supports any of the wheels: the only result of `monowheel test`.
NOTHING_RUN = 3
Json = Dict[str, Any]


def monowheel(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the command, with its progress on our stderr."""
    command = [sys.executable, "-m", "monowheel", *map(str, words)]
    print("$ monowheel", *words, flush=True)
    return subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)


def family(trial: Json) -> str:
    """Return the ABI of the wheel that a trial's interpreter has to get."""
    old = trial["version"] < [3, 15] and not trial["free_threaded"]
    return "-cp38-abi3-" if old else "-cp315-abi3.abi3t-"


def faults_of(trial: Json) -> list[str]:
    """Return the faults of one trial."""
    is_browser = str(trial["platform"]).startswith("pyemscripten")
    if is_browser or (trial["version"], trial["free_threaded"]) == ([3, 14], True):
        # There is no wheel for browsers; the stable ABI without a GIL starts with 3.15.
        return [] if trial["verdict"] == "nothing" else ["got a wheel"]
    if trial["verdict"] != "ran":
        return [f"{trial['verdict']}: {trial.get('why')}"]
    faults = []
    if family(trial) not in str(trial["wheel"]):
        faults.append(f"got {trial['wheel']}")
    checks = {check["name"]: check["outcome"] for check in trial["checks"]}
    if set(checks) != CHECKS:
        faults.append(f"checks: {sorted(checks)}")
    # PyO3 refuses subinterpreters from 3.12 on; nothing else may be refused or noisy.
    faults += [f"{name}: {end}" for name, end in checks.items() if end != "passed" and name != "subinterpreter"]
    return faults


def missing(lab: list[Json], trials: list[Json]) -> list[str]:
    """List the lab's interpreters without a trial."""
    tried = {(trial["version"][0], trial["version"][1], trial["free_threaded"], platform_of(trial)) for trial in trials}
    faults = []
    for item in lab:
        entry = item.get("entry")
        if not isinstance(entry, dict):
            faults.append(f"{item['id']} is {item['state']}")
            continue
        major, minor = entry["version"].split(".")[:2]
        if (int(major), int(minor), entry["free_threaded"], entry["platform"]) not in tried:
            faults.append(f"{item['id']} was not tried")
    return faults


def platform_of(trial: Json) -> str:
    """Return the platform of a trial in the terms of the lab: linux-aarch64, musllinux-x86_64, win-amd64."""
    tag = str(trial["platform"])
    if "linux_" not in tag:
        # Windows, and Pyodide if it is installed.
        return tag.replace("_", "-", 1)
    kind, _, arch = tag.partition("linux_")
    return ("musl" if kind == "musl" else "") + "linux-" + arch.split("_", 2)[2]


def refused(wheels: Path) -> list[str]:
    """Check the other side of the contract: a free-threaded Python gets no wheel that needs the GIL."""
    needing = list(wheels.glob("*-cp38-abi3-*.whl"))
    if not needing:
        # An empty directory would be refused anyway.
        return [f"no cp38-abi3 wheel in {wheels}"]
    with tempfile.TemporaryDirectory() as folder:
        for wheel in needing:
            shutil.copy(wheel, folder)
        done = monowheel("test", folder, "--python", "3.15t", "--json")
    return [] if done.returncode == NOTHING_RUN else [f"3.15t and cp38-abi3: exit code {done.returncode}"]


def main(folder: str, *wanted: str) -> int:
    """Test the wheels, check the test report, and return the exit code."""
    done = monowheel("test", folder, "--config", EXAMPLE / "pyproject.toml", "--json")
    faults = [] if done.returncode == 0 else [f"exit code {done.returncode}"]
    if not done.stdout:
        print(*faults, sep="\n", file=sys.stderr)
        return 1
    (release,) = json.loads(done.stdout)["releases"]
    trials = release["trials"]
    faults += [f"{trial['python']}: {fault}" for trial in trials for fault in faults_of(trial)]
    lab = json.loads(monowheel("lab", "list", "--json").stdout)["interpreters"]
    faults += [f"the lab does not know {name}" for name in sorted(set(wanted) - {item["id"] for item in lab})]
    faults += missing([item for item in lab if item["id"] in wanted], trials)
    faults += [] if trials else ["no interpreter was tried"]
    faults += refused(Path(folder))
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    print(f"{folder}: {len(trials)} interpreters, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
