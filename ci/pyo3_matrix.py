"""Build a small crate with each PyO3 in use (0.22 to 0.30) for all its ABIs, and run the wheels on the lab.

By default for all default targets; ``--target`` selects some, arguments select versions (``0.22 0.28``). The results
are in ``target/pyo3_matrix/results.json``. A version with results for the same targets and the same monowheel is not
built again, unless ``--fresh``.

Every planned wheel has to be built; each supported interpreter has to get the right one and run it;
crates that do not depend on PyO3 have to be compiled once for all ABIs of a target.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Mapping

from compiled import Compiled
from kept_results import Json, Kept
from pyo3_fixture import VERSIONS, Version, write

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "pyo3_matrix"
# No interpreter here supports any of the wheels.
NOTHING_RUN = 3
GOOD = ("built", "reused")
ABI3T = (3, 15)


def run(
    words: list[str | Path], cwd: Path, *, quiet: bool = False, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command under test; its progress is shown as it comes."""
    print("$ monowheel", *words, flush=True)
    stdout = subprocess.PIPE if quiet else None
    command = [sys.executable, "-m", "monowheel", *map(str, words)]
    env = {**os.environ, **(env or {})}
    return subprocess.run(command, check=False, cwd=cwd, stdout=stdout, encoding="utf-8", env=env)


def expected(version: Version, python: tuple[int, int], free_threaded: bool) -> str | None:
    """Return the ABI that an interpreter has to get; None if no wheel is for it."""
    own = f"cp3{python[1]}{'t' if free_threaded else ''}"
    if own in version.abis:
        return own
    if "abi3t" in version.abis and python >= ABI3T:
        return "abi3t"
    return None if free_threaded or python < (3, version.floor) else "abi3"


def kind(platform: str) -> tuple[str, str]:
    """Split a platform tag into its system and its processor, without the level: linux, x86_64."""
    found = re.fullmatch(r"([a-z]+)_(?:\d+_\d+_)?(\w+)", platform)
    return (found.group(1), found.group(2)) if found else (platform, "")


def faults_of(version: Version, trial: Json, systems: set[tuple[str, str]]) -> list[str]:
    """Return the faults of one trial."""
    abi = expected(version, (trial["version"][0], trial["version"][1]), trial["free_threaded"])
    if abi is None or kind(trial["platform"]) not in systems:
        return [] if trial["verdict"] == "nothing" else [f"got {trial['wheel']}"]
    if trial["verdict"] != "ran":
        return [f"{trial['verdict']}: {trial.get('why')}"]
    found = str(trial["wheel"]).split("-")[3].split(".")[-1]
    faults = [] if found == abi else [f"got {trial['wheel']}, not {abi}"]
    bad = [f"{check['name']}: {check['outcome']}" for check in trial["checks"] if check["outcome"] == "failed"]
    has_own = any(check["name"] == "command" and check["outcome"] == "passed" for check in trial["checks"])
    return faults + bad + ([] if has_own else ["the crate's own check did not pass"])


def built(version: Version, targets: list[str], project: Path, dist: Path) -> tuple[list[Json], list[str]]:
    """Build the crate of one version; return its wheels and faults."""
    record = dist / "monowheel.json"
    record.unlink(missing_ok=True)
    compiled = Compiled(OUT / "compiled")
    words = [word for name in targets for word in ("--target", name)]
    # Without a lock file the newest dependencies are used, like those of a user of this PyO3 today.
    code = run(["build", "--out", dist, *words], project, env=compiled.env).returncode
    found = json.loads(record.read_text(encoding="utf-8"))["wheels"] if record.is_file() else []
    wheels = [
        {name: each.get(name) for name in ("target", "abi", "verdict", "seconds", "size", "why")} for each in found
    ]
    faults = [
        f"{wheel['target']} {wheel['abi']}: {wheel['verdict']} {wheel['why'] or ''}"
        for wheel in wheels
        if wheel["verdict"] not in GOOD
    ]
    if code or not wheels:
        faults.append(f"monowheel build: exit code {code}")
    if any(wheel["verdict"] == "built" for wheel in wheels) and not compiled.names():
        faults.append("the wrapper of rustc saw nothing")
    return wheels, faults + compiled.repeated(version.crate)


def tried(version: Version, wheels: list[Json], project: Path, dist: Path) -> tuple[list[str], list[str]]:
    """Run the wheels; return the interpreters that ran them, and the faults."""
    done = run(["test", dist, "--config", project / "pyproject.toml", "--json"], project, quiet=True)
    trials = json.loads(done.stdout)["releases"][0]["trials"] if done.stdout else []
    systems = {kind(wheel["target"]) for wheel in wheels}
    faults = [f"{trial['python']}: {fault}" for trial in trials for fault in faults_of(version, trial, systems)]
    ran = [trial["python"] for trial in trials if trial["verdict"] == "ran"]
    if done.returncode not in {0, NOTHING_RUN} or not ran:
        faults.append(f"monowheel test: exit code {done.returncode}, {len(ran)} interpreters")
    return ran, faults


def one(version: Version, targets: list[str]) -> Json:
    """Build and run the crate of one version."""
    began = time.monotonic()
    project, dist = write(version, OUT / "projects"), OUT / "dist" / version.crate
    wheels, faults = built(version, targets, project, dist)
    ran, more = tried(version, wheels, project, dist) if wheels else ([], [])
    seconds = round(time.monotonic() - began)
    return {"version": version.release, "wheels": wheels, "ran": ran, "faults": faults + more, "seconds": seconds}


def main(words: list[str]) -> int:
    """Check the versions, print the results and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("versions", nargs="*", metavar="VERSION", choices=[[], *(each.name for each in VERSIONS)])
    parser.add_argument("--target", action="append", default=[], metavar="NAME")
    parser.add_argument("--fresh", action="store_true", help="rebuild existing results")
    options = parser.parse_args(words)
    kept = Kept(OUT / "results.json", options.target, fresh=options.fresh)
    worst = 0
    for version in VERSIONS:
        if options.versions and version.name not in options.versions:
            continue
        found = kept.good(version.name, "faults") or kept.keep(version.name, one(version, options.target))
        worst |= bool(found["faults"])
        built = sum(wheel["verdict"] in GOOD for wheel in found["wheels"])
        count = f"{built} of {len(found['wheels'])} wheels, ran on {len(found['ran'])} interpreters"
        print(f"PyO3 {found['version']}: {count} ({found['seconds']} s)")
        for fault in found["faults"]:
            print(f"error: PyO3 {found['version']}: {fault}", file=sys.stderr)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
