"""`monowheel api types`: types at the boundary, called in a real interpreter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Dict

import pytest
from small_project import ROOT

if TYPE_CHECKING:
    from conftest import Run

HELLO = ROOT / "examples" / "hello_world"
CHOSEN = ("i64", "u8", "&str", "Vec<u8>", "&[u8]", "Vec<f64>", "Bound<PyList>", "PyBuffer<f64>", "NaiveDate")
USAGE = 2
Report = Dict[str, Any]


@pytest.fixture(scope="module")
def report(monowheel_once: Run) -> Report:
    """The report on some types and a project. It compiles PyO3, which later runs find in the user's cache."""
    words = [word for name in CHOSEN for word in ("--type", name)]
    done = monowheel_once("api", "types", HELLO, "--floor", "3.8", "--quick", "--json", *words)
    assert done.returncode == 0, done.stderr
    found: Report = json.loads(done.stdout)
    return found


def answer(report: Report, name: str, value: str) -> Report:
    """Return what a type did with a value."""
    at = [one["expression"] for one in report["values"]].index(value)
    (row,) = (row for row in report["types"] if row["type"] == name)
    found: Report = row["answers"][at]
    return found


@pytest.mark.builds
def test_values_at_the_edges_arrive_or_raise(report: Report) -> None:
    assert report["schema"] == "monowheel.api-types/1"
    assert (report["pyo3"], report["floor"]) == ("0.29.3", "3.8")
    assert answer(report, "i64", "True")["becomes"] == "1"
    assert answer(report, "i64", "HasIndex()")["becomes"] == "7"
    assert answer(report, "i64", "2**63")["raises"] == "OverflowError"
    assert answer(report, "u8", "256")["raises"] == "OverflowError"
    assert answer(report, "i64", "1.0")["raises"] == "TypeError"
    assert answer(report, "&str", "'\\U0001f600'")["is_same"]
    assert answer(report, "&str", "'\\ud800'")["raises"] == "UnicodeEncodeError"
    assert answer(report, "Vec<u8>", "bytearray(b'abc')")["becomes"] == "b'abc'"
    assert answer(report, "&[u8]", "bytearray(b'abc')")["raises"] == "TypeError"
    assert answer(report, "Vec<f64>", "(i for i in range(3))")["raises"] == "TypeError"
    # Of another crate, by a feature of PyO3.
    assert answer(report, "NaiveDate", "date(2020, 1, 1)")["is_same"]
    assert answer(report, "NaiveDate", "'x'")["raises"] == "TypeError"
    lossy = answer(report, "Vec<f64>", "[1, 2, 3]")
    assert (lossy["becomes"], lossy["is_same"], lossy["is_equal"]) == ("[1.0, 2.0, 3.0]", False, True)


@pytest.mark.builds
def test_a_type_that_the_floor_does_not_have_is_reported_with_the_floor_that_has_it(report: Report) -> None:
    (missing,) = report["missing"]
    assert (missing["type"], missing["way"], missing["needs_floor"]) == ("PyBuffer<f64>", "argument", "3.11")
    assert "buffer" in missing["why"]
    assert {row["type"] for row in report["types"]} == set(CHOSEN) - {"PyBuffer<f64>"}


@pytest.mark.builds
def test_conversions_of_a_project_are_ranked_with_measured_ways(report: Report) -> None:
    project = report["project"]
    assert project["module"] == "hello_world._hello_world"
    ranked = {(row["type"], row["way"]): row for row in project["ranked"]}
    times = [row["nanoseconds"] for row in project["ranked"]]
    assert times == sorted(times, reverse=True)
    dear = ranked["Vec<f64>", "argument"]
    assert [place[0] for place in dear["places"]] == ["sum_of_squares(values)"]
    ways = {way["instead"]: way["nanoseconds"] for way in dear["cheaper"]}
    assert ways["PyBuffer<f64>"] is None
    assert ways["Bound<PyList>"] < dear["nanoseconds"]
    assert ranked["Option<&str>", "argument"]["measured_as"] == "&str"
    # Not among the types that were asked for.
    assert ("String", "result") in {(row["type"], row["way"]) for row in project["unknown"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--pyo3", "newest"), "is not a version of PyO3"),
        (("--no-cost", "nowhere"), "no such directory"),
        (("--type", "Vec<u9>"), "did you mean Vec<u8>?"),
        (("--with", "chrno"), "did you mean chrono?"),
        (("--floor", "3.99"), "is older than the floor 3.99"),
        (("--python", "2.99"), "no such interpreter"),
        (("--no-abi3", "--floor", "3.10"), "cannot be used with"),
    ],
)
def test_a_mistake_is_reported_before_anything_is_compiled(monowheel: Run, words: tuple[str, str], said: str) -> None:
    done = monowheel("api", "types", *words)
    assert done.returncode == USAGE
    assert said in done.stderr
    assert "compiling" not in done.stderr
