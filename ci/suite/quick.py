"""`./ci/test quick`: formatting, lints and the unit tests of your changes since main, in a minute and a half.

Run it while you write. It leaves the rest to the full suite: unchanged integration tests, other
combinations of features, and everything that needs a wheel.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from suite import changes
from suite.cargo import LAYOUT, metadata, with_tool
from suite.python import SOURCES, examples, mypy_of
from suite.shell import PYTHON, ROOT, VENV, run, succeeds
from suite.step import SkippedError


class Changed(NamedTuple):
    """The changes that the quick steps check."""

    since: str
    files: list[str]
    crates: list[str]
    dependents: list[str]
    tests: dict[str, list[str]]

    def need_crates(self) -> None:
        """Skip the step if there is no Rust to check."""
        if not self.crates:
            raise SkippedError(f"no crate was changed since {self.since[:12]}")


@lru_cache(maxsize=1)
def changed() -> Changed:
    """Ask git and cargo for the changes."""
    since = changes.base()
    files, packages = changes.files(since), metadata()
    crates = changes.packages_of(files, packages)
    dependents = changes.dependents_of(crates, packages)
    return Changed(since, files, crates, dependents, changes.changed_tests(files, packages))


def chosen(crates: list[str]) -> list[str]:
    """Return the options that select crates."""
    return [word for crate in crates for word in ("--package", crate)]


def mypy() -> None:
    """Strict types of the Python files, and of changed examples."""
    files = changed().files
    run(VENV / "bin" / "mypy", *SOURCES)
    for example in examples():
        if any(path.startswith(f"{example}/") for path in files):
            mypy_of(example)


def clippy() -> None:
    """Clippy on changed crates, with the common features."""
    what = changed()
    what.need_crates()
    words = ["--locked", *chosen(what.crates), "--lib", "--bins", *targets(what), "--profile", "test"]
    run(*with_tool("clippy"), "clippy", *words, *LAYOUT.tests, "--", "-D", "warnings")


def check() -> None:
    """The crates that depend on changed ones compile."""
    what = changed()
    what.need_crates()
    if not what.dependents:
        raise SkippedError(f"nothing depends on {', '.join(what.crates)}")
    run("cargo", "check", "--locked", *chosen(what.dependents), *LAYOUT.tests)


def rust() -> None:
    """The unit tests of changed crates, and changed integration tests."""
    what = changed()
    what.need_crates()
    words = ["--locked", *chosen(what.crates), "--lib", "--bins", *targets(what), *LAYOUT.tests]
    if succeeds("cargo", "nextest", "--version"):
        # A small crate may have no unit test.
        run("cargo", "nextest", "run", *words, "--no-tests", "warn", "--status-level", "slow")
    else:
        run("cargo", "test", *words)


def targets(what: Changed) -> list[str]:
    """Return the options that select changed integration tests."""
    return [word for names in what.tests.values() for name in names for word in ("--test", name)]


def pytest() -> None:
    """The tests of the repository's own tools, if the test or its tool was changed."""
    names = [f"tests/python/{path.name}" for path in sorted((ROOT / "tests" / "python").glob("test_*.py"))]
    files = [name for name in names if any(is_about(name, path) for path in changed().files)]
    if not files:
        raise SkippedError(f"no tool of ci/ with tests was changed since {changed().since[:12]}")
    # The wheel is not rebuilt here.
    run(PYTHON, "-m", "pytest", "-q", "-m", "no_wheel and not builds", *files, none_is=5)


def is_about(test: str, path: str) -> bool:
    """Return whether a changed file is the test, or part of its tool: test_book.py of ci/book_blocks.py."""
    tool = test[len("tests/python/test_") : -len(".py")]
    return path == test or path.startswith((f"ci/{tool}.", f"ci/{tool}_", f"ci/{tool}/"))
