"""`monowheel fleet audit` on a cluster on this machine: the verdicts of `monowheel audit`, each wheel once."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if importlib.util.find_spec("distributed") is None or importlib.util.find_spec("pyarrow") is None:
    pytest.skip("needs monowheel[fleet]", allow_module_level=True)

import psutil
import pyarrow.parquet as pq
from fleet_cluster import Cluster, rows, table
from fleet_wheels import distinct, tree, wheel

if TYPE_CHECKING:
    from conftest import Run, Start

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
# Two workers, as small as they can be: a cluster takes most of the time of a test.
TWO = ("--workers", "2", "--memory", "512")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree of 209 files: clean, defective, hostile, duplicated."""
    return tree(tmp_path_factory.mktemp("wheels"), padding=40_000)


@pytest.fixture(scope="module")
def undisturbed(wheels: Path, tmp_path_factory: pytest.TempPathFactory, monowheel_once: Run) -> tuple[Path, Any]:
    """The dataset that one worker makes of the tree, and the report."""
    dataset = tmp_path_factory.mktemp("undisturbed") / "dataset"
    words = ("--workers", "1", "--batch", "1")
    done = monowheel_once("fleet", "audit", wheels, "--dataset", dataset, *words, "--json")
    assert done.returncode == 1, done.stderr
    return dataset, json.loads(done.stdout)


def test_the_findings_are_those_of_the_single_command(
    wheels: Path, undisturbed: tuple[Path, Any], monowheel: Run
) -> None:
    dataset, report = undisturbed

    def told(found: dict[str, Any], file: str | None) -> tuple[object, ...]:
        details = tuple(found.get("details", ()))
        return (file, found["rule"], found["severity"], found["message"], found.get("member"), details)

    single: set[tuple[object, ...]] = set()
    for folder in sorted(path for path in wheels.iterdir() if path.is_dir()):
        # A set of the single command is a name; here, each directory has one version of a name at a time.
        for version in ("-1.0-", "-2.0-", "nameless"):
            files = sorted(path for path in folder.glob("*.whl") if version in path.name)
            if not files:
                continue
            done = monowheel("audit", "--json", *files)
            alone = json.loads(done.stdout)
            single |= {told(found, file["file"]) for file in alone["files"] for found in file["findings"]}
            single |= {told(found, None) for part in alone["sets"] for found in part["findings"]}
    ours = {told(row, row["file"]) for row in table(dataset, "findings")}
    assert ours == single
    assert report["counts"]["errors"] == sum(row["severity"] == "error" for row in table(dataset, "findings"))


def test_every_file_is_counted_once(wheels: Path, undisturbed: tuple[Path, Any]) -> None:
    dataset, report = undisturbed
    files = sorted(wheels.rglob("*.whl"))
    contents = {(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files}
    assert max(max(counted.values(), default=1) for counted in rows(dataset).values()) == 1
    assert {(row["file"], row["sha256"]) for row in table(dataset, "wheels")} == contents
    assert {row["place"] for row in table(dataset, "places")} == {str(path) for path in files}
    assert report["counts"]["wheels"] == report["counts"]["audited"] == len(contents)
    assert (report["counts"]["files"], len(files) - len(contents)) == (len(files), 4)
    assert report["failures"] == []


def test_a_second_run_audits_nothing_and_has_the_same_verdict(
    wheels: Path, undisturbed: tuple[Path, Any], monowheel: Run
) -> None:
    dataset, first = undisturbed
    before = rows(dataset)
    done = monowheel("fleet", "audit", wheels, "--dataset", dataset, "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["tasks"]["submitted"], report["counts"]["audited"]) == (1, 0, 0)
    assert rows(dataset) == before
    severities = ("wheels", "releases", "errors", "warnings", "notes")
    assert [report["counts"][name] for name in severities] == [first["counts"][name] for name in severities]


def test_files_that_were_moved_are_not_audited_again_and_changed_ones_are(tmp_path: Path, monowheel: Run) -> None:
    source, dataset = tmp_path / "a", tmp_path / "dataset"
    source.mkdir()
    for file, data in distinct(8):
        (source / file).write_bytes(data)
    words = ("--dataset", dataset, "--workers", "1", "--json")
    first = json.loads(monowheel("fleet", "audit", source, *words).stdout)
    assert first["counts"]["audited"] == 8
    findings = len(table(dataset, "findings"))
    source.rename(tmp_path / "b")
    os.utime(next((tmp_path / "b").iterdir()))
    moved = json.loads(monowheel("fleet", "audit", tmp_path / "b", *words).stdout)
    assert (moved["counts"]["audited"], len(table(dataset, "findings"))) == (0, findings)
    # Same size, and a time that is not the dataset's: the bytes decide.
    changed = next((tmp_path / "b").glob("p00001-1.0-py3*"))
    changed.write_bytes(changed.read_bytes().replace(b"'1.0'", b"'9.9'"))
    again = json.loads(monowheel("fleet", "audit", tmp_path / "b", *words).stdout)
    assert again["counts"]["audited"] == 1
    assert [row["rule"] for row in table(dataset, "findings") if row["file"] == changed.name][-1]
    assert len(table(dataset, "wheels")) == 9


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return the worker processes of a fleet: they have no children, and their parent is one of its own."""
    try:
        below = psutil.Process(process.pid).children(recursive=True)
        return [child for child in below if "spawn_main" in " ".join(child.cmdline())]
    except psutil.Error:
        return []


def test_killed_workers_change_nothing(
    wheels: Path, undisturbed: tuple[Path, Any], tmp_path: Path, start: Start
) -> None:
    """Workers are killed while they work: every row is there, and once."""
    dataset = tmp_path / "dataset"
    words = ("fleet", "audit", wheels, "--dataset", dataset, *TWO, "--batch", "1", "--json")
    # Batches that take some time: a worker is more often killed while it has one.
    mark = tmp_path / "mark"
    slow = preload(tmp_path, f"open({str(mark)!r}, 'a').close(); time.sleep(0.5)")
    slowly = {"DASK_DISTRIBUTED__WORKER__PRELOAD": str(slow)}
    process = start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **slowly})
    chance, kills = random.Random(25), 0  # noqa: S311 - when to kill
    while process.poll() is None and kills < 3:
        time.sleep(chance.uniform(0.1, 0.9) if mark.exists() else 0.05)
        if mark.exists() and (workers := children(process)):
            chance.choice(workers).kill()
            kills += 1
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 1, errors
    report = json.loads(out)
    assert kills == 3, "it ended before the workers were killed"
    assert report["ends_workers"] == report["failures"] == []
    assert rows(dataset) == rows(undisturbed[0])


def test_a_worker_that_is_not_back_in_time_is_replaced(tmp_path: Path, start: Start) -> None:
    """Dask gave up a worker that took long to start again, on a busy machine: the fleet had none left."""
    source, mark = tmp_path / "source", tmp_path / "mark"
    source.mkdir()
    for file, data in distinct(40, padding=60_000):
        (source / file).write_bytes(data)
    slow = preload(tmp_path, f"open({str(mark)!r}, 'a').close(); time.sleep(0.3)")
    dask = {"DASK_DISTRIBUTED__WORKER__PRELOAD": str(slow), "DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT": "50 ms"}
    words = ("fleet", "audit", source, "--dataset", tmp_path / "dataset", "--workers", "1", "--batch", "1", "--json")
    process = start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **dask})
    while process.poll() is None and not mark.exists():
        time.sleep(0.02)
    for worker in children(process):
        worker.kill()
    out, errors = process.communicate(timeout=240)
    assert process.returncode == 1, errors
    assert (json.loads(out)["counts"]["audited"], json.loads(out)["failures"]) == (40, [])


def preload(folder: Path, before: str) -> Path:
    """Write a module that a worker loads, and that runs a statement before each audit; `text` is its request."""
    path = folder / "preload.py"
    path.write_text(
        "import os, signal, time\n"
        "from monowheel.fleet import worker\n"
        # Dask loads the module more than once.
        "inner = worker.__dict__.setdefault('inner', worker.fleet_audit)\n"
        "def audit(text, *others):\n"
        f"    {before}\n"
        "    return inner(text, *others)\n"
        "worker.fleet_audit = audit\n",
        encoding="utf-8",
    )
    return path


def test_a_wheel_that_ends_workers_becomes_a_finding(tmp_path: Path, monowheel: Run) -> None:
    source, dataset = tmp_path / "source", tmp_path / "dataset"
    source.mkdir()
    for file, data in distinct(24):
        (source / file).write_bytes(data)
    deadly = "p00002-1.0-py2-none-any.whl"
    env = {
        "DASK_DISTRIBUTED__WORKER__PRELOAD": str(
            preload(tmp_path, f"{deadly!r} in text and os.kill(os.getpid(), signal.SIGKILL)")
        )
    }
    done = monowheel("fleet", "audit", source, "--dataset", dataset, *TWO, "--json", env=env)
    report = json.loads(done.stdout)
    assert done.returncode == 1, done.stderr
    assert [Path(place).name for place in report["ends_workers"]] == [deadly]
    assert (report["counts"]["audited"], report["failures"]) == (24, [])
    ended = [row for row in table(dataset, "wheels") if row["status"] == "ended-workers"]
    assert [(row["file"], row["errors"]) for row in ended] == [(deadly, 1)]
    assert [row["file"] for row in table(dataset, "findings") if row["rule"] == "ends-workers"] == [deadly]
    # The other wheel of its release is audited, also as a release.
    assert len(table(dataset, "releases")) == 12
    # It is not tried again.
    again = monowheel("fleet", "audit", source, "--dataset", dataset, *TWO, "--json", env=env)
    told = json.loads(again.stdout)
    assert (again.returncode, told["tasks"]["submitted"], told["counts"]["errors"]) == (
        1,
        0,
        report["counts"]["errors"],
    )


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A directory of 400 wheels."""
    source = tmp_path / "source"
    source.mkdir()
    for file, data in distinct(400, padding=20_000):
        (source / file).write_bytes(data)
    return source


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_fleet_that_is_stopped_keeps_what_is_finished(
    ready: Path, tmp_path: Path, start: Start, monowheel: Run, number: int
) -> None:
    dataset = tmp_path / "dataset"
    mark = tmp_path / "mark"
    slowly = preload(tmp_path, f"time.sleep(0.5); open({str(mark)!r}, 'a').write('x')")
    env = {**os.environ, "DASK_DISTRIBUTED__WORKER__PRELOAD": str(slowly)}
    words = ("fleet", "audit", ready, "--dataset", dataset, "--workers", "1", "--batch", "1", "--json")
    process = start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    while process.poll() is None and (not mark.exists() or len(mark.read_text()) < 4):
        time.sleep(0.05)
    workers = children(process)
    # A terminal sends it to the whole group.
    os.killpg(process.pid, number)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + number, errors
    assert "Traceback" not in errors
    assert json.loads(out)["error"]["kind"] == "interrupted"
    assert psutil.wait_procs(workers, timeout=20)[1] == []
    kept = len(table(dataset, "wheels"))
    assert 0 < kept < 400
    if number == signal.SIGTERM:
        return
    done = monowheel("fleet", "audit", ready, "--dataset", dataset, "--workers", "1", "--json")
    assert json.loads(done.stdout)["counts"]["known"] == kept
    assert len(table(dataset, "wheels")) == 400


def test_two_fleets_on_one_dataset(tmp_path: Path, monowheel: Run) -> None:
    from monowheel.fleet.dataset import Dataset  # noqa: PLC0415 - only with its packages

    (tmp_path / "a.whl").write_bytes(b"")
    code = (
        "import sys; from pathlib import Path; from monowheel.fleet.dataset import Dataset\n"
        "dataset = Dataset(Path(sys.argv[1]), '1', 'x'); print('ready', flush=True); input()"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "dataset")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "ready\n"
        done = monowheel("fleet", "audit", tmp_path / "a.whl", "--dataset", tmp_path / "dataset", "--json")
        first.kill()
    assert done.returncode == 3
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "busy"
    assert f"process {first.pid} on " in error["message"]
    # The lock ended with its process.
    Dataset(tmp_path / "dataset", "1", "x").close()


def test_a_worker_with_another_monowheel_is_refused(tmp_path: Path, monowheel: Run) -> None:
    (tmp_path / "a-1-py3-none-any.whl").write_bytes(wheel("a", "1"))
    path = tmp_path / "other.py"
    path.write_text(
        "from dataclasses import replace\nfrom monowheel.fleet import identity, cluster\n"
        "ours = identity.of_this_machine()\n"
        "identity.of_this_machine.__wrapped__.__code__ = (lambda: OTHER).__code__\n"
        "identity.OTHER = replace(ours, monowheel='0.0.1')\nidentity.of_this_machine.cache_clear()\n",
        encoding="utf-8",
    )
    env = {"DASK_DISTRIBUTED__WORKER__PRELOAD": str(path)}
    done = monowheel("fleet", "audit", tmp_path, "--dataset", tmp_path / "dataset", "--workers", "1", env=env)
    assert done.returncode == 2, done.stderr
    assert "this worker has monowheel 0.0.1 " in done.stderr
    assert "the command has monowheel " in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere"], 2, "no such file or directory"),
        (["empty"], 2, "no wheels in this directory"),
        ([], 2, "nothing to audit"),
        (["a.whl", "--ignore", "no-license"], 2, "an ignore needs a reason"),
        (["a.whl", "--scheduler", "tcp://192.0.2.1:8786"], 2, "not encrypted"),
        (["a.whl", "--scheduler", "tcp://127.0.0.1:9"], 3, "no connection to the scheduler"),
        (["a.whl", "--dataset", "full"], 2, "neither empty nor a dataset"),
        (["a.whl", "--dataset", "newer"], 2, "has the schema monowheel.fleet-dataset/999"),
        (["--projects", "a.whl/x"], 2, "not a regular file"),
    ],
)
def test_bad_input(tmp_path: Path, monowheel: Run, words: list[str], code: int, said: str) -> None:
    for folder in ("empty", "full", "newer"):
        (tmp_path / folder).mkdir()
    (tmp_path / "a.whl").write_bytes(b"")
    (tmp_path / "full" / "thesis.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "newer" / "dataset.json").write_text('{"schema": "monowheel.fleet-dataset/999"}', encoding="utf-8")
    done = monowheel(
        "fleet", "audit", *words, "--json", cwd=tmp_path, env={"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"}
    )
    assert done.returncode == code, done.stderr
    assert said in json.loads(done.stdout)["error"]["message"]
    assert said in done.stderr
    assert (tmp_path / "full" / "thesis.txt").exists()


def test_a_disk_that_is_full_loses_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from monowheel.fleet.dataset import Dataset, parts  # noqa: PLC0415 - only with its packages
    from monowheel.fleet.errors import FleetError  # noqa: PLC0415

    dataset = Dataset(tmp_path / "dataset", "1", "x")
    place = {"origin": "o", "file": "f", "sha256": "0", "size": 1, "modified_ns": 1}
    dataset.add({"places": [{**place, "place": "a"}]})
    dataset.write()
    dataset.add({"places": [{**place, "place": "b"}]})
    real = pq.write_table

    def full(*words: object, **named: object) -> None:
        real(*words, **named)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(FleetError, match="No space left on device") as raised:
        dataset.write()
    assert raised.value.exit_code == 3
    assert [part.name for part in parts(tmp_path / "dataset")] == ["part-00000001"]
    assert list((tmp_path / "dataset" / "parts").glob(".writing-*")) == []
    # There is space again.
    monkeypatch.setattr(pq, "write_table", real)
    dataset.write()
    dataset.close()
    assert {row["place"] for row in table(tmp_path / "dataset", "places")} == {"a", "b"}


def test_a_part_that_was_being_written_does_not_count(tmp_path: Path) -> None:
    from monowheel.fleet.dataset import Dataset  # noqa: PLC0415 - only with its packages

    Dataset(tmp_path, "1", "x").close()
    left = tmp_path / "parts" / ".writing-part-00000001"
    left.mkdir()
    (left / "wheels.parquet").write_bytes(b"PAR1")
    Dataset(tmp_path, "1", "x").close()
    assert not left.exists()


def test_without_its_packages_the_error_has_the_line_that_installs_them(tmp_path: Path) -> None:
    code = (
        "import importlib.util, sys\n"
        "real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name in ('distributed', 'pyarrow') else real(name)\n"
        "from monowheel.__main__ import main\n"
        f"sys.argv = ['monowheel', 'fleet', 'audit', {str(tmp_path)!r}]\n"
        "sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 3, done.stderr
    assert "not installed: distributed, pyarrow" in done.stderr
    assert f"{sys.executable} -m pip install 'monowheel[fleet]'" in done.stderr


def test_as_a_function_it_is_refused() -> None:
    from monowheel._monowheel import run_command  # noqa: PLC0415

    code, _, errors = run_command(["fleet", "audit", "x"], sys.executable)
    assert code == 2
    assert "only as a command of its own" in errors


def test_a_scheduler_that_is_lost_and_comes_back(
    wheels: Path, undisturbed: tuple[Path, Any], tmp_path: Path, start: Start, monowheel: Run
) -> None:
    mark, dataset = tmp_path / "mark", tmp_path / "dataset"
    slowly = preload(tmp_path, f"time.sleep(0.5); open({str(mark)!r}, 'a').write('x')")
    first = Cluster(tmp_path, {"DASK_DISTRIBUTED__WORKER__PRELOAD": str(slowly)})
    try:
        words = ("fleet", "audit", wheels, "--dataset", dataset, "--batch", "1", "--json", "--scheduler")
        process = start(*words, first.address(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while process.poll() is None and (not mark.exists() or len(mark.read_text()) < 4):
            time.sleep(0.05)
    finally:
        first.kill()
    out, errors = process.communicate(timeout=90)
    assert process.returncode == 3, errors
    assert "connection to the scheduler was lost" in json.loads(out)["error"]["message"], errors
    kept = len(table(dataset, "wheels"))
    assert 0 < kept < 205
    second = Cluster(tmp_path, {})
    try:
        done = monowheel(*words, second.address())
    finally:
        second.kill()
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["counts"]["known"] >= kept
    assert rows(dataset) == rows(undisturbed[0])
