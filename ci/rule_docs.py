"""Read the audit rules from their sources: the head of each file in crates/monowheel-audit/src/rules/GROUP/.

No build is needed, so the pages can be checked before anything compiles. `monowheel rules --json` prints
the same of the compiled rules; tests/python/test_rules.py compares the two.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "crates" / "monowheel-audit" / "src" / "rules"

# `rule! { /// doc … pub(super) static RULE: "the-id", Group, Severity, One(check); }`
RULE = re.compile(
    r"rule! \{\n(?P<doc>(?:[ \t]*///[^\n]*\n)+)"
    r'\s*(?:pub\([a-z]+\)\s+)?static\s+(?P<name>\w+):\s*"(?P<id>[a-z0-9-]+)",\s*(?P<group>\w+),\s*(?P<severity>\w+),'
)


class Rule(NamedTuple):
    """A rule as described in the head of its file."""

    id: str
    group: str
    severity: str
    doc: str

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.doc.split("\n", 1)[0]


class RuleError(Exception):
    """The sources do not follow the house rules."""


def groups(root: Path = RULES) -> list[str]:
    """List the groups in the order of `monowheel rules`."""
    text = (root / "mod.rs").read_text(encoding="utf-8")
    return re.findall(r"(\w+)::RULES", text)


def _in_file(path: Path) -> dict[str, Rule]:
    """Return the rules of a file by the name of their static."""
    found = {}
    for match in RULE.finditer(path.read_text(encoding="utf-8")):
        doc = re.sub(r"^[ \t]*/// ?", "", match["doc"], flags=re.MULTILINE)
        doc = re.sub(r"[ \t]+$", "", doc, flags=re.MULTILINE).strip() + "\n"
        found[match["name"]] = Rule(match["id"], match["group"].lower(), match["severity"].lower(), doc)
    return found


def rules_of(group: str, root: Path = RULES) -> list[Rule]:
    """Return the rules of a group in the order of its registry."""
    folder = root / group
    registered = re.findall(r"&(\w+)::(\w+)", (folder / "mod.rs").read_text(encoding="utf-8"))
    in_files = {path.stem: _in_file(path) for path in sorted(folder.glob("*.rs")) if path.name != "mod.rs"}
    rules = []
    for module, name in registered:
        rule = in_files.get(module, {}).pop(name, None)
        if rule is None:
            raise RuleError(f"rules/{group}/mod.rs registers {module}::{name}, which {module}.rs does not define")
        if (rule.id.replace("-", "_"), rule.group) != (module, group):
            raise RuleError(f"rules/{group}/{module}.rs defines {rule.id} of the group {rule.group}")
        rules.append(rule)
    for module, rest in in_files.items():
        for rule in rest.values():
            raise RuleError(f"rules/{group}/{module}.rs defines {rule.id}, which mod.rs does not register")
    return rules


def all_rules(root: Path = RULES) -> list[Rule]:
    """Return all rules, group by group."""
    return [rule for group in groups(root) for rule in rules_of(group, root)]
