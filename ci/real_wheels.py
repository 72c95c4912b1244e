"""Audit real wheels of the index and compare every error and warning with its judgment by hand.

The wheels are in ci/real_wheels.tsv with their hashes; pip fetches each once. A finding that ci/real_wheels.toml does
not judge fails, and so does a judgment without a finding. ``--write`` writes the tables of docs/real-wheels.md.

    nox -s real_wheels -- [--write] [--add "NAME PYTHON ABI PLATFORM"...]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import wheel_list

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "ci" / "real_wheels.tsv"
JUDGMENTS = ROOT / "ci" / "real_wheels.toml"
PAGE = ROOT / "docs" / "real-wheels.md"
WHEELS = ROOT / "target" / "real_wheels"
BEGIN = "<!-- Written by ci/real_wheels.py. -->\n"


class Finding(NamedTuple):
    """The findings of one rule and severity in one wheel."""

    file: str
    severity: str
    rule: str
    members: int


class Judgment(NamedTuple):
    """What was read in the wheels: whether the findings of a rule are true there, and why."""

    rule: str
    files: list[str]
    is_true: bool
    why: str

    def covers(self, finding: Finding) -> bool:
        """Whether it speaks of this finding."""
        return finding.rule == self.rule and any(fnmatch(finding.file, pattern) for pattern in self.files)


def judgments() -> list[Judgment]:
    """Read the judgments."""
    document = tomllib.loads(JUDGMENTS.read_text(encoding="utf-8"))
    return [Judgment(row["rule"], row["files"], row["true"], row["why"]) for row in document["judgment"]]


def audit(wheel: Path) -> list[Finding]:
    """Audit one wheel and count its errors and warnings by rule."""
    command = [sys.executable, "-m", "monowheel", "audit", "--json", str(wheel)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, encoding="utf-8", cwd=WHEELS)
    if done.returncode not in {0, 1}:
        sys.exit(f"{wheel.name}: the audit ended with exit code {done.returncode}")
    (report,) = json.loads(done.stdout)["files"]
    found = Counter((finding["severity"], finding["rule"]) for finding in report["findings"])
    return [
        Finding(wheel.name, severity, rule, members)
        for (severity, rule), members in sorted(found.items())
        if severity != "note"
    ]


def judged(findings: list[Finding], known: list[Judgment]) -> list[tuple[Finding, Judgment]]:
    """Give each finding its judgment; say which have none, and which judgments are about nothing."""
    pairs = [(finding, judgment) for finding in findings for judgment in known if judgment.covers(finding)]
    with_judgment = {finding for finding, _ in pairs}
    missing = [finding for finding in findings if finding not in with_judgment]
    idle = [judgment for judgment in known if not any(judgment is used for _, used in pairs)]
    for finding in missing:
        print(f"not judged: {finding.severity} {finding.rule} in {finding.file} ({finding.members} members)")
    for judgment in idle:
        print(f"without a finding: {judgment.rule} in {' '.join(judgment.files)}")
    if missing or idle:
        sys.exit(f"read these wheels and complete {JUDGMENTS.relative_to(ROOT)}")
    return pairs


def tables(wheels: int, pairs: list[tuple[Finding, Judgment]]) -> str:
    """Write the tables of the page."""
    lines = [BEGIN, f"\n{wheels} wheels. Errors:\n\n| rule | wheel | true | why |\n| --- | --- | --- | --- |\n"]
    for finding, judgment in pairs:
        if finding.severity == "error":
            verdict = "yes" if judgment.is_true else "**no**"
            lines.append(f"| `{finding.rule}` | {finding.file} | {verdict} | {judgment.why} |\n")
    lines.append("\nWarnings:\n\n| rule | wheels | false | why |\n| --- | ---: | ---: | --- |\n")
    warnings = [(finding, judgment) for finding, judgment in pairs if finding.severity == "warning"]
    for rule in sorted({finding.rule for finding, _ in warnings}):
        of_rule = [(finding, judgment) for finding, judgment in warnings if finding.rule == rule]
        false = sum(not judgment.is_true for _, judgment in of_rule)
        why = " ".join(dict.fromkeys(judgment.why for _, judgment in of_rule))
        lines.append(f"| `{rule}` | {len(of_rule)} | {false} | {why} |\n")
    errors = [judgment for finding, judgment in pairs if finding.severity == "error"]
    false_errors = sum(not judgment.is_true for judgment in errors)
    false_warnings = sum(not judgment.is_true for _, judgment in warnings)
    lines.append(
        f"\n{len(errors)} errors, of which {false_errors} are false, and {len(warnings)} warnings (a rule counts "
        f"once a wheel), of which {false_warnings} are false.\n"
    )
    return "".join(lines)


def main() -> int:
    """Fetch, audit, judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the tables of docs/real-wheels.md")
    parser.add_argument("--add", action="append", default=[], help="look for a wheel and add it to the list")
    options = parser.parse_args()
    WHEELS.mkdir(parents=True, exist_ok=True)
    for wanted in options.add:
        with LIST.open("a", encoding="utf-8") as file:
            requirement, python, abi, platform = wanted.split()
            file.write("\t".join(wheel_list.find(requirement, python, abi, platform, WHEELS)) + "\n")
    wheels = wheel_list.fetch(LIST, WHEELS)
    pairs = judged([finding for wheel in wheels for finding in audit(wheel)], judgments())
    text = tables(len(wheels), pairs)
    if options.write:
        head = PAGE.read_text(encoding="utf-8").split(BEGIN)[0]
        PAGE.write_text(head + text, encoding="utf-8")
    else:
        print(text)
    return 1 if any(finding.severity == "error" and not judgment.is_true for finding, judgment in pairs) else 0


if __name__ == "__main__":
    sys.exit(main())
