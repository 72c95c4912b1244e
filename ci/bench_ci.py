"""Compare the workflows of `monowheel ci github` with those of `maturin generate-ci github`, on the same crate.

It counts jobs as they run (each entry of a matrix is one), the systems of their machines, the interpreters that
a built wheel is tested on, lines, and what zizmor finds (`--pedantic --offline`, by severity). A push and a tag
are counted separately, because a tag also publishes. Exit code 1 when zizmor finds anything in monowheel's.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def entries(job: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of a job's matrix; an empty one if there is no matrix."""
    matrix = dict(job.get("strategy", {}).get("matrix", {}))
    found: list[dict[str, Any]] = [{}]
    for key, values in matrix.items():
        if key == "include":
            found = list(values) if set(matrix) == {"include"} else [*found, *values]
        elif key != "exclude":
            found = [{**entry, key: value} for entry in found for value in values]
    return found


def label(job: dict[str, Any], entry: dict[str, Any]) -> str:
    """Return the machine on which a job runs."""
    runs_on = str(job["runs-on"])
    if not runs_on.startswith("${{"):
        return runs_on
    value: Any = {"matrix": entry}
    for part in runs_on.strip("${} ").split("."):
        value = value[part]
    return str(value)


def expand(folder: Path, name: str) -> list[tuple[str, str, int]]:
    """List every job that a workflow runs: its name, its machine, and how many interpreters run a built wheel there."""
    found = []
    for key, job in yaml.safe_load((folder / name).read_text(encoding="utf-8"))["jobs"].items():
        if str(job.get("uses", "")).startswith("./"):
            found += expand(folder, job["uses"].rsplit("/", 1)[-1])
            continue
        for entry in entries(job):
            steps = " ".join(str(step) for step in job.get("steps", []))
            # maturin's workflows test one interpreter at most: some of their steps have conditions.
            tested = len(str(entry.get("pythons", "")).split()) or int("pytest" in steps)
            found.append((key, label(job, entry), tested))
    return found


def zizmor(paths: list[Path]) -> dict[str, int]:
    """Count the findings by severity."""
    words = [str(BIN / "zizmor"), "--pedantic", "--offline", "--no-progress", "--no-exit-codes", "--format", "json"]
    done = subprocess.run([*words, *map(str, paths)], check=True, capture_output=True, encoding="utf-8")
    found = [item for item in json.loads(done.stdout) if not item.get("ignored")]
    return dict(Counter(item["determinations"]["severity"].lower() for item in found))


def system(runner: str) -> str:
    """Return the system and processor of a label."""
    name = runner.split("-", maxsplit=1)[0]
    return f"{name} arm" if "arm" in runner or (name == "macos" and "intel" not in runner) else name


def figures(folder: Path, workflow: str) -> dict[str, object]:
    """Count a workflow and the workflows that it calls."""
    jobs = expand(folder, workflow)
    return {
        "jobs": len(jobs),
        "machines": len({runner for _, runner, _ in jobs}),
        "systems": ", ".join(sorted({system(runner) for _, runner, _ in jobs})),
        "interpreters that run a built wheel": sum(number for _, _, number in jobs),
    }


def said(words: list[str], folder: Path) -> str:
    """Run a command in a directory and return its output."""
    return subprocess.run(words, check=True, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8").stdout


def main() -> int:
    """Write both, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", nargs="?", type=Path, default=ROOT / "examples" / "hello_world")
    source = parser.parse_args().project.resolve()
    with tempfile.TemporaryDirectory() as temporary:
        project = Path(temporary) / "project"
        shutil.copytree(source, project, ignore=shutil.ignore_patterns("target", "dist", ".tox", ".git", ".github"))
        (project / ".git").mkdir()
        ours, theirs = project / ".github" / "workflows", Path(temporary) / "maturin" / ".github" / "workflows"
        theirs.mkdir(parents=True)
        said([sys.executable, "-m", "monowheel", "ci", "github", "--offline"], project)
        # Once as it is, and once with its optional tests, on one interpreter per machine.
        for name, options in (("plain.yml", []), ("tested.yml", ["--pytest"])):
            text = said([str(BIN / "maturin"), "generate-ci", "github", *options], project)
            (theirs / name).write_text(text, encoding="utf-8")
        rows = {
            "maturin generate-ci, push and tag": figures(theirs, "plain.yml"),
            "maturin generate-ci --pytest, push and tag": figures(theirs, "tested.yml"),
            "monowheel ci, push": figures(ours, "ci.yml"),
            "monowheel ci, tag": figures(ours, "release.yml"),
        }
        for name, row in rows.items():
            print(name)
            for key, value in row.items():
                print(f"  {key}: {value}")
        sets = {
            "maturin": [theirs / "plain.yml"],
            "maturin --pytest": [theirs / "tested.yml"],
            "monowheel": sorted(ours.iterdir()),
        }
        for name, paths in sets.items():
            lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)
            found = zizmor(paths)
            kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(found.items())) or "nothing"
            print(f"{name}: {lines} lines, {len(paths)} files; zizmor finds {kinds}")
        return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
