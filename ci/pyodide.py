"""A project for Pyodide: built, reproduced, and tested on Node; the wheels are left in the directory that is named.

Both Pyodide ABIs have to get a wheel, every check has to pass, and the project's own tests have to run. Needs the lab's
Pyodides, and MONOWHEEL_EMSCRIPTEN for a project with C; `ci/browser.py` opens the same wheels in a browser.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterable

# The platforms and their Pythons, as `monowheel test --python` names them.
PYTHONS = {"pyemscripten_2026_0_wasm32": "3.14-pyemscripten", "pyemscripten_2025_0_wasm32": "3.13-pyemscripten"}
# Pyodide has no subinterpreters.
OTHERWISE = {"subinterpreter": "refused"}
Json = Dict[str, Any]


def monowheel(*words: str | Path, check: bool = True) -> str:
    """Run the command, with its progress on our stderr, and return its output."""
    command = [sys.executable, "-m", "monowheel", *map(str, words)]
    print("$ monowheel", *map(str, words), flush=True)
    return subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=check).stdout


def each(option: str, values: Iterable[str]) -> list[str]:
    """Return an option with each value."""
    return [word for value in values for word in (option, value)]


def faults_of(trial: Json) -> list[str]:
    """Return the faults of one trial."""
    if trial["verdict"] != "ran":
        return [f"{trial['verdict']}: {trial.get('why')}"]
    ends = {check["name"]: check["outcome"] for check in trial["checks"]}
    faults = [f"{name}: {end}" for name, end in ends.items() if end != OTHERWISE.get(name, "passed")]
    return faults if "command" in ends else [*faults, "the project's tests did not run"]


def tested(project: Path, wheels: Path) -> list[str]:
    """Test the wheels on Node, and return what is wrong."""
    words = each("--python", PYTHONS.values())
    document = json.loads(
        monowheel("test", wheels, "--config", project / "pyproject.toml", "--json", *words, check=False)
    )
    if "releases" not in document:
        return [str(document["error"]["message"])]
    (release,) = document["releases"]
    trials = {str(trial["platform"]): trial for trial in release["trials"]}
    missing = [f"{name}: not tested" for name in PYTHONS if name not in trials]
    return missing + [f"{name}: {fault}" for name, trial in trials.items() for fault in faults_of(trial)]


def main(project: str, out: str) -> int:
    """Build, reproduce, test; return the exit code."""
    wheels = Path(out)
    shutil.rmtree(wheels, ignore_errors=True)
    targets = each("--target", PYTHONS)
    with tempfile.TemporaryDirectory() as temporary:
        # A copy: a build writes a lock into its project.
        copy = Path(temporary) / "project"
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("target", "dist", ".venv", "__pycache__"))
        monowheel("build", copy, "--out", wheels, *targets)
        monowheel("reproduce", copy, *targets)
    faults = tested(Path(project), wheels)
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    print(f"{out}: {len(PYTHONS)} Pyodides, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
