"""Write the pages of docs/ that are made from data, or check (`--check`) that they are up to date.

The platforms are data (crates/monowheel-project/src/targets.toml), the rules are documented in their own heads
(crates/monowheel-audit/src/rules); a page written by hand would be wrong after the next one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rule_docs import Rule, RuleError, all_rules, groups

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

TARGETS_HEAD = """\
# Targets

<!-- Made by ci/docs_pages.py from crates/monowheel-project/src/targets.toml: change the table there. -->

A target is named by its platform tag. A name without a level (`manylinux_x86_64`) means the lowest
level below; a higher one may be named (`manylinux_2_28_x86_64`). Targets in the first column's
**bold** are built when neither the command line nor `[tool.monowheel]` names any.

The last column says how the wheels of monowheel's example are run for the target: on the machine itself, or by qemu,
wine or node with an interpreter of [the lab](lab.md). [browser.md](browser.md) is about `pyemscripten`, of which each
version is a platform of its own and has to be named. All others are built and audited, and not run. PyPy and GraalPy
have no stable ABI: no target and no interpreter is for them.

| target | Rust targets | with `--windows msvc` | run |
| --- | --- | --- | --- |
"""

RULES_HEAD = """\
# Rules of audit and lint

<!-- Made by ci/docs_pages.py from the heads of the files in crates/monowheel-audit/src/rules: change them there. -->

`monowheel explain RULE` prints the documentation of one rule, `monowheel rules` lists all rules. An **error** means
that an install or an import fails on a promised target, or that the index refuses the file; a **warning** works today
or for most users; a **note** is worth knowing. [audit.md](audit.md) is the guide to the audit. [lint.md](lint.md) is
the guide to the rules on sources, where an **error** is a deadlock, or code that does not compile or import.
"""

GROUPS = {
    "abi": "Python's stable ABI",
    "platform": "Platform tag compatibility",
    "package": "The archive and its metadata",
    "security": "Binary hardening",
    "reproducible": "Reproducibility",
    "set": "Wheels of one release",
    "source": "The sources of a PyO3 project",
}


def name_of(row: dict[str, Any]) -> str:
    """Give the name a user types: SYSTEM, LEVEL, ARCH."""
    # PEP 425's tag of 32-bit Windows is one word.
    if (row["system"], row["arch"]) == ("win", "32"):
        return "win32"
    # universal2 is named without its level, which differs between its two halves.
    level = "" if row["arch"] == "universal2" else row.get("level", "")
    return "_".join(part for part in (row["system"], level, row["arch"]) if part)


def targets() -> str:
    """Render the page of targets."""
    rows = tomllib.loads((ROOT / "crates" / "monowheel-project" / "src" / "targets.toml").read_text(encoding="utf-8"))[
        "target"
    ]
    lines = []
    for row in rows:
        name = f"`{name_of(row)}`"
        triples = ", ".join(f"`{triple}`" for triple in row["triples"])
        msvc = f"`{row['msvc']}`" if "msvc" in row else ""
        bold = f"**{name}**" if row.get("default") else name
        lines.append(f"| {bold} | {triples} | {msvc} | {row.get('run', '')} |\n")
    return TARGETS_HEAD + "".join(lines)


def _section(rule: Rule) -> str:
    """Render one rule below its group: its headings go three levels down."""
    lines = []
    is_code = False
    for line in rule.doc.splitlines():
        is_code ^= line.startswith("```")
        lines.append(f"###{line}" if line.startswith("#") and not is_code else line)
    return f"\n### {rule.id}\n\n*{rule.severity}* · " + "\n".join(lines) + "\n"


def rules() -> str:
    """Render the page of rules: a table, then each in full."""
    every = all_rules()
    page = [RULES_HEAD]
    for group in groups():
        of_group = [rule for rule in every if rule.group == group]
        page.append(f"\n## {GROUPS[group]}\n\n| rule | severity | problem |\n| --- | --- | --- |\n")
        page += [f"| [{rule.id}](#{rule.id}) | {rule.severity} | {rule.summary} |\n" for rule in of_group]
        page += [_section(rule) for rule in of_group]
    return "".join(page)


def main(arguments: list[str]) -> int:
    """Write or check every page and give the exit code."""
    try:
        pages = {DOCS / "targets.md": targets(), DOCS / "rules.md": rules()}
    except RuleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    stale = [page for page, wanted in pages.items() if not page.is_file() or page.read_text(encoding="utf-8") != wanted]
    if arguments == ["--check"]:
        for page in stale:
            print(
                f"error: {page.relative_to(ROOT)} is not what the data says; run: python ci/docs_pages.py",
                file=sys.stderr,
            )
        return 1 if stale else 0
    for page in stale:
        page.write_text(pages[page], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
