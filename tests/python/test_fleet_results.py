"""`monowheel fleet query` and `report`, and the parts of a fleet that need no cluster."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if any(importlib.util.find_spec(name) is None for name in ("distributed", "duckdb", "pyarrow")):
    pytest.skip("needs monowheel[fleet]", allow_module_level=True)

from fleet_runs import INDEX, request, write
from fleet_wheels import distinct, extension, wheel
from monowheel.fleet import query
from monowheel.fleet.batches import MOST_WHEELS, Batch, apart, cut
from monowheel.fleet.dataset import parts
from monowheel.fleet.identity import of_this_machine
from monowheel.fleet.query import ask, connect, questions
from monowheel.fleet.sources import Release, Wheel, find
from monowheel.fleet.wording import counted, duration
from monowheel.fleet.worker import Task, audit

if TYPE_CHECKING:
    from conftest import Run

ABI3 = "cp38-abi3-manylinux_2_17_x86_64"
OLD_ABI3 = f"native-1.0-{ABI3}.whl"
HOSTILE = "<img src=x onerror=alert(1)>\u202e"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of 28 wheels with defects, and of one with a module that is not what its tag promises."""
    source = tmp_path_factory.mktemp("source")
    for file, data in distinct(28):
        (source / file).write_bytes(data)
    members = {"native/_native.abi3.so": extension(), f"native/{HOSTILE}.bin": b""}
    data = wheel(
        "native", "1.0", tag=ABI3, members=members, spoil=f"native/{HOSTILE}.bin", generator="bdist_wheel (0.45)"
    )
    (source / OLD_ABI3).write_bytes(data)
    folder = tmp_path_factory.mktemp("results") / "dataset"
    write(folder, source)
    return folder


def answer(dataset: Path, question: str, value: str | None = None) -> list[dict[str, Any]]:
    """Ask, and return the rows of the JSON document."""
    asked = {"question": question, "value": value, "dataset": str(dataset), "json": True}
    (document,) = query.run(asked)
    rows: list[dict[str, Any]] = json.loads(document)["rows"]
    return rows


def test_every_prepared_question_has_an_answer(dataset: Path, monowheel: Run) -> None:
    known = list(questions())
    assert len(known) == 13
    listed = monowheel("fleet", "query")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [question.name for question in known]
    connection = connect(dataset)
    for question in known:
        value = {"symbol-users": "PyErr_Format"}.get(question.name, "3.12") if question.needs_value else None
        connection.execute(question.sql, {"value": value} if value else {}).fetchall()


def test_the_answers(dataset: Path) -> None:
    users = answer(dataset, "symbol-users", "PyErr_Format")
    assert users == [{"name": "native", "releases": 1, "wheels": 1, "stable_since": "3.2"}]
    unstable = {row["symbol"] for row in answer(dataset, "unstable-symbols")}
    used = {row["symbol"]: row["stable_since"] for row in answer(dataset, "symbols")}
    assert unstable == {symbol for symbol, since in used.items() if since is None} != set()
    builders = {row["builder"]: row["wheels"] for row in answer(dataset, "defects-by-builder")}
    assert builders == {"flit": 10, "maturin": 9, "hatchling": 9, "bdist_wheel": 1}
    worst = answer(dataset, "worst")[0]
    assert worst["name"] == "native"
    defects = {row["rule"]: row["wheels"] for row in answer(dataset, "defects") if row["severity"] == "error"}
    assert defects["record-hash-mismatch"] == 5
    covered = {(row["platform"], row["python"]) for row in answer(dataset, "coverage")}
    assert any(python == "3.12" for _, python in covered)
    missing = {(row["name"], row["version"]) for row in answer(dataset, "missing", "3.12")}
    assert ("native", "1.0") not in missing


def test_wheels_that_break_on_a_python(dataset: Path) -> None:
    """The module is one for this Python: on others, symbols are missing, and the question names the wheel."""
    by_version = {minor: answer(dataset, "breaks-on", f"3.{minor}") for minor in range(8, 16)}
    assert {row["file"] for rows in by_version.values() for row in rows} == {OLD_ABI3}
    ours = {row["detail"] for row in by_version[min(sys.version_info.minor, 15)]}
    others = {row["detail"] for rows in by_version.values() for row in rows}
    # It imports here, so that nothing of it is missing from this Python.
    assert not [detail for detail in ours if "missing from CPython" in detail]
    assert [detail for detail in others if "missing from CPython" in detail]


def test_sql_over_the_views(dataset: Path, monowheel: Run) -> None:
    sql = "SELECT count(*) AS n, count(DISTINCT sha256) AS distinct_n FROM wheels"
    assert answer(dataset, sql) == [{"n": 29, "distinct_n": 29}]
    as_text = monowheel("fleet", "query", "SELECT file FROM wheels ORDER BY file LIMIT 1", "-d", dataset)
    assert as_text.stdout == f"file\n{OLD_ABI3}\n"
    hostile = monowheel("fleet", "query", "SELECT member, details FROM findings WHERE name = 'native'", "-d", dataset)
    assert "\u202e" not in hostile.stdout
    assert "<U+202E>" in hostile.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["symbol-user"], "no question symbol-user"),
        (["symbol-users"], "needs a value"),
        (["defects", "3.12"], "takes no value"),
        (["missing", "twelve"], "not a minor version of Python"),
        (["SELECT nothing FROM nowhere"], "DuckDB refuses the query"),
    ],
)
def test_a_wrong_question(dataset: Path, monowheel: Run, words: list[str], said: str) -> None:
    done = monowheel("fleet", "query", *words, "--dataset", dataset)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_without_a_dataset(tmp_path: Path, monowheel: Run) -> None:
    for command in ("query", "report"):
        words = ["defects", "--dataset", tmp_path] if command == "query" else [tmp_path]
        done = monowheel("fleet", command, *words, "--json")
        assert done.returncode == 2
        assert "there is no dataset here" in json.loads(done.stdout)["error"]["message"]


def test_the_page_has_every_section_and_no_markup_of_a_wheel(dataset: Path, tmp_path: Path, monowheel: Run) -> None:
    page = tmp_path / "page.html"
    done = monowheel("fleet", "report", dataset, "--output", page, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["wheels"] == 29
    text = page.read_text(encoding="utf-8")
    for wanted in (
        "record-hash-mismatch",
        "PyErr_Format",
        "bdist_wheel",
        "native",
        "Coverage",
        "manylinux_2_17_x86_64",
    ):
        assert wanted in text, wanted
    assert "<img" not in text
    assert "\u202e" not in text
    assert "<script" not in text
    assert list(tmp_path.glob(".page*")) == []


def test_an_old_version_of_the_rules_does_not_count(tmp_path: Path) -> None:
    """With other ignores every wheel is audited again, and views have the last run's rows only."""
    source, dataset = tmp_path / "source", tmp_path / "dataset"
    source.mkdir()
    for file, data in distinct(8):
        (source / file).write_bytes(data)
    write(dataset, source)
    write(dataset, source, ignore={"record-hash-mismatch": "a test"})
    assert answer(dataset, "SELECT count(*) AS n FROM wheels") == [{"n": 8}]
    assert answer(dataset, "SELECT count(*) AS n FROM all_wheels") == [{"n": 16}]
    assert "record-hash-mismatch" not in [row["rule"] for row in answer(dataset, "defects")]
    sql = "SELECT DISTINCT ignored FROM findings WHERE rule = 'record-hash-mismatch'"
    assert answer(dataset, sql) == [{"ignored": "a test"}]


def test_adding_twice_writes_once(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for file, data in distinct(4):
        (source / file).write_bytes(data)
    for _ in range(2):
        write(tmp_path / "dataset", source)
    assert len(parts(tmp_path / "dataset")) == 1


def test_batches_are_cut_by_bytes_and_a_release_stays_together() -> None:
    def release(number: int, sizes: list[int], *, remote: bool = False) -> Release:
        made = [Wheel(f"{number}/{at}", "o", "f", size, is_remote=remote) for at, size in enumerate(sizes)]
        return Release(tuple(made), str(number), "1")

    releases = [release(0, [60]), release(1, [30, 30]), release(2, [500]), release(3, [10]), release(4, [10])]
    sizes = [[one.name for one in batch.releases] for batch in cut(releases, 100)]
    assert sizes == [["2"], ["0"], ["1"], ["3", "4"]]
    mixed = cut([release(0, [1]), release(1, [1], remote=True), release(2, [1])], 100)
    assert sorted((batch.is_remote, len(batch.releases)) for batch in mixed) == [(False, 2), (True, 1)]
    many = cut([release(number, [1]) for number in range(1000)], 1 << 30)
    assert max(batch.wheels for batch in many) == MOST_WHEELS
    assert sum(batch.wheels for batch in many) == 1000
    alone = apart(Batch((releases[1],)))
    assert [(len(one.releases[0].wheels), one.is_partial) for one in alone] == [(1, True), (1, True)]


def test_a_file_that_changes_while_it_is_read_is_not_in_the_dataset(tmp_path: Path) -> None:
    file, data = next(iter(distinct(1)))
    (tmp_path / file).write_bytes(data)
    (release,) = find(request(tmp_path)).releases
    older = replace(release, wheels=tuple(replace(one, modified_ns=1) for one in release.wheels))
    (result,) = audit(Task((older,), {}, INDEX, of_this_machine()))
    assert result.failures == [(str(tmp_path / file), "it changed while it was read")]
    assert result.rows["wheels"] == []


def test_the_example_answers_the_questions() -> None:
    """It is of the schema that this version reads, and has what its page says."""
    example = Path(__file__).resolve().parents[2] / "docs" / "fleet-example"
    connection = connect(example)
    assert connection.execute("SELECT count(*), count(DISTINCT name) FROM wheels").fetchall() == [(130, 106)]
    assert connection.execute("SELECT count(*) FROM symbols").fetchall() == [(82767,)]
    assert {row[0] for row in connection.execute("SELECT origin FROM places").fetchall()} == {"ci/real_wheels.tsv"}
    assert ask(connection, "worst", None)[1]


def test_numbers_for_people() -> None:
    assert [counted(number, "wheel") for number in (0, 1, 2)] == ["0 wheels", "1 wheel", "2 wheels"]
    assert [duration(seconds) for seconds in (0.4, 61, 3660)] == ["0 s", "1 min 1 s", "1 h 1 min"]
