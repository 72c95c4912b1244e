"""The crates of a Cargo workspace and their dependencies on each other, from `cargo metadata`.

Cargo itself refuses a cycle of ordinary dependencies, but not one that a dev-dependency closes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, Dict, NamedTuple

from cycles_graph import Arrow

Json = Dict[str, Any]
# An integration test, an example and a benchmark are crates too, but nothing depends on them.
LIBRARIES = {"lib", "rlib", "dylib", "cdylib", "staticlib", "proc-macro", "bin"}


class WorkspaceError(Exception):
    """A workspace that Cargo cannot read."""


class Root(NamedTuple):
    """The root file of a crate: `src/lib.rs` or `src/main.rs`."""

    name: str
    file: Path


def packages(folder: Path) -> list[Json]:
    """List the members of the workspace in a directory; nothing is fetched."""
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    command += ["--manifest-path", str(folder / "Cargo.toml")]
    try:
        done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"cargo cannot be run: {error}") from error
    if done.returncode:
        raise WorkspaceError(done.stderr.strip())
    members: list[Json] = json.loads(done.stdout)["packages"]
    return members


def roots(members: list[Json]) -> list[Root]:
    """List the libraries and programs of the members."""
    found = []
    for package in members:
        for target in package["targets"]:
            if LIBRARIES & set(target["kind"]):
                is_program = "bin" in target["kind"]
                name = f"{package['name']} (program {target['name']})" if is_program else package["name"]
                found.append(Root(name, Path(target["src_path"])))
    return found


def arrows(members: list[Json]) -> list[Arrow]:
    """List the dependencies of members on members, each with its line in Cargo.toml."""
    by_folder = {os.path.realpath(Path(package["manifest_path"]).parent): package["name"] for package in members}
    found = []
    for package in members:
        manifest = Path(package["manifest_path"])
        for dependency in package["dependencies"]:
            target = by_folder.get(os.path.realpath(dependency["path"])) if dependency.get("path") else None
            if target is not None:
                kind = dependency["kind"]
                line = _line(manifest, dependency["rename"] or dependency["name"], kind)
                found.append(Arrow(package["name"], target, manifest, line, f"{kind}-dependency" if kind else ""))
    return found


def _line(manifest: Path, name: str, kind: str | None) -> int:
    """Find the line of a dependency, in the table of its kind."""
    table = f"{kind}-dependencies" if kind else "dependencies"
    wanted = re.compile(rf"""["']?{re.escape(name)}["']?\s*[.=]""")
    is_in_table = False
    for number, line in enumerate(manifest.read_text(encoding="utf-8").splitlines(), 1):
        header = re.match(r"\s*\[(?:target\..*\.)?([\w-]+?)(?:\.[\"']?([\w-]+)[\"']?)?\]", line)
        if header:
            is_in_table = header.group(1) == table
            if is_in_table and header.group(2) == name:
                return number
        elif is_in_table and wanted.match(line.strip()):
            return number
    return 1
