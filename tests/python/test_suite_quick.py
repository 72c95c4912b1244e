"""The inputs of `./ci/test quick`: from the files that git reports as changed to crates and tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Callable

import pytest

CI = Path(__file__).resolve().parents[2] / "ci"
sys.path.insert(0, str(CI))

from suite import changes, quick, rust, steps, unchanged  # noqa: E402
from suite.step import SkippedError, Step  # noqa: E402

pytestmark = pytest.mark.no_wheel

ROOT = Path("/checkout")


def name_of(test: str) -> str:
    """Name an integration test as Cargo.toml does: by its file, or by the directory of its main.rs."""
    path = Path(test)
    return path.parent.name if path.name == "main.rs" else path.stem


def package(name: str, folder: str, *needs: str, tests: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a package as `cargo metadata` does."""
    return {
        "name": name,
        "manifest_path": str(ROOT / folder / "Cargo.toml"),
        "dependencies": [{"name": need, "path": f"/checkout/crates/{need}"} for need in needs]
        + [{"name": "serde", "path": None}],
        "targets": [{"kind": ["lib"], "name": name, "src_path": str(ROOT / folder / "src/lib.rs")}]
        + [{"kind": ["test"], "name": name_of(test), "src_path": str(ROOT / folder / test)} for test in tests],
    }


ONE = [package("monowheel", "", tests=("tests/rust/cli.rs", "tests/rust/net/main.rs"))]
MANY = [
    package("monowheel", "", "monowheel-build", tests=("tests/rust/cli.rs",)),
    package("monowheel-build", "crates/monowheel-build", "monowheel-wheel"),
    package("monowheel-wheel", "crates/monowheel-wheel", tests=("tests/reads.rs",)),
    package("monowheel-wheel-x", "crates/monowheel-wheel-x"),
]


@pytest.mark.parametrize(
    ("packages", "paths", "wanted"),
    [
        (ONE, ["src/wheel/tags.rs", "src/abi/exports.tsv"], ["monowheel"]),
        (ONE, ["tests/rust/net/pages.rs"], ["monowheel"]),
        (
            ONE,
            ["docs/audit.md", "ci/test", "tests/python/test_pin.py", "examples/hello_world/src/lib.rs", "src/a.md"],
            [],
        ),
        (MANY, ["crates/monowheel-wheel/src/data.tsv"], ["monowheel-wheel"]),
        (MANY, ["crates/monowheel-wheel-x/src/lib.rs"], ["monowheel-wheel-x"]),
        (MANY, ["crates/monowheel-wheel/README.md", "crates/new/src/lib.rs"], []),
        (MANY, ["src/cli/mod.rs", "crates/monowheel-build/Cargo.toml"], ["monowheel", "monowheel-build"]),
        (MANY, ["Cargo.lock"], ["monowheel", "monowheel-build", "monowheel-wheel", "monowheel-wheel-x"]),
        (MANY, [], []),
    ],
)
def test_files_belong_to_crates(packages: list[dict[str, Any]], paths: list[str], wanted: list[str]) -> None:
    assert changes.packages_of(paths, packages, ROOT) == wanted


def test_dependents_are_found_through_others() -> None:
    assert changes.dependents_of(["monowheel-wheel"], MANY) == ["monowheel", "monowheel-build"]
    assert changes.dependents_of(["monowheel-build"], MANY) == ["monowheel"]
    assert changes.dependents_of(["monowheel"], MANY) == []


def test_changed_integration_tests_are_named() -> None:
    paths = ["tests/rust/net/pages.rs", "crates/monowheel-wheel/tests/reads.rs"]
    assert changes.changed_tests(paths, ONE, ROOT) == {"monowheel": ["net"]}
    assert changes.changed_tests(paths, MANY, ROOT) == {"monowheel-wheel": ["reads"]}
    assert changes.changed_tests(["tests/rust/cli_audit.rs"], ONE, ROOT) == {}


def test_a_tool_has_the_tests_of_its_name() -> None:
    assert quick.is_about("tests/python/test_book.py", "ci/book_blocks.py")
    assert quick.is_about("tests/python/test_suite.py", "ci/suite/runner.py")
    assert quick.is_about("tests/python/test_pin.py", "tests/python/test_pin.py")
    assert not quick.is_about("tests/python/test_book.py", "ci/bookshelf.py")


@pytest.fixture
def repository(tmp_path: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit on main, then one on a branch, for changes.py."""
    for name in ("kept", "changed", "removed"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / ".gitignore").write_text("ignored\n", encoding="utf-8")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"], ["checkout", "-qb", "work"]):
        git(tmp_path, *words)
    (tmp_path / "committed").write_text("", encoding="utf-8")
    for words in (["add", "."], ["commit", "-qm", "two"]):
        git(tmp_path, *words)
    for name in ("output", "succeeds"):
        monkeypatch.setattr(changes, name, inside(tmp_path, getattr(changes, name)))
    return tmp_path


def inside(folder: Path, run: Callable[..., Any]) -> Callable[..., Any]:
    """Run git in another directory than the checkout's."""
    return lambda git, *words: run(git, "-C", folder, *words)


def test_what_was_changed_since_main_is_listed(repository: Path, git: Callable[..., str]) -> None:
    (repository / "changed").write_text("new", encoding="utf-8")
    (repository / "added").write_text("", encoding="utf-8")
    (repository / "ignored").write_text("", encoding="utf-8")
    (repository / "removed").unlink()
    assert changes.files(changes.base()) == ["added", "changed", "committed", "removed"]
    # On main itself, what is not committed.
    git(repository, "checkout", "-qB", "main")
    assert changes.files(changes.base()) == ["added", "changed", "removed"]


def test_without_main_nothing_is_claimed(repository: Path, git: Callable[..., str]) -> None:
    git(repository, "branch", "-qD", "main")
    with pytest.raises(SkippedError, match="no branch main"):
        changes.base()


@pytest.mark.parametrize(
    ("path", "patterns", "wanted"),
    [
        ("src/a/b.rs", ("src/",), True),
        ("src", ("src/",), False),
        ("crates/a/Cargo.toml", ("*Cargo.toml",), True),
        ("docs/a.md", ("*", "!docs/"), False),
        ("docs/a.md", ("*", "!docs/", "docs/a.md"), True),
        ("a", (), False),
    ],
)
def test_patterns(path: str, patterns: tuple[str, ...], wanted: bool) -> None:
    assert unchanged.matches(path, patterns) is wanted


@pytest.mark.parametrize("step", steps.STEPS, ids=lambda step: step.name)
def test_the_table_is_sound(step: Step) -> None:
    names = [step.name for step in steps.STEPS]
    assert names.count(step.name) == 1
    assert all(names.index(need) < names.index(step.name) for need in step.needs)
    assert step.summary
    # Every pattern has files, or this raises.
    assert unchanged.Checkout(CI.parent, steps.STEPS).key(step)


def test_no_rust_source_is_overlooked() -> None:
    """A step that compiles reads every file of the crates."""
    sources = [path for path in unchanged.Checkout(CI.parent, ()).files() if path.startswith(("src/", "crates/"))]
    assert sources
    for name in ("clippy", "core", "rust", "fuzz", "msrv", "wheel", "pytest"):
        (step,) = (step for step in steps.STEPS if step.name == name)
        assert all(unchanged.matches(path, step.reads) for path in sources), name


def test_variables_that_change_tools_are_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    unchanged.machine.cache_clear()
    before = unchanged.machine()
    monkeypatch.setitem(os.environ, "RUSTFLAGS", "-C opt-level=3")
    unchanged.machine.cache_clear()
    assert unchanged.machine() != before
    unchanged.machine.cache_clear()


@pytest.mark.parametrize(
    ("crate", "names", "wanted"),
    [
        ("monowheel-wheel", {"serde", "zip"}, set()),
        ("monowheel-wheel", {"clap", "serde"}, {"clap"}),
        ("monowheel-audit", {"monowheel-net"}, {"monowheel-net"}),
        ("monowheel-audit", {"monowheel-net", "ureq"}, {"monowheel-net", "ureq"}),
        ("monowheel-net", {"ureq"}, set()),
        ("monowheel-net", {"ureq", "pyo3"}, {"pyo3"}),
        ("monowheel-release", {"monowheel-net", "ureq"}, set()),
        ("monowheel-build", {"ureq"}, {"ureq"}),
        # Without the net crate: a client of its own.
        ("monowheel-release", {"hyper"}, {"hyper"}),
    ],
)
def test_a_library_has_no_front_and_no_client(crate: str, names: set[str], wanted: set[str]) -> None:
    assert rust.forbidden(crate, {crate, *names}) == wanted
