"""Build real projects for all default targets, twice and against plain maturin, run the wheels here, print a table.

nh3 represents third-party crates: its sdist from the index, with ammonia and html5ever as dependencies. monowheel
represents itself. hello_world's second build starts from nothing, standard libraries included: its result for those
also applies to the others, which use the cached ones.

Each project is built, rebuilt in another directory (``monowheel reproduce``), verified from its sdist
(``monowheel verify``), run (``monowheel test``), and built by plain maturin calls with the same arguments, toolchain
and profile, whose wheels are the sizes to compare with.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, NamedTuple, Tuple

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "real_rebuilds"
BIN = Path(sys.executable).parent
Manifest = Dict[str, Any]


class Project(NamedTuple):
    """A project to build."""

    name: str
    source: str
    # The directory that monowheel builds it in, below the project's or the user's cache.
    work: str
    options: tuple[str, ...]


PROJECTS = (
    Project("hello_world", str(ROOT / "examples" / "hello_world"), "hello_world", ("--abi", "abi3", "--cold")),
    Project("nh3", "nh3==0.3.7", "nh3_0_3_7-*", ("--abi", "abi3")),
    Project("monowheel", str(ROOT), "monowheel", ("--abi", "abi3")),
)
Row = Tuple[str, ...]
# The first columns are text, the others numbers.
TEXT = 2
HEAD: Row = ("project", "wheel", "KB", "maturin's", "ratio", "seconds")


def run(command: list[str | Path], env: dict[str, str] | None = None, cwd: Path | None = None) -> tuple[int, float]:
    """Run a command; return its exit code and its seconds."""
    print("$", *command, flush=True)
    began = time.monotonic()
    code = subprocess.run(command, check=False, env=env, cwd=cwd).returncode
    return code, time.monotonic() - began


def monowheel(*words: str | Path) -> tuple[int, float]:
    """Run the command under test."""
    return run([sys.executable, "-m", "monowheel", *words])


def work_folder(project: Project) -> Path:
    """Find the toolchain shims and the unpacked sdist of the first build."""
    source = Path(project.source)
    caches = (
        os.environ.get("MONOWHEEL_CACHE"),
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "monowheel",
    )
    parents = (
        [source / "target" / "monowheel"] if source.is_dir() else [Path(cache) / "work" for cache in caches if cache]
    )
    found = [folder for parent in parents for folder in parent.glob(project.work)]
    return max(found, key=lambda folder: folder.stat().st_mtime)


def plain_sizes(project: Project, manifest: Manifest, out: Path) -> dict[str, int]:
    """Build each wheel with maturin alone from the same sdist; return the sizes by target."""
    work = work_folder(project)
    source = next((work / "target" / "package").glob("*/pyproject.toml")).parent
    env = {**os.environ, "CARGO_TARGET_DIR": str(out / "target")}
    env["PATH"] = os.pathsep.join([str(work / "shims"), str(BIN), env["PATH"]])
    env["RUSTC"], env["CARGO"] = str(work / "shims" / "rustc"), str(work / "shims" / "cargo")
    # Without monowheel's linker a module inside a package does not link for Windows.
    for linker in work.glob("lanes-*/*/link-*-windows-*"):
        env[f"CARGO_TARGET_{linker.name[5:].upper().replace('-', '_')}_LINKER"] = str(linker)
    sizes = {}
    for wheel in manifest["wheels"]:
        folder = out / wheel["target"]
        code, _ = run([BIN / "maturin", *wheel["arguments"], "--quiet", "--out", folder], env=env, cwd=source)
        if code == 0:
            sizes[wheel["target"]] = next(folder.glob("*.whl")).stat().st_size
    return sizes


def size_rows(name: str, manifest: Manifest, sizes: dict[str, int]) -> list[Row]:
    """Each wheel beside maturin's, and all of them."""
    rows: list[Row] = []
    ours = theirs = 0
    for wheel in manifest["wheels"]:
        if not wheel.get("file") or wheel["target"] not in sizes:
            rows.append((name, f"{wheel['target']}: {wheel['verdict']}", "", "", "", ""))
            continue
        ours, theirs = ours + wheel["size"], theirs + sizes[wheel["target"]]
        rows.append((name, wheel["target"], *ratio(wheel["size"], sizes[wheel["target"]]), f"{wheel['seconds']:.0f}"))
    return [*rows, (name, "all", *ratio(ours, theirs), "")]


def ratio(ours: int, theirs: int) -> tuple[str, str, str]:
    """Two sizes in thousands of bytes, and their ratio."""
    return f"{ours / 1000:.0f}", f"{theirs / 1000:.0f}", f"{ours / theirs:.2f}x" if theirs else ""


def one(project: Project) -> tuple[int, list[Row]]:
    """Do all of it for one project; return the worst exit code and the rows."""
    out = OUT / project.name
    shutil.rmtree(out, ignore_errors=True)
    done = {"reproduce": monowheel("reproduce", project.source, "--keep", out, *project.options)}
    rows: list[Row] = []
    first = out / "here"
    if (first / "monowheel.json").is_file():
        manifest = json.loads((first / "monowheel.json").read_text(encoding="utf-8"))
        # The interpreters of this machine and of its lab: ./ci/interpreters installs them.
        done["test"] = monowheel("test", first)
        done["verify"] = monowheel("verify", first)
        rows = size_rows(project.name, manifest, plain_sizes(project, manifest, out / "plain"))
    rows += [
        (project.name, f"{word}: exit code {code}", "", "", "", f"{took:.0f}") for word, (code, took) in done.items()
    ]
    return max(code for code, _ in done.values()), rows


def main(names: list[str]) -> int:
    """Build the projects (all, or those named), print the table and return the worst exit code."""
    worst = 0
    table = [HEAD]
    for project in PROJECTS:
        if not names or project.name in names:
            code, rows = one(project)
            worst = max(worst, code)
            table += rows
    widths = [max(len(row[column]) for row in table) for column in range(len(HEAD))]
    print()
    for row in table:
        print(
            *(
                f"{cell:{width}}" if at < TEXT else f"{cell:>{width}}"
                for at, (cell, width) in enumerate(zip(row, widths))
            )
        )
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
