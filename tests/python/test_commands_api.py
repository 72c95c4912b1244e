"""`monowheel.commands`: the commands as functions, in this process."""

from __future__ import annotations

import dataclasses
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import monowheel
import pytest
from conftest import HOST_TARGET
from monowheel import commands

if TYPE_CHECKING:
    from typing import Callable

pytestmark = pytest.mark.every_python

HELLO = Path(__file__).resolve().parents[2] / "examples" / "hello_world"
needs_sources = pytest.mark.skipif(not HELLO.is_dir(), reason="needs the sources")


def test_rules_and_explain_agree() -> None:
    rules = commands.rules()
    assert len(rules) > 100
    rule = rules[0]
    assert commands.explain(rule.id) == rule
    with pytest.raises(dataclasses.FrozenInstanceError):
        rule.id = "other"  # type: ignore[misc]


@needs_sources
def test_a_plan_has_its_wheels() -> None:
    planned = commands.plan(HELLO, targets=["win_amd64"], abis=["abi3"], options=["--no-lock"])
    assert (planned.name, planned.document["schema"]) == ("hello_world", "monowheel.plan/1")
    (job,) = planned.jobs
    assert (job.target, job.abi) == ("win_amd64", "abi3")


def test_a_notebook_shows_a_table() -> None:
    jobs = [commands.Job("win_amd64", "abi3", "cp38-abi3-win_amd64", None)]
    planned = commands.Plan(ok=True, document={}, name="demo", version="1.0", jobs=jobs)
    html = planned._repr_html_()
    assert html.startswith("<p><strong>Plan demo 1.0</strong>: ok</p><table>"), html
    assert ">win_amd64</td>" in html
    assert "blocked" not in html, "a column without a value"
    strange = commands.Lint(ok=False, document={}, findings=[])
    assert strange._repr_html_() == "<p><strong>Lint</strong>: not ok</p><p>no findings</p>"
    pinned = commands.Pin(ok=True, document={}, text="a==1 <script>\n")
    assert "&lt;script&gt;" in pinned._repr_html_()


@needs_sources
def test_a_wrong_word_is_an_exception_that_says_what_next() -> None:
    with pytest.raises(monowheel.UsageError, match="did you mean win_amd64"):
        commands.plan(HELLO, targets=["win_amd46"])
    with pytest.raises(monowheel.UsageError, match="abi4"):
        commands.plan(HELLO, abis=["abi4"])
    with pytest.raises(monowheel.UsageError):
        commands.explain("no-such-rule")


def test_a_lint_has_places(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text(
        '[package]\nname = "demo"\nversion = "1.0.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n'
        '[dependencies]\npyo3 = { version = "0.29", features = ["abi3-py38"] }\n',
        encoding="utf-8",
    )
    source = tmp_path / "src" / "lib.rs"
    source.write_text(
        "use pyo3::prelude::*;\n#[pymodule]\nmod demo {}\nfn old() {\n    Python::with_gil(|_| {});\n}\n",
        encoding="utf-8",
    )
    linted = commands.lint(tmp_path, options=["--fail-on", "note"])
    found = [(each.rule, each.file, each.line, each.column) for each in linted.findings if each.rule == "old-name"]
    assert (linted.ok, found) == (False, [("old-name", "src/lib.rs", 5, 13)])
    assert commands.lint(tmp_path).ok


def test_a_comparison_and_a_pin(tmp_path: Path) -> None:
    wheel = tmp_path / "demo-1.0-py3-none-any.whl"
    wheel.write_bytes(b"not a wheel")
    # The same bytes are the same, whatever they are.
    same = commands.compare(wheel, wheel)
    assert (same.ok, same.differences) == (True, [])
    changed = tmp_path / "changed" / wheel.name
    changed.parent.mkdir()
    for path, text in ((wheel, "1"), (changed, "2")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("demo.py", text)
    differ = commands.compare(wheel, changed)
    assert not differ.ok
    assert ("demo.py", wheel.name) in {(difference.member, difference.file) for difference in differ.differences}
    with pytest.raises((monowheel.UsageError, monowheel.IncompleteError)):
        commands.pin(tmp_path / "missing")


@needs_sources
def test_what_progress_raises_comes_back() -> None:
    class StopError(Exception):
        pass

    def stop(line: str) -> None:
        raise StopError(line)

    with pytest.raises(StopError, match="win_amd46"):
        commands.plan(HELLO, targets=["win_amd46"], progress=stop)


@pytest.mark.builds
def test_build_and_test(small_at: Callable[[Path], Path], tmp_path: Path) -> None:
    project = small_at(tmp_path / "hello_world")
    lines: list[str] = []
    options = ["--no-lock"]
    built = commands.build(project, targets=[HOST_TARGET], abis=["abi3"], options=options, progress=lines.append)
    assert (built.ok, built.clean, built.sdist) == (True, True, "hello_world-0.1.0.tar.gz")
    (wheel,) = built.wheels
    assert wheel.file is not None
    assert wheel.sha256 is not None
    assert wheel.size == (project / "dist" / wheel.file).stat().st_size
    assert any(HOST_TARGET in line for line in lines), lines
    again = commands.compare(project / "dist", project / "dist")
    assert again.ok
    # All others: `./ci/test tox hello prove`.
    tested = commands.test(project / "dist", options=["--offline", "--python", sys.executable])
    assert tested.ok
    assert {trial.wheel for trial in tested.trials if trial.verdict == "ran"} == {wheel.file}
