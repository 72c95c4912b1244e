"""`monowheel size`: a built wheel, and the budget that `build` holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

pytestmark = pytest.mark.builds

ONE_WHEEL = ("--target", "manylinux_2_17_x86_64", "--abi", "abi3")
FINDINGS = 1


def budget(project: Path, max_wheel: str) -> None:
    """Write `max-wheel` into the project's configuration."""
    path = project / "pyproject.toml"
    text = path.read_text(encoding="utf-8").split("\n[tool.monowheel.size]")[0]
    path.write_text(f"{text}\n[tool.monowheel.size]\nmax-wheel = {max_wheel}\n", encoding="utf-8")


def test_build_holds_the_budget_and_size_says_where_the_bytes_go(monowheel: Run, warm: Path) -> None:
    before = (warm / "pyproject.toml").read_text(encoding="utf-8")
    try:
        budget(warm, '"1 kB"')
        done = monowheel("build", warm, *ONE_WHEEL, "--out", warm / "dist")
        assert done.returncode == FINDINGS, done.stderr
        assert "over budget: hello_world-" in done.stdout
        assert "more than max-wheel of [tool.monowheel.size] allows (1000)" in done.stdout
        manifest = json.loads((warm / "dist" / "monowheel.json").read_text(encoding="utf-8"))
        assert [wheel["max_wheel"] for wheel in manifest["over_budget"]] == [1000]

        sized = monowheel("size", warm / "dist", "--config", warm / "pyproject.toml", "--json")
        assert sized.returncode == FINDINGS
        report = json.loads(sized.stdout)
        (file,) = report["files"]
        assert file["bytes"] == (warm / "dist" / file["file"]).stat().st_size == report["over_budget"][0]["bytes"]
        (part,) = file["binaries"][0]["parts"]
        # What `build` makes is stripped.
        assert part["symbols"] == "stripped"
        assert ".text" in [section["name"] for section in part["sections"]]
        assert "pyo3-ffi" in file["crate_versions"]
    finally:
        (warm / "pyproject.toml").write_text(before, encoding="utf-8")


def test_try_shows_what_each_setting_makes_of_the_size(monowheel: Run, small: Path) -> None:
    def files() -> set[Path]:
        return {path.relative_to(small) for path in small.rglob("*") if "target" not in path.parts}

    before = files()
    done = monowheel("size", "--try", small, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["schema"] == "monowheel.size-try/1"
    assert report["wheel"] == "manylinux_2_17_x86_64-abi3"
    tried = {each["setting"]: each for each in report["tries"]}
    assert all("why" not in each for each in tried.values())
    assert [setting for setting in tried if "panic" in setting] == []
    assert len({each["binaries"] for each in tried.values()}) > 1
    smallest = tried['opt-level = "z", lto = "fat", codegen-units = 1']
    assert smallest["binaries"] < report["now"]["binaries"]
    assert files() == before

    wrong = monowheel("size", "--try", small, "--format", "html")
    assert wrong.returncode == 2
    assert "--format text or json" in wrong.stderr
