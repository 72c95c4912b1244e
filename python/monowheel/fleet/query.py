"""``monowheel fleet query``: a dataset as views of DuckDB, with prepared questions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import extra
from .dataset import parts, state
from .errors import FleetError
from .schema import AUDIT_TABLES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

_QUESTIONS = Path(__file__).parent / "questions"
# Of several files at one place, and of several results of one release or task, the last counts.
_LATEST = {
    "places": "place",
    "facts": "file, sha256, revision",
    "releases": "name, version",
    "builds": "key",
    "tests": "key, python, platform, file",
    "verifications": "key, file",
}
# Whether text about a symbol means a Python: it names it or a range that contains it, or none at all.
_NAMES_PYTHON = r"""
CREATE MACRO names_python(said, python) AS (
    NOT regexp_matches(said, '\b3\.\d+') OR list_bool_or(list_transform(
        regexp_extract_all(said, '3\.\d+(?: to 3\.\d+)?'),
        lambda part: CAST(split_part(python, '.', 2) AS INTEGER) BETWEEN
            CAST(regexp_extract(part, '^3\.(\d+)', 1) AS INTEGER)
            AND CAST(regexp_extract(part, '3\.(\d+)$', 1) AS INTEGER)))
)
"""


@dataclass(frozen=True)
class Question:
    """A prepared question."""

    name: str
    about: str
    sql: str

    @property
    def needs_value(self) -> bool:
        """Whether it asks about something: a symbol or a Python."""
        return "$value" in self.sql


def questions() -> Iterator[Question]:
    """Return the prepared questions; their first line describes them."""
    for path in sorted(_QUESTIONS.glob("*.sql")):
        first, _, sql = path.read_text(encoding="utf-8").partition("\n")
        yield Question(path.stem, first.lstrip("- "), sql)


def connect(root: Path) -> DuckDBPyConnection:
    """Open a dataset: a view for each table, with the rows of the current monowheel and rules; ``all_…`` has all."""
    extra.require(extra.QUERY)
    import duckdb  # noqa: PLC0415 - only monowheel[fleet] has it

    current = state(root)["current"]
    if not parts(root):
        raise FleetError(
            "usage", "the dataset has no results yet", place=str(root), next_step="monowheel fleet audit SOURCES"
        )
    # Nothing is downloaded: Parquet is compiled in.
    settings = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    connection = duckdb.connect(config=settings)
    for table in TABLES:
        if not any((root / "parts").glob(f"part-*/{table}.parquet")):
            continue  # All parts are of an earlier monowheel.
        connection.execute(_all_rows(root, table))
        connection.execute(_current_rows(table, current))
    connection.execute(_NAMES_PYTHON)
    return connection


def _all_rows(root: Path, table: str) -> str:
    files = _quoted(str(root.absolute() / "parts" / "part-*" / f"{table}.parquet"))
    shown = "*" if table != "wheels" else "*, lower(regexp_extract(generator, '^[^ (]+')) AS builder"
    return f"CREATE VIEW all_{table} AS SELECT {shown} FROM read_parquet({files}, filename = true)"  # noqa: S608 - quoted


def _current_rows(table: str, current: dict[str, str]) -> str:
    stamp = f"monowheel = {_quoted(current['monowheel'])} AND rules = {_quoted(current['rules'])}"
    wanted = stamp if table in AUDIT_TABLES[1:] else "true"
    only = ""
    if table in _LATEST:
        only = f"QUALIFY row_number() OVER (PARTITION BY {_LATEST[table]} ORDER BY filename DESC) = 1"
    select = f"SELECT * EXCLUDE (filename) FROM all_{table} WHERE {wanted} {only}"  # noqa: S608 - quoted
    return f"CREATE VIEW {table} AS {select}"


def ask(connection: DuckDBPyConnection, name: str, value: str | None) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Answer a prepared question or an SQL query: the columns and the rows."""
    import duckdb  # noqa: PLC0415

    prepared = {question.name: question for question in questions()}.get(name)
    if prepared is None and " " not in name.strip():
        raise FleetError(
            "usage", f"no question {name}", next_step="monowheel fleet query lists the questions; SQL has several words"
        )
    sql = prepared.sql if prepared else name
    if prepared and prepared.needs_value and value is None:
        raise FleetError("usage", f"the question {name} needs a value", next_step=prepared.about)
    if value is not None and "$value" not in sql:
        raise FleetError("usage", f"the question takes no value: {value}", next_step="write $value into the query")
    if prepared and value is not None and "VALUE: 3" in prepared.about and not re.fullmatch(r"3\.\d+t?", value):
        raise FleetError("usage", f"{value} is not a minor version of Python", next_step="give two numbers: 3.15")
    try:
        answer = connection.execute(sql, {"value": value} if value is not None else {})
        return [column[0] for column in answer.description or ()], answer.fetchall()
    except duckdb.Error as error:
        raise FleetError(
            "usage", f"DuckDB refuses the query: {error}", next_step="docs/fleet.md lists the tables"
        ) from error


def run(request: dict[str, Any]) -> Iterator[str]:
    """Answer, and return the lines to print: a table with tabs, or a JSON document."""
    name, value = request["question"], request["value"]
    if name is None:
        known = list(questions())
        if request["json"]:
            told = [{"name": question.name, "about": question.about} for question in known]
            yield _document({"questions": told})
        else:
            width = max(len(question.name) for question in known)
            yield from (f"{question.name:{width}}  {question.about}" for question in known)
        return
    columns, rows = ask(connect(Path(request["dataset"])), name, value)
    if request["json"]:
        yield _document({"question": name, "value": value, "rows": [dict(zip(columns, row)) for row in rows]})
        return
    yield "\t".join(columns)
    yield from ("\t".join("" if field is None else str(field) for field in row) for row in rows)


def _document(answer: dict[str, Any]) -> str:
    # Other types than those of JSON, such as dates, become text.
    return json.dumps({"schema": "monowheel.fleet-query/1", **answer}, indent=2, default=str)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
