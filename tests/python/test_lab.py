"""`monowheel lab`: the list of a lab and its files. Nothing is downloaded here."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from conftest import Run

CLEAN, USAGE, INCOMPLETE = 0, 2, 3
ID = "cpython-3.15"


def told(monowheel: Run, lab: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return the result of `monowheel lab ARGUMENT...` for this directory."""
    return monowheel("lab", *arguments, env={"MONOWHEEL_LAB": str(lab)})


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Return a directory with a space in its name that need not exist."""
    return tmp_path / "a lab"


def entry(lab: Path, **changed: object) -> Path:
    """Create an entry of another recipe, whose executable is this Python."""
    home = lab / ID
    (home / "bin").mkdir(parents=True)
    (home / "bin/python3.15").symlink_to(sys.executable)
    told = {
        "schema": "monowheel.lab/1",
        "id": ID,
        "version": "3.15.0",
        "free_threaded": False,
        "platform": "linux-x86_64",
        "runner": "native",
        "python": "bin/python3.15",
        "source": "a test",
        "bytes": 1,
        "seconds": 1,
        "recipe": "another",
        **changed,
    }
    (home / "interpreter.json").write_text(json.dumps(told), encoding="utf-8")
    return home


def item(monowheel: Run, lab: Path) -> dict[str, object]:
    """Return the entry in `list --json`."""
    done = told(monowheel, lab, "list", "--json")
    assert done.returncode == CLEAN
    document = json.loads(done.stdout)
    assert (document["schema"], document["lab"]) == ("monowheel.lab/1", str(lab))
    return dict(next(one for one in document["interpreters"] if one["id"] == ID))


def test_an_empty_lab_is_listed_and_not_made(monowheel: Run, lab: Path) -> None:
    done = told(monowheel, lab, "list")
    assert done.returncode == CLEAN
    for name in (ID, "cpython-3.14t", "cpython-3.13-aarch64", "cpython-3.13-musl", "cpython-3.8-windows"):
        assert name in done.stdout
    assert not lab.exists()
    assert item(monowheel, lab)["state"] == "missing"


def test_get_without_a_name_says_what_there_is(monowheel: Run, lab: Path) -> None:
    done = told(monowheel, lab, "get")
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert ID in done.stderr
    assert "--all" in done.stderr
    assert not lab.exists()


@pytest.mark.parametrize("action", ["get", "remove"])
def test_an_unknown_name_ends_it_before_anything_is_done(monowheel: Run, lab: Path, action: str) -> None:
    home = entry(lab)
    done = told(monowheel, lab, action, ID, "cpython-315t")
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert "did you mean cpython-3.15t?" in done.stderr
    assert home.is_dir()


def test_an_entry_of_another_recipe_is_shown_and_removed(monowheel: Run, lab: Path) -> None:
    home = entry(lab)
    found = item(monowheel, lab)
    assert (found["state"], found["executable"]) == ("outdated", str(home / "bin/python3.15"))
    done = told(monowheel, lab, "remove", ID)
    assert (done.returncode, done.stdout) == (CLEAN, f"removed {ID}\n")
    assert not home.exists()
    assert "is not installed" in told(monowheel, lab, "remove", ID).stderr


@pytest.mark.parametrize("changed", [{"schema": "monowheel.lab/9"}, {"python": "bin/gone"}, {"runner": "magic"}])
def test_a_broken_entry_is_told(monowheel: Run, lab: Path, changed: dict[str, object]) -> None:
    entry(lab, **changed)
    found = item(monowheel, lab)
    assert (found["state"], "entry" in found) == ("broken", False)
    assert f"monowheel lab get {ID}" in str(found["broken"])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no recipe can be followed at all")
def test_what_is_missing_on_the_machine_is_named(monowheel: Run, lab: Path, tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    done = monowheel(
        "lab", "get", "cpython-3.15t", env={"MONOWHEEL_LAB": str(lab), "PATH": str(empty), "NETWORK": "closed"}
    )
    assert (done.returncode, done.stdout) == (INCOMPLETE, "")
    assert "cpython-3.15t cannot be installed here" in done.stderr
    assert "next: " in done.stderr
    assert not lab.exists()


@pytest.mark.skipif(sys.platform != "linux" or os.uname().machine != "x86_64", reason="the lab needs Linux on x86-64")
def test_a_failed_tool_leaves_nothing(monowheel: Run, lab: Path, tmp_path: Path) -> None:
    """Every tool exits with 1, as on a machine without network."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("apt-get", "apt-cache", "apt-config", "dpkg-deb", "patchelf"):
        (tools / name).write_text("#!/bin/sh\necho no network >&2\nexit 1\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    closed = {
        "MONOWHEEL_LAB": str(lab),
        "PATH": str(tools),
        "NETWORK": "closed",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": "",
    }
    done = monowheel("lab", "get", ID, "--json", env=closed)
    assert done.returncode == INCOMPLETE
    document = json.loads(done.stdout)
    assert (document["interpreters"], [one["id"] for one in document["failed"]]) == ([], [ID])
    assert not (lab / ID).exists()
    assert [path.name for path in lab.rglob(".building-*")] == []
