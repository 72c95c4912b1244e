"""Write the tables of docs/book/types.md, as `monowheel api types` measures them: [ARGUMENT...], passed on to it.

Between the marks `<!-- measured: NAME -->` and `<!-- end -->`, NAME is a heading in its Markdown, or `how`:
the PyO3, floor, Python and date. Run it on a quiet machine.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "book" / "types.md"
FIXED = ["--pyo3", "0.29.3", "--floor", "3.10"]


def parts(markdown: str) -> dict[str, str]:
    """Return the tables by their headings in lower case, and the last paragraph as `how`."""
    found = {}
    for section in re.split(r"^## ", markdown, flags=re.MULTILINE)[1:]:
        heading, _, rest = section.partition("\n")
        table, _, after = rest.strip().partition("\n\n")
        found[heading.lower()] = table
        found["how"] = after.strip()
    return found


def main() -> None:
    """Measure, and write the page."""
    call = [sys.executable, "-m", "monowheel", "api", "types", *FIXED, "--markdown", *sys.argv[1:]]
    measured = parts(subprocess.run(call, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout)

    def filled(match: re.Match[str]) -> str:
        return f"{match[1]}\n\n{measured[match[2]]}\n\n<!-- end -->"

    text = PAGE.read_text(encoding="utf-8")
    text, count = re.subn(r"(<!-- measured: (\w+) -->).*?<!-- end -->", filled, text, flags=re.DOTALL)
    if count != len(measured):
        sys.exit(f"{PAGE.name} has {count} marks for {sorted(measured)}")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
