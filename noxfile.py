"""Tasks for people. What must pass before a change lands is ./ci/test; most sessions call its steps.

nox itself is in ci/requirements-dev.txt, which ./ci/bootstrap installs: `.venv/bin/nox -l`.
"""

from __future__ import annotations

import nox

nox.needs_version = ">=2024.4.15"
# A bare `nox` is what one runs while writing.
nox.options.sessions = ["lint", "typing", "tests"]
# The sessions use .venv, which ./ci/bootstrap keeps: a second copy of zig and maturin is 300 MB.
nox.options.default_venv_backend = "none"


def steps(session: nox.Session, *names: str) -> None:
    """Run steps of ./ci/test, which does its own set-up."""
    session.run("./ci/test", *names, external=True)


def script(session: nox.Session, name: str) -> None:
    """Run a script of ci/ with the tools of .venv and the session's arguments."""
    session.run("./ci/bootstrap", external=True)
    session.run(".venv/bin/python", f"ci/{name}", *session.posargs, external=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Formatting, clippy, ruff, workflows, licences."""
    steps(session, "fmt", "ruff", "docs", "workflows", "clippy", "rustdoc", "core", "deny")


@nox.session
def typing(session: nox.Session) -> None:
    """Run mypy, and compare the stubs with the compiled module."""
    steps(session, "mypy", "stubtest")


@nox.session
def tests(session: nox.Session) -> None:
    """Rust tests, and pytest on the built wheel (arguments: to pytest)."""
    if session.posargs:
        session.run("./ci/bootstrap", external=True)
        session.run(".venv/bin/python", "-m", "pytest", *session.posargs, external=True)
    else:
        steps(session, "rust", "pytest")


@nox.session
def tox(session: nox.Session) -> None:
    """The same wheel on every CPython from 3.8 that is found."""
    steps(session, "tox")


@nox.session
def msrv(session: nox.Session) -> None:
    """Compile with the oldest Rust that is promised."""
    session.run("./ci/msrv", external=True)


@nox.session
def real_builds(session: nox.Session) -> None:
    """hello_world, nh3 and monowheel: built twice, verified, run, and their sizes beside maturin's (slow)."""
    script(session, "real_builds.py")


@nox.session
def fuzz(session: nox.Session) -> None:
    """Every fuzz target for ten minutes, or as the arguments say: SECONDS [TARGET...] (slow)."""
    session.run("./ci/fuzz", *(session.posargs or ["600"]), external=True)


@nox.session
def bench_build(session: nox.Session) -> None:
    """monowheel against plain sequential maturin calls, cold and warm, as ratios (slow)."""
    script(session, "bench_build.py")


@nox.session
def rehearse(session: nox.Session) -> None:
    """Build the example's whole set, publish it to an index on this machine, and install it from there (minutes)."""
    steps(session, "cross", "rehearse")


@nox.session
def bench_publish(session: nox.Session) -> None:
    """`monowheel publish` of nine files to an index on this machine against twine alone."""
    script(session, "bench_publish.py")


@nox.session
def bench_import(session: nox.Session) -> None:
    """What `import monowheel` adds to `python -c pass`."""
    script(session, "bench_import.py")


@nox.session
def bench_boundary(session: nox.Session) -> None:
    """What a call from Python into Rust costs, by the floor of the stable ABI (slow)."""
    script(session, "bench_boundary.py")


@nox.session
def bench_audit(session: nox.Session) -> None:
    """`monowheel audit` on real wheels against its floor and against the other tools (slow)."""
    script(session, "bench_audit.py")


@nox.session
def bench_prove(session: nox.Session) -> None:
    """`monowheel test` on the native interpreters against the same work by hand (slow)."""
    script(session, "bench_prove.py")


@nox.session
def bench_lint(session: nox.Session) -> None:
    """`monowheel lint` on a crate of 100,000 lines, against rustfmt on the same files."""
    script(session, "bench_lint.py")


@nox.session
def bench_ci(session: nox.Session) -> None:
    """Jobs, machines, lines and findings of the written workflows, against `maturin generate-ci`."""
    script(session, "bench_ci.py")


@nox.session
def new_rule(session: nox.Session) -> None:
    """Write the file, the registration and the fixture of a new rule: GROUP ID."""
    session.run("python3", "ci/new_rule.py", *session.posargs, external=True)
