"""Changes since the last commit that is on main: files, their crates, and the crates that depend on those."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterable, Sequence

from suite.shell import ROOT, output, succeeds
from suite.step import SkippedError

Package = Dict[str, Any]
# Changes to these affect every crate. A clone of one branch knows main only by its remote name.
SHARED = {"Cargo.lock", "Cargo.toml", "clippy.toml", "rust-toolchain.toml", ".cargo/config.toml"}
MAIN = ("main", "origin/main")
# Files of the package in the root of the checkout, which contains other files too.
OF_ROOT = ("src/", "tests/rust/")


def base() -> str:
    """Return the last commit that this branch has in common with main."""
    for name in MAIN:
        if succeeds("git", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"):
            return output("git", "merge-base", "HEAD", name).strip()
    raise SkippedError("there is no branch main to compare with; ./ci/test checks everything")


def files(since: str) -> list[str]:
    """List the files that differ from a commit: committed since, changed, new, or deleted."""
    tracked = output("git", "diff", "--name-only", "--no-renames", "-z", since)
    new = output("git", "ls-files", "-z", "--others", "--exclude-standard")
    return sorted(set(filter(None, (tracked + new).split("\0"))))


def packages_of(paths: Iterable[str], packages: Sequence[Package], root: Path = ROOT) -> list[str]:
    """Name the packages that files belong to: each file to the package in the nearest directory above it."""
    paths = list(paths)
    if SHARED & set(paths):
        return sorted(package["name"] for package in packages)
    folders = {folder_of(package, root): package["name"] for package in packages}
    found = set()
    for path in paths:
        owner = max((folder for folder in folders if path.startswith(folder)), key=len, default=None)
        if owner is None or (not owner and not path.startswith(OF_ROOT)) or path.endswith(".md"):
            continue
        found.add(folders[owner])
    return sorted(found)


def folder_of(package: Package, root: Path = ROOT) -> str:
    """Return a package's directory as a prefix of git paths: `crates/x/`, or nothing for the root."""
    folder = Path(package["manifest_path"]).parent.relative_to(root).as_posix()
    return "" if folder == "." else f"{folder}/"


def dependents_of(names: Iterable[str], packages: Sequence[Package]) -> list[str]:
    """Name the packages that depend on others, directly or not, and are not among them."""
    changed = set(names)
    found = set(changed)
    while True:
        more = {
            package["name"]
            for package in packages
            if package["name"] not in found
            and any(dependency.get("path") and dependency["name"] in found for dependency in package["dependencies"])
        }
        if not more:
            return sorted(found - changed)
        found |= more


def changed_tests(paths: Iterable[str], packages: Sequence[Package], root: Path = ROOT) -> dict[str, list[str]]:
    """List the changed integration tests, by package."""
    found: dict[str, list[str]] = {}
    paths = list(paths)
    for package in packages:
        for target in package["targets"]:
            source = Path(target["src_path"]).relative_to(root)
            # `tests/x/main.rs` covers its directory, `tests/x.rs` only itself.
            place = f"{source.parent.as_posix()}/" if source.name == "main.rs" else source.as_posix()
            if "test" in target["kind"] and any(path.startswith(place) for path in paths):
                found.setdefault(package["name"], []).append(target["name"])
    return found
