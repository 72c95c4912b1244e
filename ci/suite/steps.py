"""The table of the suite: every step in start order, and those of the quick form.

To add one, write a function in the module of its kind and a row here.
"""

from __future__ import annotations

from suite import fuzz, msrv, python, quick, rust, wheels
from suite.step import Step

# Files that no Rust code reads, at compile time or in a test. Everything else counts as read, which is safe: a new
# directory counts as read until it is excluded here.
PROSE = ("!docs/", "!CHANGELOG.md", "!CONTRIBUTING.md")
RUST = ("*", *PROSE, "!ci/", "!tests/python/", "!noxfile.py", "!tox.ini")
# Tests may look at the workflows; the compiler does not.
COMPILED = (*RUST, "!.github/", "!tests/rust/")
MANIFESTS = ("*Cargo.toml", "*Cargo.lock")
PYTHON = ("*.py", "*.pyi", "*pyproject.toml")

STEPS = (
    Step("fmt", rust.fmt, reads=("*.rs", *MANIFESTS, "rustfmt.toml")),
    # In CI it compiles the dependencies that the Rust tests use too.
    Step("wheel", wheels.wheel, reads=COMPILED, makes=("target/host-wheel/*.whl",), always=True, shares="cargo"),
    Step("ruff", python.ruff, reads=PYTHON),
    Step("mypy", python.mypy, reads=PYTHON),
    Step("docs", python.docs, reads=("*", "!tests/")),
    Step("cycles", rust.cycles, reads=("*.rs", *MANIFESTS, "ci/cycles*.py")),
    # The longest steps begin as soon as the wheel is there: where steps run side by side, the short ones fill the gaps.
    Step("pytest", wheels.pytest, needs=("wheel",), reads=("*",), fetches=True, takes_words=True),
    Step("lab", wheels.lab, needs=("wheel",), reads=("ci/interpreters",), always=True),
    Step("clippy", rust.clippy, reads=(*RUST, "clippy.toml"), shares="cargo"),
    Step("rustdoc", rust.rustdoc, reads=COMPILED, shares="cargo"),
    Step("core", rust.core, reads=COMPILED, shares="cargo"),
    Step("rust", rust.rust, reads=RUST, shares="cargo"),
    Step("fuzz", fuzz.fuzz, reads=(*RUST, "fuzz/"), shares="cargo", takes_words=True),
    Step("deny", rust.deny, reads=(*MANIFESTS, "deny.toml"), fetches=True),
    Step("advisories", rust.advisories, reads=(*MANIFESTS, "deny.toml"), fetches=True),
    Step("msrv", msrv.msrv, reads=COMPILED),
    Step("book", python.book, needs=("wheel",), reads=("docs/", "ci/book*", "examples/"), fetches=True),
    Step("site", python.site, needs=("wheel",), reads=("docs/", "README.md", "mkdocs.yml", "ci/site/", *COMPILED)),
    Step(
        "workflows",
        python.workflows,
        needs=("wheel",),
        reads=(".github/", "ci/actionlint/", "pyproject.toml", "Dockerfile"),
    ),
    Step("lint", wheels.lint, needs=("wheel",), reads=RUST),
    Step(
        "stubtest",
        python.stubtest,
        needs=("wheel",),
        reads=(*COMPILED, "ci/stubtest.txt", "ci/pyright/"),
        fetches=True,
    ),
    Step(
        "tox",
        wheels.tox,
        needs=("wheel",),
        reads=("tests/python/", "tox.ini", "ci/", "examples/", "docs/"),
        fetches=True,
    ),
    Step(
        "cross",
        wheels.cross,
        needs=("wheel",),
        reads=("examples/hello_world/", "ci/wheels", "ci/complete_set.py"),
        makes=("target/ci/hello/*.whl",),
        fetches=True,
    ),
    Step("real", wheels.real, needs=("wheel", "cross"), reads=RUST, shares="cargo"),
    Step(
        "hello", wheels.hello, needs=("wheel", "cross"), reads=("examples/hello_world/", "ci/tox_ran.py"), fetches=True
    ),
    Step(
        "examples",
        wheels.examples,
        needs=("wheel",),
        reads=(*RUST, "ci/examples.py", "ci/stubtest_examples.txt"),
        fetches=True,
        takes_words=True,
    ),
    Step(
        "prove",
        wheels.prove,
        needs=("wheel", "lab", "cross"),
        reads=("examples/hello_world/", "ci/prove_hello.py", "ci/interpreters"),
        fetches=True,
    ),
    Step(
        "pyo3",
        wheels.pyo3,
        needs=("wheel", "lab"),
        reads=(*RUST, "ci/pyo3_*.py", "ci/compiled.py", "ci/interpreters"),
        makes=("target/pyo3_matrix/results.json",),
        fetches=True,
    ),
    Step(
        "pyodide",
        wheels.pyodide,
        needs=("wheel", "lab"),
        reads=(
            *COMPILED,
            "ci/pyodide.py",
            "ci/emscripten",
            "ci/browser.py",
            "tests/native/",
            "docs/",
            "mkdocs.yml",
        ),
        makes=("target/ci/pyodide/*.whl", "target/ci/pyodide-native/*.whl"),
        fetches=True,
    ),
    Step("rehearse", wheels.rehearse, needs=("wheel", "cross"), reads=("examples/hello_world/",), fetches=True),
)

SAME = ("fmt", "ruff", "cycles")
QUICK = (
    *(step for step in STEPS if step.name in SAME),
    Step("mypy", quick.mypy),
    Step("clippy", quick.clippy, shares="cargo"),
    Step("check", quick.check, shares="cargo"),
    Step("rust", quick.rust, shares="cargo"),
    Step("pytest", quick.pytest),
)
