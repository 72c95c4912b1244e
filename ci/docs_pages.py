"""Write the pages of docs/ that are made from data, or check (`--check`) that they are up to date.

The table of platforms is data of the core (src/build/targets.toml); a page written by hand would be
wrong after the next row.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
TARGETS = ROOT / "src" / "build" / "targets.toml"
PAGE = ROOT / "docs" / "targets.md"

HEAD = """\
# Targets

<!-- Made by ci/docs_pages.py from src/build/targets.toml: change the table there. -->

A target is named by its platform tag. A name without a level (`manylinux_x86_64`) means the lowest
level below; a higher one may be named (`manylinux_2_28_x86_64`). Targets in the first column's
**bold** are built when neither the command line nor `[tool.monowheel]` names any.

| target | Rust targets | with `--windows msvc` |
| --- | --- | --- |
"""


def name_of(row: dict[str, Any]) -> str:
    """Give the name a user types: SYSTEM, LEVEL, ARCH."""
    # PEP 425's tag of 32-bit Windows is one word.
    if (row["system"], row["arch"]) == ("win", "32"):
        return "win32"
    # universal2 is named without its level, which differs between its two halves.
    level = "" if row["arch"] == "universal2" else row.get("level", "")
    return "_".join(part for part in (row["system"], level, row["arch"]) if part)


def page(rows: list[dict[str, Any]]) -> str:
    """Render the page of targets."""
    lines = []
    for row in rows:
        name = f"`{name_of(row)}`"
        triples = ", ".join(f"`{triple}`" for triple in row["triples"])
        msvc = f"`{row['msvc']}`" if "msvc" in row else ""
        lines.append(f"| {f'**{name}**' if row.get('default') else name} | {triples} | {msvc} |\n")
    return HEAD + "".join(lines)


def main(arguments: list[str]) -> int:
    """Write or check every page and give the exit code."""
    wanted = page(tomllib.loads(TARGETS.read_text(encoding="utf-8"))["target"])
    if arguments == ["--check"]:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == wanted:
            return 0
        print(
            f"error: {PAGE.relative_to(ROOT)} is not what the data says; run: python ci/docs_pages.py", file=sys.stderr
        )
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
