"""`monowheel cache`, and the pages and schema that other programs read: `man`, `schema`."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)


def filled(cache: Path) -> Path:
    """Fill a cache with one entry of each kind."""
    for name in ("std/1.96-a", "work/demo-1", "sdists/demo", "lab/cpython-3.15"):
        (cache / name).mkdir(parents=True)
        (cache / name / "file").write_bytes(b"0" * 1_500_000)
    return cache


def test_size_and_dir(monowheel: Run, tmp_path: Path) -> None:
    cache = filled(tmp_path / "a cache")
    env = {"MONOWHEEL_CACHE": str(cache)}
    assert monowheel("cache", "dir", env=env).stdout == f"{cache}\n"
    document = json.loads(monowheel("cache", "size", "--json", env=env).stdout)
    sizes = {part["name"]: part["bytes"] for part in document["parts"]}
    assert (document["schema"], sizes["std"], sizes["lab"], sizes["native"]) == (
        "monowheel.cache/1",
        1_500_000,
        1_500_000,
        0,
    )
    shown = monowheel("cache", "size", env=env).stdout
    assert "6.0" in shown, shown


def test_clean_removes_everything_but_the_lab(monowheel: Run, tmp_path: Path) -> None:
    cache = filled(tmp_path / "cache")
    env = {"MONOWHEEL_CACHE": str(cache)}
    done = monowheel("cache", "clean", "work", env=env)
    assert (done.returncode, done.stdout) == (CLEAN, "work: removed 1.5 MB\n")
    assert (cache / "std/1.96-a/file").is_file()
    assert monowheel("cache", "clean", env=env).returncode == CLEAN
    assert [path.name for path in cache.glob("*/*")] == ["cpython-3.15"]
    assert monowheel("cache", "clean", env=env).stdout == "the cache is empty\n"
    wrong = monowheel("cache", "clean", "lab", env=env)
    assert (wrong.returncode, "possible values: std" in wrong.stderr) == (USAGE, True)


def test_clean_leaves_what_another_process_uses(monowheel: Run, tmp_path: Path) -> None:
    cache = filled(tmp_path / "cache")
    with (cache / "work/demo-1/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = monowheel("cache", "clean", env={"MONOWHEEL_CACHE": str(cache)})
    assert (done.returncode, (cache / "work/demo-1/file").is_file()) == (INCOMPLETE, True)
    assert "work/demo-1 is in use" in done.stderr
    assert not (cache / "std/1.96-a").exists()


def test_man_writes_a_page_for_every_command(monowheel: Run, tmp_path: Path) -> None:
    done = monowheel("man", tmp_path)
    pages = {path.name for path in tmp_path.iterdir()}
    assert done.returncode == CLEAN, done.stderr
    assert {"monowheel.1", "monowheel-build.1", "monowheel-lab-get.1"} <= pages
    assert not {name for name in pages if "link" in name}
    printed = monowheel("man").stdout
    assert printed.encode() == (tmp_path / "monowheel.1").read_bytes()
    missing = monowheel("man", tmp_path / "missing")
    assert (missing.returncode, "no such directory" in missing.stderr) == (USAGE, True)
    if shutil.which("groff"):
        checked = subprocess.run(
            ["groff", "-Kutf8", "-man", "-Tutf8", "-wall", str(tmp_path / "monowheel-build.1")],
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        assert checked.stderr == ""
        assert "Build the sdist" in checked.stdout


def test_the_schema_judges_the_table_as_the_commands_do(monowheel: Run) -> None:
    schema = json.loads(monowheel("schema").stdout)
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft7Validator.check_schema(schema)
    judge = jsonschema.Draft7Validator(schema)
    good = {
        "targets": ["manylinux_2_28_x86_64", "win_amd64", "macosx_12_0_arm64"],
        "abis": ["abi3", "cp310-cp315", "cp314t"],
        "floor": "3.10",
        "frame-pointers": True,
        "symbols": True,
        "audit": {"fail-on": "warning", "ignore": [{"rule": "debug-info", "path": "demo/*", "reason": "needed"}]},
        "test": {"command": "pytest", "isolation": "required", "skip": [{"python": "3.8", "reason": "too old"}]},
        "native": {"libraries": {"demo-sys": {"name": "demo", "license": "MIT", "variables": {"DEMO_STATIC": "1"}}}},
        "ci": {"index": "testpypi", "timeout-minutes": 30},
    }
    assert [error.message for error in judge.iter_errors(good)] == []
    wrong: list[dict[str, Any]] = [
        {"target": ["win_amd64"]},
        {"targets": []},
        {"targets": ["windows"]},
        {"floor": 3.10},
        {"abis": ["abi4"]},
        {"audit": {"fail-on": "info"}},
        {"audit": {"ignore": [{"rule": "debug-info"}]}},
        {"audit": {"ignore": [{"rule": "no-such-rule", "reason": "?"}]}},
        {"test": {"isolation": "maybe"}},
        {"release": {"tags": "v{version}"}},
    ]
    for bad in wrong:
        assert not judge.is_valid(bad), bad


def test_validate_pyproject_finds_the_schema() -> None:
    plugins = pytest.importorskip("validate_pyproject.plugins")
    api = pytest.importorskip("validate_pyproject.api")
    (plugin,) = [each for each in plugins.list_from_entry_points() if each.tool == "monowheel"]
    validator = api.Validator(plugins=[plugin])
    project = {"name": "demo", "version": "1.0"}
    validator({"project": project, "tool": {"monowheel": {"floor": "3.10"}}})
    with pytest.raises(Exception, match="flor"):
        validator({"project": project, "tool": {"monowheel": {"flor": "3.10"}}})
