"""`monowheel fleet build` on clusters on this machine: the wheels of `monowheel build`, built once."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
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
from conftest import HOST_TARGET
from fleet_cluster import Cluster, table
from small_project import copy_small

if TYPE_CHECKING:
    from conftest import Run, Start

pytestmark = [pytest.mark.builds, pytest.mark.skipif(sys.platform == "win32", reason="signals")]
WORDS = ("--target", HOST_TARGET, "--abi", "abi3", "--workers", "1", "--json")


def elsewhere(folder: Path) -> dict[str, str]:
    """Return an environment with another home, but the tools and the crates of this one."""
    home = Path.home()
    # zig compiles its C library once for each cache.
    tools = {
        "CARGO_HOME": home / ".cargo",
        "RUSTUP_HOME": home / ".rustup",
        "ZIG_GLOBAL_CACHE_DIR": home / ".cache" / "zig",
    }
    return {
        **{name: os.environ.get(name, str(path)) for name, path in tools.items()},
        "HOME": str(folder),
        "XDG_CACHE_HOME": "",
    }


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of the files in a directory, but for the record."""
    files = (path for path in folder.iterdir() if path.name != "monowheel.json")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def record(folder: Path) -> dict[str, Any]:
    """Return the record in a directory of wheels, without what differs from build to build."""
    document: dict[str, Any] = json.loads((folder / "monowheel.json").read_text(encoding="utf-8"))
    for wheel in document["wheels"]:
        del wheel["seconds"], wheel["verdict"]
    return document


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, monowheel_once: Run) -> tuple[Path, dict[str, Any]]:
    """A directory with a project, the wheels that a fleet with another home built, and its dataset; and the report."""
    root = tmp_path_factory.mktemp("built")
    copy_small(root / "project")
    words = ("fleet", "build", "project", "--out", "out", "--dataset", "dataset", "--pins", "pins.txt", *WORDS)
    done = monowheel_once(*words, cwd=root, env=elsewhere(root / "home"))
    assert done.returncode == 0, done.stderr
    return root, json.loads(done.stdout)


@pytest.fixture
def copied(built: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    """A copy of that directory."""
    root = tmp_path / "copied"
    shutil.copytree(built[0], root, ignore=shutil.ignore_patterns("home"))
    return root


def no_builds(folder: Path) -> dict[str, str]:
    """Return an environment in which workers fail instead of building."""
    path = folder / "preload.py"
    path.write_text(
        "from monowheel.fleet import builder\n"
        "def run(*words):\n    raise OSError('asked to build')\n"
        "builder.commandline.run = run\n",
        encoding="utf-8",
    )
    return {"DASK_DISTRIBUTED__WORKER__PRELOAD": str(path)}


def test_the_files_and_the_record_are_those_of_the_single_command(
    built: tuple[Path, dict[str, Any]], tmp_path: Path, monowheel: Run
) -> None:
    """Another home, another directory and another process give the same bytes."""
    root, report = built
    words = ("build", root / "project", "--target", HOST_TARGET, "--abi", "abi3", "--out", tmp_path / "single")
    single = monowheel(*words)
    assert single.returncode == 0, single.stderr
    ours = root / "out" / "hello_world-0.1.0"
    assert hashes(ours) == hashes(tmp_path / "single")
    assert record(ours) == record(tmp_path / "single")
    assert (report["counts"]["built"], report["tasks"]) == (1, {"submitted": 1, "worker_deaths": 0})


def test_a_second_run_builds_nothing(copied: Path, monowheel: Run) -> None:
    shutil.rmtree(copied / "out")
    words = ("fleet", "build", "project", "--out", "out", "--dataset", "dataset", *WORDS)
    done = monowheel(*words, cwd=copied)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["counts"]["built"], report["counts"]["reused"], report["tasks"]["submitted"]) == (0, 1, 0)
    (wheel,) = (copied / "out" / "hello_world-0.1.0").glob("*.whl")
    (row,) = table(copied / "dataset", "builds")
    assert (row["verdict"], row["sha256"]) == ("built", hashlib.sha256(wheel.read_bytes()).hexdigest())


def test_another_dataset_takes_a_wheel_from_the_cache_only_by_its_pin(
    copied: Path, tmp_path: Path, monowheel: Run
) -> None:
    words = ("fleet", "build", "project", "--out", "out2", "--cache", copied / "dataset" / "wheels", *WORDS)
    pinned = monowheel(*words, "--dataset", "new", "--pins", "pins.txt", cwd=copied)
    assert pinned.returncode == 0, pinned.stderr
    assert json.loads(pinned.stdout)["counts"]["reused"] == 1
    # The cache alone vouches for nothing.
    unpinned = monowheel(*words, "--dataset", "newer", cwd=copied, env=no_builds(tmp_path))
    report = json.loads(unpinned.stdout)
    assert (unpinned.returncode, report["counts"]["reused"], report["tasks"]["submitted"]) == (3, 0, 1)
    (wheel,) = report["releases"][0]["wheels"]
    assert (wheel["verdict"], wheel["why"]) == ("failed", "OSError: asked to build")


def test_a_poisoned_cache_is_reported_and_the_wheel_is_built(
    built: tuple[Path, dict[str, Any]], copied: Path, tmp_path: Path, monowheel: Run
) -> None:
    """The second build has another home, too."""
    (wheel,) = (copied / "dataset" / "wheels").rglob("*.whl")
    honest = wheel.read_bytes()
    wheel.write_bytes(honest + b"evil")
    words = ("fleet", "build", "project", "--out", "out", "--dataset", "dataset", "--pins", "pins.txt", *WORDS)
    done = monowheel(*words, cwd=copied, env=elsewhere(tmp_path / "home"))
    report = json.loads(done.stdout)
    assert done.returncode == 1, done.stderr
    assert [row["file"] for row in report["poisoned"]] == [wheel.name]
    assert (report["different"], report["counts"]["built"]) == ([], 1)
    assert wheel.read_bytes() == honest
    assert hashes(copied / "out" / "hello_world-0.1.0") == hashes(built[0] / "out" / "hello_world-0.1.0")


def test_a_wheel_that_is_not_as_pinned_is_reported(copied: Path, tmp_path: Path, monowheel: Run) -> None:
    """The pins are not changed to what was built, and the cache does not get it."""
    pins = copied / "pins.txt"
    (line,) = (line for line in pins.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    key, sha256, file = line.split()
    forged = f"{key}  {'0' * 64}  {file}\n"
    pins.write_text(forged, encoding="utf-8")
    path = tmp_path / "preload.py"
    # The worker builds the wheel that there is.
    path.write_text(
        "from pathlib import Path\nfrom monowheel.fleet import build, builder\n"
        f"wheel = next(Path({str(copied / 'out')!r}).rglob('*.whl'))\n"
        "def fake(task):\n"
        "    row = {'target': task.target, 'abi': 'abi3', 'verdict': 'built', 'file': wheel.name, 'seconds': 1.0}\n"
        "    return builder.BuiltTarget([row], {wheel.name: wheel.read_bytes()})\n"
        "builder.build.__code__ = (lambda task: builder_fake(task)).__code__\nbuilder.builder_fake = fake\n",
        encoding="utf-8",
    )
    words = ("fleet", "build", "project", "--out", "out2", "--dataset", "new", "--pins", "pins.txt", *WORDS)
    done = monowheel(*words, cwd=copied, env={"DASK_DISTRIBUTED__WORKER__PRELOAD": str(path)})
    report = json.loads(done.stdout)
    assert done.returncode == 1, done.stderr
    assert [(row["sha256"], row["expected"]) for row in report["different"]] == [(sha256, "0" * 64)]
    assert pins.read_text(encoding="utf-8") == forged
    assert list((copied / "new").rglob("*.whl")) == []


def test_an_sdist_does_not_contain_the_dataset(copied: Path, monowheel: Run) -> None:
    """Otherwise each run would build another sdist, and all wheels again."""
    from monowheel.fleet.dataset import Dataset  # noqa: PLC0415 - only with its packages

    project = copied / "project"
    Dataset(project / "fleet", "1", None).close()
    shutil.copytree(copied / "dataset" / "parts", project / "fleet" / "parts", dirs_exist_ok=True)
    shutil.copy(copied / "pins.txt", project)
    done = monowheel("build", project, "--sdist-only", "--out", copied / "sdist", "--json")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["wheels"], record["complete"]) == ([], True)
    assert {row["sdist_sha256"] for row in table(copied / "dataset", "builds")} == {record["sdist"]["sha256"]}


def test_a_worker_that_dies_with_a_build(copied: Path, tmp_path: Path, monowheel: Run) -> None:
    path = tmp_path / "preload.py"
    path.write_text(
        "import os, signal\nfrom monowheel.fleet import builder\n"
        "builder.commandline.run = lambda *words: os.kill(os.getpid(), signal.SIGKILL)\n",
        encoding="utf-8",
    )
    words = ("fleet", "build", "project", "--out", "out2", "--dataset", "new", *WORDS)
    done = monowheel(*words, cwd=copied, env={"DASK_DISTRIBUTED__WORKER__PRELOAD": str(path)})
    report = json.loads(done.stdout)
    assert (done.returncode, report["tasks"]) == (3, {"submitted": 2, "worker_deaths": 2}), done.stderr
    (wheel,) = report["releases"][0]["wheels"]
    assert wheel["why"] == "2 workers ended while they had this task: out of memory?"
    (row,) = table(copied / "new", "builds")
    assert (row["verdict"], row["sha256"]) == ("failed", None)


def test_a_source_that_does_not_compile_has_a_log(copied: Path, monowheel: Run) -> None:
    """The others of the list are built, or taken from the cache."""
    shutil.copytree(copied / "project", copied / "broken")
    (copied / "broken" / "src" / "lib.rs").write_text("not rust\n", encoding="utf-8")
    manifest = copied / "broken" / "Cargo.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("0.1.0", "0.2.0", 1), encoding="utf-8")
    lock = copied / "broken" / "Cargo.lock"
    text = lock.read_text(encoding="utf-8").replace(
        'name = "hello_world"\nversion = "0.1.0"', 'name = "hello_world"\nversion = "0.2.0"'
    )
    lock.write_text(text, encoding="utf-8")
    (copied / "list.txt").write_text("# ours\nproject\nbroken   # soon\nnothing\n", encoding="utf-8")
    words = ("fleet", "build", "--sources", "list.txt", "--out", "out", "--dataset", "dataset", *WORDS)
    done = monowheel(*words, cwd=copied)
    report = json.loads(done.stdout)
    assert done.returncode == 3, done.stderr
    counts = report["counts"]
    assert (counts["reused"], counts["failed"], counts["projects"]) == (1, 1, 2)
    assert [(row["source"], row["exit_code"]) for row in report["unplanned"]] == [("nothing", 2)]
    (wheel,) = next(release["wheels"] for release in report["releases"] if release["release"] == "hello_world-0.2.0")
    log = copied / "dataset" / "logs" / "hello_world-0.2.0" / f"{HOST_TARGET}-abi3.log"
    assert str(log) in wheel["why"]
    assert "expected one of" in log.read_text(encoding="utf-8")
    (row,) = (row for row in table(copied / "dataset", "builds") if row["verdict"] == "failed")
    assert row["log"] == str(log)


def compiles(worker: psutil.Process) -> bool:
    """Whether a compiler runs below a worker."""
    try:
        return any("--crate-name" in process.cmdline() for process in worker.children(recursive=True))
    except psutil.Error:
        # One has just ended.
        return False


def test_ctrl_c_ends_the_builds_of_a_cluster_that_goes_on(copied: Path, tmp_path: Path, start: Start) -> None:
    dask = tmp_path / "dask"
    cluster = Cluster(tmp_path, {"DASK_TEMPORARY_DIRECTORY": str(dask)})
    try:
        address = cluster.address()
        worker = psutil.Process(cluster.processes[1].pid)
        words = ("fleet", "build", copied / "project", "--out", tmp_path / "out", "--dataset", tmp_path / "new")
        process = start(*words, *WORDS[:4], "--scheduler", address, cwd=copied, stderr=subprocess.PIPE)
        while process.poll() is None and not compiles(worker):
            time.sleep(0.05)
        children = worker.children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 130, errors
        assert children
        assert psutil.wait_procs(children, timeout=60)[1] == []
        # It was stopped: a build that ends by itself leaves its wheel.
        assert list(dask.rglob("*.whl")) == []
        assert all(process.poll() is None for process in cluster.processes)
    finally:
        cluster.kill()


def test_a_worker_with_another_configuration_of_cargo_is_refused(copied: Path, tmp_path: Path, monowheel: Run) -> None:
    home = tmp_path / "cargo"
    home.mkdir()
    (home / "config.toml").write_text("[profile.release]\nopt-level = 0\n", encoding="utf-8")
    path = tmp_path / "preload.py"
    path.write_text(f"import os\nos.environ['CARGO_HOME'] = {str(home)!r}\n", encoding="utf-8")
    words = ("fleet", "build", "project", "--out", "out2", "--dataset", "new", *WORDS)
    done = monowheel(*words, cwd=copied, env={"DASK_DISTRIBUTED__WORKER__PRELOAD": str(path)})
    assert done.returncode == 2, done.stderr
    assert "cargo's configuration files of this worker are not those" in json.loads(done.stdout)["error"]["message"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to build"),
        (["."], "no project in this directory or below it"),
        (["nowhere"], "no such directory or sdist"),
        (["--sources", "none"], "not a regular file"),
        (["x==1", "--cache", "gopher://x/y"], "this cache cannot be used"),
        (["x==1", "--pins", "pins"], "not a key, a SHA-256 and a file name"),
    ],
)
def test_bad_input(tmp_path: Path, monowheel: Run, words: list[str], said: str) -> None:
    (tmp_path / "pins").write_text("0 1 x.whl\n", encoding="utf-8")
    done = monowheel("fleet", "build", *words, "--json", cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in json.loads(done.stdout)["error"]["message"]
    if words == ["nowhere"]:
        assert not (tmp_path / "fleet").exists()


def test_a_store_that_fsspec_reaches() -> None:
    from monowheel.fleet.wheel_store import Known, PoisonedError, WheelStore  # noqa: PLC0415 - only with its packages

    store, data = WheelStore("memory://wheels"), b"a wheel"
    wheel = Known(hashlib.sha256(data).hexdigest(), "a-1-py3-none-any.whl")
    assert store.get("ab12", wheel) is None
    store.put("ab12", wheel.file, data)
    assert store.get("ab12", wheel) == data
    with pytest.raises(PoisonedError):
        store.get("ab12", wheel._replace(sha256="0" * 64))
