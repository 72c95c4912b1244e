"""The steps on Rust sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import compiled, tools
from suite.cargo import LAYOUT, libraries, like_the_wheel, manifests, with_tool
from suite.shell import CACHE, PYTHON, ROOT, network_open, output, run, succeeds
from suite.step import FailedError, SkippedError

if TYPE_CHECKING:
    from pathlib import Path

# Libraries must not depend on these. clap_builder and pyo3-ffi are the same under another name.
FRONT_ONLY = {"clap", "clap_builder", "comfy-table", "indicatif", "pyo3", "pyo3-ffi"}
CLIENTS = {"attohttpc", "curl", "hyper", "isahc", "minreq", "reqwest", "ureq"}
# The only crate with a network client, and those that must not even use it through this one.
NET = "monowheel-net"
OFFLINE = {"monowheel-wheel", "monowheel-audit"}


def fmt() -> None:
    """Rustfmt on the workspace, the examples and the fuzz targets."""
    cargo = with_tool("fmt")
    rest = ("--check", "--", "--config-path", str(ROOT))
    run(*cargo, "fmt", "--all", *rest)
    for manifest in manifests():
        run(*cargo, "fmt", "--manifest-path", manifest, *rest)


def cycles() -> None:
    """No cycle between crates, nor between the top-level modules of one crate."""
    run(PYTHON, "ci/cycles.py")


def clippy() -> None:
    """Clippy without a warning, with every combination of features."""
    cargo = with_tool("clippy")
    compiled.workspace().restore()
    for features in LAYOUT.lints:
        run(*cargo, "clippy", "--locked", *LAYOUT.scope, "--all-targets", *features, "--", "-D", "warnings")


def rustdoc() -> None:
    """The crates' documentation, private items included, without a warning."""
    words = ["--locked", "--no-deps", "--document-private-items", *LAYOUT.scope, *LAYOUT.tests]
    run("cargo", "doc", *words, env={"RUSTDOCFLAGS": "-D warnings"})


def core() -> None:
    """The library crates need no pyo3, no clap and (all but the net crate) no network client."""
    for crate in libraries():
        names = tree(crate)
        found = forbidden(crate, names)
        # A crate that uses the net crate gets a client through it, and through nothing else.
        if NET in names and crate != NET:
            found |= forbidden(crate, tree(crate, "--prune", NET))
        if found:
            raise FailedError(f"{crate} depends on {', '.join(sorted(found))}: cargo tree -p {crate} -i NAME")
        print(f"{crate}: none of {', '.join(sorted(FRONT_ONLY | CLIENTS))}")


def tree(crate: str, *words: str) -> set[str]:
    """Return all dependencies that a crate is compiled with, on any platform."""
    command = ["cargo", "tree", "--locked", "--package", crate, "--no-default-features", "--edges", "normal"]
    lines = output(*command, "--target", "all", "--prefix", "none", "--format", "{p}", *words).splitlines()
    names = {line.split()[0] for line in lines if line.strip()}
    if crate not in names:
        raise FailedError(f"cargo tree does not know the crate {crate}")
    return names


def forbidden(crate: str, names: set[str]) -> set[str]:
    """Return the dependencies that a crate must not have; clients are allowed for the net crate and its users."""
    has_client = crate == NET or (NET in names and crate not in OFFLINE)
    found = names & (FRONT_ONLY if has_client else FRONT_ONLY | CLIENTS)
    return found | (names & {NET} if crate in OFFLINE else set())


def rust() -> None:
    """The Rust tests, and the examples in the documentation."""
    words = ["--locked", *LAYOUT.scope, *LAYOUT.tests]
    # The tests choose their tools themselves.
    env = {**like_the_wheel(), "MONOWHEEL_TOOLCHAIN": ""}
    dependencies = compiled.workspace()
    dependencies.restore()
    if succeeds("cargo", "nextest", "--version"):
        run("cargo", "nextest", "run", *words, "--no-tests", "fail", env=env)
        # nextest does not run these.
        run("cargo", "test", *words, "--doc", env=env)
    else:
        run("cargo", "test", *words, env=env)
    dependencies.keep()


def cargo_deny() -> Path:
    """Return cargo-deny, compiled once."""
    folder = CACHE / f"cargo-deny-{tools.CARGO_DENY}"
    program = folder / "bin" / "cargo-deny"
    if not program.is_file():
        print(f"compiling cargo-deny {tools.CARGO_DENY} (once, about two minutes)")
        tools.cargo_install("cargo-deny", tools.CARGO_DENY, folder)
    return program


def deny() -> None:
    """Licenses, bans and sources of every dependency."""
    program = cargo_deny()
    for manifest in ["Cargo.toml", *manifests()]:
        run(program, "--manifest-path", manifest, "--config", "deny.toml", "check", "licenses", "bans", "sources")


def advisories() -> None:
    """No dependency has a known vulnerability or is abandoned (if the network is open)."""
    if not network_open():
        raise SkippedError("the advisory database is a git repository, not a package registry; NETWORK=open fetches it")
    program = cargo_deny()
    # Downloads the database each time. If it cannot, that is a failure: an old one would report no problems.
    for manifest in ["Cargo.toml", *manifests()]:
        run(program, "--manifest-path", manifest, "--config", "deny.toml", "check", "advisories")
