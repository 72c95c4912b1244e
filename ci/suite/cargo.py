"""Calls of cargo: the only place that knows the workspace layout, and the toolchain of each tool."""

from __future__ import annotations

import json
import os
import shutil
from typing import Any, NamedTuple

from suite.shell import ROOT, files, output, succeeds
from suite.step import SkippedError


class Layout(NamedTuple):
    """The crates and features to check."""

    # `--workspace`, once there is one.
    scope: tuple[str, ...]
    # Tests and documentation: everything but the Python module, which a test could not link.
    tests: tuple[str, ...]
    # Each combination of features that has code of its own.
    lints: tuple[tuple[str, ...], ...]


LAYOUT = Layout(scope=("--workspace",), tests=("--no-default-features",), lints=((),))

# The name of the package with the command line and the Python module.
FRONT = "monowheel"


def with_tool(tool: str) -> list[str]:
    """Return the command of a cargo with clippy or rustfmt.

    The toolchain with std's sources does not have them on every machine: Debian's current Rust has no clippy, and a
    rustup without network access has no sources.
    """
    if succeeds("cargo", tool, "--version"):
        return ["cargo"]
    for name in toolchains():
        if succeeds("rustup", "run", name, "cargo", tool, "--version"):
            return ["rustup", "run", name, "cargo"]
    raise SkippedError(f"no toolchain here has cargo {tool} (rustup component add clippy rustfmt)")


def toolchains() -> list[str]:
    """List rustup's toolchains."""
    if shutil.which("rustup") is None or not succeeds("rustup", "toolchain", "list"):
        return []
    lines = output("rustup", "toolchain", "list").splitlines()
    return [line.split()[0] for line in lines if line[:1].isalnum() and not line.startswith("no installed")]


def for_this_machine() -> dict[str, str]:
    """Return the variable with rustup's toolchain, for steps that build only for this machine.

    monowheel chooses a toolchain that has the standard library of every target. Here that is often Debian's, whose
    compiler takes 1.7 times as long.
    """
    if shutil.which("rustup") is None or not succeeds("rustup", "show", "active-toolchain"):
        return {}
    return {"MONOWHEEL_TOOLCHAIN": output("rustup", "show", "active-toolchain").split()[0]}


def like_the_wheel() -> dict[str, str]:
    """Return the variables that ci/bootstrap compiles the wheel with in CI: its libraries are not compiled again."""
    return {"CARGO_PROFILE_DEV_DEBUG": "0"} if os.environ.get("CI") else {}


def host() -> str:
    """Name the Rust target of this machine."""
    return next(line.split()[1] for line in output("rustc", "-vV").splitlines() if line.startswith("host:"))


def manifests() -> list[str]:
    """List the manifests outside the workspace. Every directory of examples/ is one, so none can be forgotten."""
    examples = [str(path.relative_to(ROOT)) for path in files(ROOT, "examples/*/Cargo.toml")]
    return [*examples, "ci/floor/Cargo.toml", "fuzz/Cargo.toml"]


def metadata(manifest: str = "Cargo.toml") -> list[dict[str, Any]]:
    """Return the packages of a workspace as cargo describes them."""
    command = ["cargo", "metadata", "--manifest-path", manifest, "--no-deps", "--format-version", "1", "--locked"]
    text = output(*command)
    packages: list[dict[str, Any]] = json.loads(text)["packages"]
    return packages


def libraries() -> list[str]:
    """Name the library crates: all except the front end, if there is a workspace."""
    names = sorted(package["name"] for package in metadata())
    return [name for name in names if name != FRONT] or [FRONT]


def for_others() -> list[str]:
    """Name the library crates that are meant for other programs: those with a README."""
    return sorted(package["name"] for package in metadata() if package["name"] != FRONT and package["readme"])
