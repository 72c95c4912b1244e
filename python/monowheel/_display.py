"""How notebooks show the results of ``monowheel.commands``: a heading and a table."""

from __future__ import annotations

from html import escape
from typing import Mapping

# A notebook aligns cells to the right.
_STYLE = "text-align: left; white-space: pre-wrap; vertical-align: top"
_HIDDEN = {"ok", "document", "name", "version"}


def page(kind: str, result: Mapping[str, object]) -> str:
    """Return a result of a command, as its attributes, as HTML: the verdict, the texts, and the rows."""
    title = " ".join(str(result[key]) for key in ("name", "version") if key in result)
    verdict = "ok" if result["ok"] else "not ok"
    parts = [f"<p><strong>{escape(f'{kind} {title}'.strip())}</strong>: {verdict}</p>"]
    for key, value in result.items():
        if isinstance(value, list):
            parts.append(_table([dict(vars(row)) for row in value]) if value else f"<p>no {escape(key)}</p>")
        elif key == "text":
            parts.append(f"<pre>{escape(str(value))}</pre>")
        elif key not in _HIDDEN:
            parts.append(f"<p>{escape(key)}: {escape(str(value))}</p>")
    return "".join(parts)


def _table(rows: list[dict[str, object]]) -> str:
    """Return the rows as a table, without columns in which there is nothing."""
    shown = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    lines = "".join(f"<tr>{_cells('td', [row[name] for name in shown])}</tr>" for row in rows)
    return f"<table><thead><tr>{_cells('th', list(shown))}</tr></thead><tbody>{lines}</tbody></table>"


def _cells(element: str, values: list[object]) -> str:
    texts = ("" if value is None else escape(str(value)) for value in values)
    return "".join(f'<{element} style="{_STYLE}">{text}</{element}>' for text in texts)
