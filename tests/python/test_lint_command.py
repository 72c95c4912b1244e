"""`monowheel lint` as editors and upgrades use it: a file from stdin, and what a crate needs for a newer PyO3."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from conftest import command, environment

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

NAP = "#[pyfunction]\nfn nap(py: Python<'_>) {\n    std::thread::sleep(SECOND);\n}\n"

MANIFEST = """\
[package]
name = "demo"
version = "1.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[dependencies]
pyo3 = "0.27"
"""

POINT = """\
#[pyclass(frozen)]
#[derive(Clone)]
struct Point { x: f64 }

#[pyfunction]
fn length(point: Point) -> f64 { point.x }

#[pymodule(gil_used = false)]
mod demo { #[pymodule_export] use super::{Point, length}; }
"""


def lint_text(text: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `monowheel lint - ARGUMENT...` with the text on stdin."""
    return subprocess.run(
        command("lint", "-", *arguments),
        check=False,
        cwd=cwd,
        env=environment(None),
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def test_a_file_from_stdin_has_the_given_name(tmp_path: Path) -> None:
    done = lint_text(NAP, "--stdin-filename", "src/unsaved.rs", "--json", "--fail-on", "warning", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    (finding,) = [one for one in json.loads(done.stdout)["files"][0]["findings"] if one["severity"] == "warning"]
    assert (finding["rule"], finding["member"], finding["line"]) == (
        "blocking-call-while-attached",
        "src/unsaved.rs",
        3,
    )


def test_a_file_from_stdin_is_configured_by_its_project(tmp_path: Path) -> None:
    tables = '[tool.monowheel.lint]\nfail-on = "warning"\n'
    (tmp_path / "pyproject.toml").write_text(tables, encoding="utf-8")
    assert lint_text(NAP, cwd=tmp_path).returncode == 1
    ignores = 'ignore = [{ rule = "old-name", path = "src/other.rs", reason = "later" }]\n'
    (tmp_path / "pyproject.toml").write_text(tables + ignores, encoding="utf-8")
    # An ignore for another file is not unused.
    assert "nothing matches" not in lint_text(NAP, cwd=tmp_path).stdout


def test_what_stdin_cannot_be_combined_with(tmp_path: Path, monowheel: Run) -> None:
    for words in (["."], ["--fix"], ["--diff"]):
        assert lint_text(NAP, *words, cwd=tmp_path).returncode == 2, words
    assert monowheel("lint", "--stdin-filename", "a.rs").returncode == 2
    unread = lint_text("fn (", "--complete", cwd=tmp_path)
    assert unread.returncode == 3
    assert "stdin.rs" in unread.stdout


def test_an_upgrade_is_reported_and_fixed(tmp_path: Path, monowheel: Run) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "src" / "lib.rs").write_text(POINT, encoding="utf-8")
    before = monowheel("lint", "--upgrade", "0.30", tmp_path)
    assert before.returncode == 1
    assert "`length` takes the class `Point` by value" in before.stdout
    fixed = monowheel("lint", "--upgrade", "0.30", "--fix", tmp_path)
    assert fixed.returncode == 0, fixed.stdout
    assert "#[pyclass(from_py_object, frozen)]" in (tmp_path / "src" / "lib.rs").read_text(encoding="utf-8")
    assert monowheel("lint", "--upgrade", "0.31", tmp_path).returncode == 2


PYO3 = """
pub mod prelude { pub use crate::Python; }
pub struct Python<'py>(std::marker::PhantomData<&'py ()>);
impl Python<'_> {
    pub fn with_gil<R>(f: impl for<'py> FnOnce(Python<'py>) -> R) -> R { f(Python(std::marker::PhantomData)) }
    ATTACH
}
"""
ATTACH = "pub fn attach<R>(f: impl for<'py> FnOnce(Python<'py>) -> R) -> R { Self::with_gil(f) }"
SOURCE = "use pyo3::prelude::*;\n\npub fn nothing() {\n    Python::with_gil(|_py| ());\n}\n"


def with_own_pyo3(folder: Path, attach: str) -> Path:
    """Write a crate with a PyO3 that compiles at once."""
    manifest = "[package]\nname = '{}'\nversion = '{}'\nedition = '2021'\n"
    dependency = "[dependencies]\npyo3 = { path = 'pyo3', version = '0.29' }\n[workspace]\n"
    for place, text, source in [
        (folder, manifest.format("demo", "0.1.0") + dependency, SOURCE),
        (folder / "pyo3", manifest.format("pyo3", "0.29.0"), PYO3.replace("ATTACH", attach)),
    ]:
        (place / "src").mkdir(parents=True)
        (place / "Cargo.toml").write_text(text, encoding="utf-8")
        (place / "src" / "lib.rs").write_text(source, encoding="utf-8")
    return folder / "src" / "lib.rs"


def test_fixes_that_do_not_compile_are_undone(tmp_path: Path, monowheel: Run) -> None:
    good = with_own_pyo3(tmp_path / "good", ATTACH)
    done = monowheel("lint", "--fix", "--check", tmp_path / "good")
    assert "fixed 1 finding" in done.stderr, done.stderr
    assert "Python::attach" in good.read_text(encoding="utf-8")
    # This PyO3 does not have the new name.
    bad = with_own_pyo3(tmp_path / "bad", "")
    done = monowheel("lint", "--fix", "--check", tmp_path / "bad")
    assert done.returncode == 2, done.stdout
    assert "were undone" in done.stderr
    assert "attach" in done.stderr
    assert bad.read_text(encoding="utf-8") == SOURCE
    bad.write_text(SOURCE + "fn broken() -> u8 { no_such_thing }\n", encoding="utf-8")
    done = monowheel("lint", "--fix", "--check", tmp_path / "bad")
    assert done.returncode == 2
    assert "nothing was changed" in done.stderr
    assert "with_gil" in bad.read_text(encoding="utf-8")


def test_fixes_are_checked_with_the_features_of_the_build(tmp_path: Path, monowheel: Run) -> None:
    source = with_own_pyo3(tmp_path, "")
    gated = SOURCE.replace("pub fn", '#[cfg(feature = "python")]\npub fn')
    alone = '#[cfg(feature = "alone")]\ncompile_error!("not with Python");\n'
    source.write_text(gated + alone, encoding="utf-8")
    with (tmp_path / "Cargo.toml").open("a", encoding="utf-8") as manifest:
        manifest.write("[features]\ndefault = ['alone']\nalone = []\npython = []\n")
    (tmp_path / "pyproject.toml").write_text(
        "[build-system]\nrequires = ['maturin']\nbuild-backend = 'maturin'\n"
        "[tool.maturin]\nfeatures = ['python']\nno-default-features = true\n",
        encoding="utf-8",
    )
    # This PyO3 does not have the new name, which only the feature of the build shows.
    done = monowheel("lint", "--fix", "--check", tmp_path)
    assert done.returncode == 2, done.stdout
    assert "were undone" in done.stderr, done.stderr
    assert "with_gil" in source.read_text(encoding="utf-8")
