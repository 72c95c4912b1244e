"""`monowheel fleet audit` of an index that is busy, slow or wrong: politely, and nothing is lost."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any

import pytest

if importlib.util.find_spec("distributed") is None or importlib.util.find_spec("pyarrow") is None:
    pytest.skip("needs monowheel[fleet]", allow_module_level=True)

import pyarrow.parquet as pq
from fleet_index import Faults, serving
from fleet_wheels import distinct, extension, hostile, wheel

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

ONE = ("--workers", "1", "--memory", "512")
LARGE = 900 * 1024


def findings(dataset: Path) -> set[tuple[str | None, str, str]]:
    """Return the findings in a dataset: file, rule, message."""
    found = [pq.read_table(path).to_pylist() for path in dataset.glob("parts/part-*/findings.parquet")]
    return {(row["file"], row["rule"], row["message"]) for part in found for row in part}


def projects(folder: Path, names: list[str]) -> Path:
    """Write a list of projects."""
    path = folder / "projects.txt"
    path.write_text("\n".join(names), encoding="utf-8")
    return path


def test_an_index_gives_the_findings_of_its_files(tmp_path: Path, monowheel: Run) -> None:
    """All faults at once: the dataset has what an audit of the same files on disk has, and the rest is named."""
    files = dict(distinct(24)) | hostile()
    files["large-1.0-py3-none-any.whl"] = wheel("large", "1.0", members={"large/data.bin": bytes(LARGE)})
    names = sorted(file for file in files if file.startswith("p0"))
    faults = Faults(
        busy={names[0]: 2, names[5]: 1},
        slow={names[1]},
        redirect={names[2], "large-1.0-py3-none-any.whl"},
        no_hash={names[3]},
        wrong_hash={names[4]},
        broken={names[6]},
    )
    disk = tmp_path / "disk"
    disk.mkdir()
    refused = {names[4], names[6]}
    for file, data in files.items():
        if file not in refused:
            (disk / file).write_bytes(data)
    wanted = [*{file.split("-")[0] for file in files if "-" in file}, "gone", "no such", "P00001", "# comment"]
    with serving(files, faults) as index:
        words = ("--index-url", index.url, "--projects", projects(tmp_path, wanted), "--rate", "200")
        done = monowheel("fleet", "audit", *words, "--dataset", tmp_path / "a", *ONE, "--json")
        report = json.loads(done.stdout)
    assert done.returncode == 3, done.stderr
    places = {failure["place"].rsplit("/", 1)[-1]: failure["why"] for failure in report["failures"]}
    assert set(places) == {*refused, "gone", f"projects.txt:{len(wanted) - 2}"}
    assert "SHA-256" in places[names[4]]
    assert "403" in places[names[6]]
    assert "no index has a project gone" in places["gone"]
    assert monowheel("fleet", "audit", disk, "--dataset", tmp_path / "b", *ONE).returncode == 1

    def of_files(dataset: Path) -> set[Any]:
        # A release with a file that cannot be read is not judged as one.
        return {found for found in findings(dataset) if found[0] is not None}

    nameless = {found for found in of_files(tmp_path / "b") if found[0] == "nameless.whl"}
    assert of_files(tmp_path / "a") == of_files(tmp_path / "b") - nameless
    # A second run asks only for what is missing.
    faults.wrong_hash.clear()
    faults.broken.clear()
    with serving(files, faults) as index:
        words = ("--index-url", index.url, "--projects", projects(tmp_path, wanted[:-4]), "--rate", "200")
        done = monowheel("fleet", "audit", *words, "--dataset", tmp_path / "a", *ONE, "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["counts"]["audited"], report["failures"]) == (1, 2, [])


def test_large_wheels_are_read_in_parts_with_the_hash_of_the_index(tmp_path: Path, monowheel: Run) -> None:
    """Bytes fetched are a fraction of the wheels'; the symbols are there all the same."""
    members = {"big/_big.abi3.so": extension(), "big/data.bin": bytes(4 << 20)}
    data = wheel("big", "1.0", tag="cp38-abi3-manylinux_2_17_x86_64", members=members)
    file = "big-1.0-cp38-abi3-manylinux_2_17_x86_64.whl"
    with serving({file: data}) as index:
        words = ("--index-url", index.url, "big==1.0", "--dataset", tmp_path / "dataset", *ONE, "--json")
        done = monowheel("fleet", "audit", *words)
        assert index.seen.sent < 0.4 * len(data)
    assert json.loads(done.stdout)["failures"] == [], done.stderr
    (row,) = pq.read_table(tmp_path / "dataset" / "parts" / "part-00000001" / "wheels.parquet").to_pylist()
    assert (row["hashed"], row["libraries"]) == ("index", 1)
    symbols = pq.read_table(tmp_path / "dataset" / "parts" / "part-00000001" / "symbols.parquet").to_pylist()
    by_name = {row["symbol"]: row["added"] for row in symbols}
    assert by_name["PyErr_Format"] == "3.2"
    assert None in by_name.values()


def test_the_rate_and_the_connections_are_those_of_the_command_line(tmp_path: Path, monowheel: Run) -> None:
    files = dict(distinct(40))
    wanted = projects(tmp_path, [f"p{number:05}" for number in range(10)])
    with serving(files) as index:
        words = ("--index-url", index.url, "--projects", wanted, "--rate", "25", "--connections", "2")
        done = monowheel("fleet", "audit", *words, "--dataset", tmp_path / "dataset", "--workers", "2", "--json")
        times = index.seen.times
    assert done.returncode == 1, done.stderr
    assert len(times) == 50
    # No second has more requests than allowed, but for one that was about to start.
    assert max(sum(begin <= time < begin + 1 for time in times) for begin in times) <= 26
    assert index.seen.most <= 2


def test_a_lock_file_and_retry_after(tmp_path: Path, monowheel: Run) -> None:
    files = dict(distinct(8))
    busy = [file for file in files if file.startswith("p00000-1.0")]
    with serving(files, Faults(busy=dict.fromkeys(busy, 2), html=True)) as index:
        lock = tmp_path / "requirements.txt"
        lock.write_text(f"--index-url {index.url}\np00000==1.0\np00001==2.0\n", encoding="utf-8")
        words = ("-r", lock, "--connections", "1", "--rate", "1000")
        done = monowheel("fleet", "audit", *words, "--dataset", tmp_path / "dataset", *ONE, "--json")
        asked = [(path, time) for path, time in zip(index.seen.paths, index.seen.times) if "/files/" in path]
    report = json.loads(done.stdout)
    assert (report["counts"]["wheels"], report["counts"]["releases"], report["failures"]) == (4, 2, []), done.stderr
    for file in busy:
        times = [time for path, time in asked if path.endswith(file)]
        assert len(times) == 3
        assert min(after - before for before, after in zip(times, times[1:])) >= 1.0
