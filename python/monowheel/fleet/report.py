"""``monowheel fleet report``: one self-contained HTML page about a dataset, without scripts."""

from __future__ import annotations

import os
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Sequence

from .dataset import state
from .errors import FleetError
from .query import ask, connect

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# The sections: a prepared question, its heading, and the most rows that are shown.
_SECTIONS = (
    ("worst", "Projects with the most errors", 50),
    ("defects", "Findings by rule", 200),
    ("defects-by-builder", "Wheels by builder", 50),
    ("defects-by-year", "Wheels by year of upload", 50),
    ("symbols", "Symbols of Python", 100),
    ("unstable-symbols", "Symbols outside the stable ABI in wheels for it", 100),
)
_TOTALS = (
    ("wheels", "SELECT count(*) FROM wheels"),
    ("releases", "SELECT count(*) FROM releases"),
    ("projects", "SELECT count(DISTINCT name) FROM wheels"),
    ("errors", "SELECT count(*) FROM findings WHERE severity = 'error' AND ignored IS NULL"),
    ("warnings", "SELECT count(*) FROM findings WHERE severity = 'warning' AND ignored IS NULL"),
    ("end workers", "SELECT count(*) FROM wheels WHERE status = 'ended-workers'"),
)
_STYLE = """
:root { color-scheme: light dark; --line: #8886; --faint: #777; --bar: #6b8fb888; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
dl { display: flex; flex-wrap: wrap; gap: .5rem; } dl div { border: 1px solid var(--line); border-radius: .4rem;
  padding: .4rem .75rem; display: flex; flex-direction: column-reverse; flex: 1 1 6rem; }
dt { color: var(--faint); font-size: .875rem; } dd { margin: 0; font-size: 1.35rem; font-weight: 700; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; } .faint { color: var(--faint); }
td { overflow-wrap: anywhere; } .share { background: linear-gradient(to right, var(--bar) var(--part), transparent 0); }
"""


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Write the page, and return the JSON document of the result."""
    root, output = Path(request["dataset"]), Path(request["output"])
    connection = connect(root)
    current = state(root)["current"]
    totals = {name: connection.execute(sql).fetchall()[0][0] for name, sql in _TOTALS}
    page = _page(connection, totals, current)
    try:
        _write(output, page)
    except OSError as error:
        raise FleetError(
            "io",
            f"the page cannot be written: {error.strerror}",
            place=str(output),
            next_step="choose another file: --output FILE",
        ) from error
    return {"schema": "monowheel.fleet-report/1", "dataset": str(root), "page": str(output), "counts": totals}


def _write(output: Path, page: str) -> None:
    """Write the complete page or nothing."""
    file, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}-")
    temporary = Path(name)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            stream.write(page)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(output)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _page(connection: DuckDBPyConnection, totals: dict[str, int], current: dict[str, str]) -> str:
    counts = "".join(f"<div><dt>{escape(name)}</dt><dd>{count:,}</dd></div>" for name, count in totals.items())
    sections = [_section(connection, *section) for section in _SECTIONS]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Fleet audit</title>'
        f"<style>{_STYLE}</style></head><body><h1>Fleet audit</h1>"
        f'<p class="faint">monowheel {escape(current["monowheel"])}, rules {escape(current["rules"])}</p>'
        f"<dl>{counts}</dl>{''.join(sections)}{_coverage(connection, totals['releases'])}</body></html>\n"
    )


def _section(connection: DuckDBPyConnection, question: str, heading: str, most: int) -> str:
    columns, rows = ask(connection, question, None)
    more = f'<p class="faint">and {len(rows) - most} more: monowheel fleet query {question}</p>' if rows[most:] else ""
    return f"<h2>{escape(heading)}</h2>{_table(columns, rows[:most])}{more}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    if not rows:
        return '<p class="faint">none</p>'
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever a query gives
    if isinstance(value, (int, float)):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{escape(_visible(str(value)))}</td>" if value is not None else '<td class="faint">none</td>'


def _visible(text: str) -> str:
    """Return text without characters that change the direction or the look of what is around them."""
    return "".join(letter if letter.isprintable() else f"<U+{ord(letter):04X}>" for letter in text)


def _coverage(connection: DuckDBPyConnection, releases: int) -> str:
    """Return a table of platforms and Pythons: the share of the releases that an installer finds a wheel of."""
    _, rows = ask(connection, "coverage", None)
    pythons = list(dict.fromkeys(sorted((row[1] for row in rows), key=_order)))
    by_platform: dict[str, dict[str, int]] = {}
    for platform, python, count in rows:
        by_platform.setdefault(platform, {})[python] = count
    head = "".join(f"<th>{escape(python)}</th>" for python in pythons)
    body = ""
    for platform, covered in by_platform.items():
        shares = "".join(_share(covered.get(python, 0), releases) for python in pythons)
        body += f"<tr><th>{escape(_visible(platform))}</th>{shares}</tr>"
    table = f'<div class="scroll"><table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    shown = table if rows else '<p class="faint">none</p>'
    return f"<h2>Coverage</h2><p>Releases that an installer finds a wheel of, by platform and CPython.</p>{shown}"


def _order(python: str) -> tuple[int, str]:
    minor = python.rstrip("t").partition(".")[2]
    return (int(minor) if minor.isdigit() else 0, python)


def _share(count: int, releases: int) -> str:
    percent = round(100 * count / releases) if releases else 0
    return f'<td class="number share" style="--part: {percent}%">{count:,}</td>'
