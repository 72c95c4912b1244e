"""Kept facts of a dataset: other rules judge wheels by them, and nothing of the wheels is read."""

from __future__ import annotations

import importlib.util
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

if any(importlib.util.find_spec(name) is None for name in ("distributed", "pyarrow")):
    pytest.skip("needs monowheel[fleet]", allow_module_level=True)

import pyarrow as pa
import pyarrow.parquet as pq
from fleet_cluster import rows, table
from fleet_index import serving
from fleet_runs import INDEX, write
from fleet_wheels import distinct, extension, wheel
from monowheel.fleet.dataset import Dataset, parts
from monowheel.fleet.errors import FleetError
from monowheel.fleet.identity import of_this_machine
from monowheel.fleet.kept_facts import KeptFacts
from monowheel.fleet.sources import Release, Wheel

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run
    from monowheel.fleet.worker import Result

# Other ignores are other rules: nothing that is known counts.
OTHER = {"record-hash-mismatch": "a test"}
NATIVE = "native-1.0-cp38-abi3-manylinux_2_17_x86_64.whl"


def files() -> dict[str, bytes]:
    """Return wheels by name: small ones with and without a defect, and a large one with a library."""
    members = {"native/_native.abi3.so": extension(), "native/data.bin": bytes(1 << 20)}
    native = wheel("native", "1.0", tag="cp38-abi3-manylinux_2_17_x86_64", members=members)
    return {**dict(distinct(8)), NATIVE: native}


def tree(folder: Path) -> Path:
    """Write the wheels to a directory."""
    folder.mkdir()
    for file, data in files().items():
        (folder / file).write_bytes(data)
    return folder


def current(dataset: Path) -> dict[str, Any]:
    """Return the rows of the last run, of the tables of audits."""
    stamp = json.loads((dataset / "dataset.json").read_text(encoding="utf-8"))["current"]["rules"]
    return {
        name: {row: count for row, count in found.items() if json.loads(row).get("rules", stamp) == stamp}
        for name, found in rows(dataset).items()
    }


def by_facts(results: list[Result]) -> int:
    """Return the number of wheels that were judged by kept facts."""
    return sum(result.from_facts for result in results)


def erase(path: Path) -> None:
    """Replace the bytes of a file by others; its size and time are the same."""
    state = path.stat()
    path.write_bytes(bytes(state.st_size))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def test_other_rules_judge_kept_facts_and_fetch_nothing(tmp_path: Path, monowheel: Run) -> None:
    """The command: the second run downloads no byte of a wheel, and has the rows of an undisturbed run."""
    releases = sorted({"==".join(file.split("-")[:2]) for file in files()})
    with serving(files()) as index:
        words: list[str | Path] = ["fleet", "audit", *releases, "--index-url", index.url, "--rate", "1000"]
        words += ["--workers", "1", "--memory", "512", "--json", "--dataset", tmp_path / "dataset"]
        first = monowheel(*words, "--keep-facts")
        assert json.loads(first.stdout)["counts"]["from_facts"] == 0, first.stderr
        sent = index.seen.sent
        assert sent > 0
        ignored = [word for rule, reason in OTHER.items() for word in ("--ignore", f"{rule}={reason}")]
        done = monowheel(*words, *ignored)
        assert index.seen.sent == sent
        counts = json.loads(done.stdout)["counts"]
        assert (counts["audited"], counts["from_facts"], counts["known"]) == (9, 9, 0), done.stderr
        write(tmp_path / "undisturbed", *releases, ignore=OTHER, index={**INDEX, "index_url": index.url})
    assert current(tmp_path / "dataset") == current(tmp_path / "undisturbed")
    # Parts of the large wheel were read, and that is what its facts say.
    hashed = {row["file"]: row["hashed"] for row in table(tmp_path / "dataset", "wheels")}
    assert (hashed.pop(NATIVE), set(hashed.values())) == ("index", {"file"})


def test_no_byte_of_a_known_file_is_read_and_changed_ones_are(tmp_path: Path) -> None:
    source, dataset = tree(tmp_path / "source"), tmp_path / "dataset"
    assert by_facts(write(dataset, source, keep_facts=True)) == 0
    write(tmp_path / "undisturbed", source, ignore=OTHER)
    for path in source.iterdir():
        erase(path)
    assert by_facts(write(dataset, source, ignore=OTHER, keep_facts=True)) == 9
    assert current(dataset) == current(tmp_path / "undisturbed")
    # The facts are there once.
    assert len(facts(dataset)) == 9
    changed = source / NATIVE
    changed.write_bytes(b"not a wheel")
    results = write(dataset, source, ignore={**OTHER, "empty-wheel": "a test"}, keep_facts=True)
    assert by_facts(results) == 8
    assert [row["rule"] for row in table(dataset, "findings") if row["file"] == NATIVE][-1] == "unreadable"
    assert len(facts(dataset)) == 10


def facts(dataset: Path) -> list[dict[str, Any]]:
    """Return the rows of the kept facts."""
    return [row for part in parts(dataset) for row in pq.read_table(part / "facts.parquet").to_pylist()]


def test_without_the_option_no_facts_are_kept(tmp_path: Path) -> None:
    source, dataset = tree(tmp_path / "source"), tmp_path / "dataset"
    write(dataset, source)
    assert facts(dataset) == []
    assert by_facts(write(dataset, source, ignore=OTHER)) == 0


def test_parts_of_a_wheel_are_not_all_of_it(tmp_path: Path) -> None:
    """Facts of a wheel that was read in parts do not serve where all of it is to be read."""
    dataset = tmp_path / "dataset"
    with serving(files()) as index:
        settings = {**INDEX, "index_url": index.url}
        write(dataset, "native==1.0", index=settings, keep_facts=True)
        assert [row["hashed"] for row in facts(dataset)] == ["index"]
        whole = {**settings, "whole": True}
        assert by_facts(write(dataset, "native==1.0", ignore=OTHER, index=whole, keep_facts=True)) == 0
        assert [row["hashed"] for row in facts(dataset)] == ["index", "file"]
        # Facts of a complete wheel serve for parts, too.
        assert by_facts(write(dataset, "native==1.0", ignore={"empty-wheel": "a test"}, index=settings)) == 1


def rewrite(dataset: Path, change: dict[str, Any]) -> None:
    """Change columns of all kept facts."""
    for part in parts(dataset):
        path = part / "facts.parquet"
        kept = pq.read_table(path)
        pq.write_table(pa.Table.from_pylist([{**row, **change} for row in kept.to_pylist()], kept.schema), path)


@pytest.mark.parametrize("change", [{"revision": "0" * 16}, {"facts": b"damaged"}])
def test_facts_of_another_revision_and_damaged_ones_are_not_used(tmp_path: Path, change: dict[str, Any]) -> None:
    source, dataset = tree(tmp_path / "source"), tmp_path / "dataset"
    write(dataset, source, keep_facts=True)
    rewrite(dataset, change)
    assert by_facts(write(dataset, source, ignore=OTHER, keep_facts=True)) == 0
    write(tmp_path / "undisturbed", source, ignore=OTHER)
    assert current(dataset) == current(tmp_path / "undisturbed")
    # The new ones count.
    assert by_facts(write(dataset, source, ignore={"empty-wheel": "a test"})) == 9


def test_a_file_of_facts_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    source, dataset = tree(tmp_path / "source"), tmp_path / "dataset"
    write(dataset, source, keep_facts=True)
    path = parts(dataset)[0] / "facts.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(FleetError, match="cannot be read") as raised:
        write(dataset, source, ignore=OTHER)
    assert raised.value.place == str(path)
    path.unlink()
    assert by_facts(write(dataset, source, ignore=OTHER)) == 0


def test_facts_are_written_and_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part ends when it has many bytes of facts, and of a part only the wanted pieces are read."""
    monkeypatch.setattr("monowheel.fleet.dataset._PART_FACTS", 64 << 10)
    monkeypatch.setattr("monowheel.fleet.dataset._GROUP_FACTS", 4 << 10)
    root = tmp_path / "dataset"
    dataset = Dataset(root, "1", "x")
    counts = dict.fromkeys(("errors", "warnings", "notes", "ignored"), 0)
    releases = []
    for number in range(72):
        key = {"file": f"f{number}", "sha256": str(number)}
        row = {**key, "revision": "r", "hashed": "file", "facts": number.to_bytes(1, "big") * (1 << 10)}
        assert dataset.is_full == (number >= 64)
        dataset.add({"wheels": [{**key, **counts, "status": "audited"}], "facts": [row]})
        found = Wheel(f"http://{number}", "o", key["file"], 1, sha256=key["sha256"], is_remote=True)
        releases.append(Release((found,), "p", str(number)))
    assert dataset.is_full
    dataset.write()
    assert not dataset.is_full
    assert pq.read_metadata(parts(root)[0] / "facts.parquet").num_row_groups > 10
    kept = KeptFacts(dataset, "r", releases, reread=False, whole=False)
    for number in (0, 71, 35):
        ((place, found),) = kept.of([releases[number]]).items()
        assert (place, found.stored[:1], found.sha256) == (f"http://{number}", bytes([number]), str(number))
    assert KeptFacts(dataset, "other", releases, reread=False, whole=False).of(releases) == {}
    dataset.close()


def test_a_worker_with_other_facts_is_another_monowheel() -> None:
    ours = of_this_machine()
    other = replace(ours, facts="0" * 16)
    assert other != ours
    assert "facts 0000000000000000" in other.shown()
