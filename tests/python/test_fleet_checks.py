"""`monowheel fleet test` and `fleet verify` on this machine: the verdicts of the single commands, each once."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if importlib.util.find_spec("distributed") is None or importlib.util.find_spec("pyarrow") is None:
    pytest.skip("needs monowheel[fleet]", allow_module_level=True)

from fleet_cluster import table
from fleet_index import Faults, serving
from fleet_wheels import wheel

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
ONE = ("--workers", "1", "--json")


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A release that cannot be imported."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    data = wheel("bad", members={"bad/__init__.py": b"raise ImportError('never')\n"})
    (folder / "bad-1.0-py3-none-any.whl").write_bytes(data)
    return folder


def verdicts(document: dict[str, Any]) -> Counter[tuple[str, str]]:
    """Return the verdicts of `monowheel test`."""
    trials = [trial for release in document["releases"] for trial in release["trials"]]
    return Counter((trial["wheel"], trial["verdict"]) for trial in trials)


def test_trials_are_those_of_the_single_command(wheels: Path, tmp_path: Path, monowheel: Run) -> None:
    only = ("--python", sys.executable, "--offline")
    words = ("fleet", "test", wheels, "--dataset", tmp_path / "dataset", *only, *ONE)
    # No interpreters besides this one.
    env = {"MONOWHEEL_LAB": str(tmp_path)}
    done = monowheel(*words, env=env)
    report = json.loads(done.stdout)
    single = monowheel("test", wheels, *only, "--json", env=env)
    assert (done.returncode, single.returncode) == (1, 1), done.stderr
    ours = Counter((row["file"], row["verdict"]) for row in table(tmp_path / "dataset", "tests"))
    assert ours == verdicts(json.loads(single.stdout))
    assert [(release["exit_code"], release["known"]) for release in report["releases"]] == [(1, False)]
    # The verdict of a second run is about the same releases.
    again = monowheel(*words, env=env)
    told = json.loads(again.stdout)
    assert (again.returncode, told["tasks"]["submitted"], told["counts"]["known"]) == (1, 0, 1)
    # Other bytes are another release.
    (path,) = wheels.glob("*.whl")
    path.write_bytes(wheel("bad"))
    fixed = monowheel(*words, env=env)
    told = json.loads(fixed.stdout)
    assert (fixed.returncode, told["tasks"]["submitted"], told["counts"]["known"]) == (0, 1, 0)


def test_a_wheel_without_provenance_is_not_verified(wheels: Path, tmp_path: Path, monowheel: Run) -> None:
    words = (wheels, "--json")
    single = monowheel("verify", *words)
    done = monowheel("fleet", "verify", *words, "--dataset", tmp_path / "dataset", "--workers", "1")
    assert (done.returncode, single.returncode) == (3, 3), done.stderr
    (row,) = table(tmp_path / "dataset", "verifications")
    (alone,) = json.loads(single.stdout)["wheels"]
    assert (row["file"], row["verdict"], row["why"]) == (alone["file"], alone["verdict"], alone["why"])


def test_releases_of_a_lock_file_come_from_the_index(tmp_path: Path, monowheel: Run) -> None:
    files = {f"{name}-1.0-py3-none-any.whl": wheel(name) for name in ("one", "two", "three")}
    (tmp_path / "requirements.txt").write_text("one==1.0\ntwo==1.0\n", encoding="utf-8")
    with serving(files, Faults(no_hash={"two-1.0-py3-none-any.whl"})) as index:
        words = ("-r", tmp_path / "requirements.txt", "--index-url", index.url, "--dataset", tmp_path / "dataset", *ONE)
        done = monowheel("fleet", "verify", *words)
    assert done.returncode == 3, done.stderr
    report = json.loads(done.stdout)
    assert [release["release"] for release in report["releases"]] == ["one==1.0", "two==1.0"]
    assert report["counts"]["verdicts"] == {"unverified": 2}
    assert {row["file"] for row in table(tmp_path / "dataset", "verifications")} == {*files} - {
        "three-1.0-py3-none-any.whl"
    }


def test_an_error_of_the_single_command_is_a_failure_with_its_exit_code(
    wheels: Path, tmp_path: Path, monowheel: Run
) -> None:
    only = ("--python", "3.99", "--offline")
    env = {"MONOWHEEL_LAB": str(tmp_path)}
    done = monowheel("fleet", "test", wheels, "--dataset", tmp_path / "dataset", *only, *ONE, env=env)
    single = monowheel("test", wheels, *only, "--json", env=env)
    assert done.returncode == single.returncode != 0, done.stderr
    (failure,) = json.loads(done.stdout)["failures"]
    assert json.loads(single.stdout)["error"]["message"] in failure["why"]


def test_nothing_to_verify(tmp_path: Path, monowheel: Run) -> None:
    done = monowheel("fleet", "verify", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["message"] == "nothing to verify"
