"""Write a new rule of audit or lint: its file, its registration, and a fixture that fails until it is written.

python ci/new_rule.py GROUP ID, or nox -s new_rule -- GROUP ID.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rule_docs import all_rules, groups

ROOT = Path(__file__).resolve().parent.parent
USAGE = 2

RULE = """\
{imports}

rule! {{
    /// One sentence that states the problem.
    ///
    /// # What it does
    /// What it checks, and what it compares that with.
    ///
    /// # Why it matters
    /// What breaks, where and for whom; the source of that fact.
    ///
    /// # Example
    /// A real case.
    ///
    /// # Fix
    /// How the maintainer fixes it.
    pub(super) static RULE: "{id}", {group}, Warning, {kind}(check);
}}

fn check({facts}, found: &mut Found<'_>) {{
    let _ = ({name}, found);
}}
"""

FIXTURE = """\
        Fixture::wheel(
            "{id}: what it shows",
            &Wheel::abi3("manylinux_2_17_x86_64"),
            &["{id}"],
        ),
"""

# The groups whose fixtures are not in the file of their own name; rules on sets are tested in their files, and those
# on sources have a file of Rust each.
FIXTURE_FILES = {"set": None, "source": None}

SOURCE = """\
use pyo3::prelude::*;

fn right() {{}}

fn wrong() {{}} //~ {id}
"""


class NewRuleError(Exception):
    """The rule cannot be written; the message says what to change."""


def _rule_text(group: str, rule_id: str) -> str:
    if group == "set":
        imports = "use crate::rule::{Found, rule};\nuse crate::set::Set;"
        facts, kind, name = "set: &Set", "Set", "set"
    elif group == "source":
        imports = "use crate::rule::{Found, rule};\nuse crate::source::Source;"
        facts, kind, name = "source: &Source", "Source", "source"
    else:
        imports = "use crate::facts::Facts;\nuse crate::rule::{Found, rule};"
        facts, kind, name = "facts: &Facts", "One", "facts"
    return RULE.format(imports=imports, id=rule_id, group=group.capitalize(), kind=kind, facts=facts, name=name)


def _registered(text: str, module: str) -> str:
    """Add a rule to the text of a group's mod.rs: `mod x;` in order, `&x::RULE` last."""
    modules = [*re.findall(r"^mod (\w+);$", text, flags=re.MULTILINE), module]
    text = re.sub(r"^mod \w+;\n", "", text, flags=re.MULTILINE)
    lines = "".join(f"mod {name};\n" for name in sorted(modules))
    text = re.sub(r"\n+use crate::rule::Rule;", f"\n\n{lines}\nuse crate::rule::Rule;", text, count=1)
    listed = re.search(r"(static RULES: &\[&Rule\] = &\[)(.*?)(\];)", text, flags=re.DOTALL)
    if listed is None:
        raise NewRuleError("mod.rs of the group has no `static RULES: &[&Rule] = &[…];`")
    rules = [*re.findall(r"&\w+::\w+", listed[2]), f"&{module}::RULE"]
    body = "\n" + "".join(f"    {rule},\n" for rule in rules)
    return text[: listed.start(2)] + body + text[listed.start(3) :]


def _closing(text: str, opening: int) -> int:
    """Return the position of the bracket that closes the one at `opening`; strings may contain any."""
    depth = 0
    is_text = False
    for at in range(opening, len(text)):
        char = text[at]
        if char == '"' and text[at - 1] != "\\":
            is_text = not is_text
        elif not is_text and char in "[]":
            depth += 1 if char == "[" else -1
            if depth == 0:
                return at
    raise NewRuleError("the list of fixtures is not closed")


def _with_fixture(text: str, rule_id: str) -> str:
    """Add a fixture to the text of a file of fixtures: to the list itself, or as one more function in it."""
    head = text.find("fn all()")
    opening = text.find("[", head)
    if head < 0 or opening < 0:
        raise NewRuleError("the file of fixtures has no `fn all()` with a list")
    closing = _closing(text, opening)
    fixture = FIXTURE.format(id=rule_id)
    listed = text[opening + 1 : closing]
    if text[:opening].endswith("vec!"):
        inside = listed.rstrip()
        if inside and not inside.endswith(","):
            inside += ","
        text = f"{text[: opening + 1]}{inside}\n{fixture}    {text[closing:]}"
    else:
        name = rule_id.replace("-", "_")
        function = f"\nfn {name}() -> Vec<Fixture> {{\n    vec![\n{fixture}    ]\n}}\n"
        text = f"{text[: opening + 1]}{listed.rstrip().rstrip(',')}, {name}(){text[closing:]}{function}"
    if not re.search(r"^use crate::forge::wheel::.*\bWheel\b", text, re.MULTILINE):
        text = text.replace("use super::Fixture;", "use super::Fixture;\nuse crate::forge::wheel::Wheel;", 1)
    return text


def write(root: Path, group: str, rule_id: str) -> list[Path]:
    """Write all of it below `root` and return the changed files."""
    crate = root / "crates" / "monowheel-audit"
    rules = crate / "src" / "rules"
    if group not in groups(rules):
        raise NewRuleError(f"there is no group {group}; choose from: {', '.join(groups(rules))}")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", rule_id):
        raise NewRuleError(f"{rule_id} is not a rule id: use words joined by `-` that state the problem")
    if rule_id in {rule.id for rule in all_rules(rules)}:
        raise NewRuleError(f"there is a rule {rule_id} already")
    module = rule_id.replace("-", "_")
    registry = rules / group / "mod.rs"
    texts = {
        rules / group / f"{module}.rs": _rule_text(group, rule_id),
        registry: _registered(registry.read_text(encoding="utf-8"), module),
    }
    file = FIXTURE_FILES.get(group, group)
    if file is not None:
        fixtures = crate / "tests" / "audit" / "fixtures" / f"{file}.rs"
        texts[fixtures] = _with_fixture(fixtures.read_text(encoding="utf-8"), rule_id)
    if group == "source":
        texts[crate / "tests" / "lint" / "sources" / f"{module}.rs"] = SOURCE.format(id=rule_id)
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)


def main(arguments: list[str]) -> int:
    """Write the rule that the arguments name and return the exit code."""
    if len(arguments) != 2:  # noqa: PLR2004 - GROUP and ID
        print("usage: new_rule.py GROUP ID, such as: abi symbol-above-floor", file=sys.stderr)
        return USAGE
    try:
        written = write(ROOT, *arguments)
    except NewRuleError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    for path in written:
        print(path.relative_to(ROOT))
    print("next: write the rule and a near miss, then run cargo fmt and python ci/docs_pages.py")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
