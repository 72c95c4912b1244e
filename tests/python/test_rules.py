"""The rules as documented, listed, explained and created."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Run

ROOT = Path(__file__).resolve().parents[2]


def script(root: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script of ci/ in the checkout `root`."""
    return subprocess.run(
        [sys.executable, str(root / "ci" / name), *arguments],
        check=False,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The parts of the sources that a rule touches."""
    for part in ("ci", "crates/monowheel-audit"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_page_of_rules_is_what_the_command_says(monowheel: Run) -> None:
    listed = json.loads(monowheel("rules", "--json").stdout)["rules"]
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    headings = [line[4:] for line in page.splitlines() if line.startswith("### ")]
    assert headings == [rule["id"] for rule in listed]
    for rule in listed:
        assert f"| [{rule['id']}](#{rule['id']}) | {rule['severity']} | {rule['summary']} |\n" in page


def test_a_rule_is_explained(monowheel: Run) -> None:
    rule = json.loads(monowheel("rules", "--json", "--group", "platform").stdout)["rules"][0]
    assert rule["summary"] in monowheel("explain", rule["id"]).stdout
    assert json.loads(monowheel("explain", rule["id"], "--json").stdout) == {"schema": "monowheel.rule/1", **rule}


@pytest.mark.parametrize(
    ("group", "name"), [("abi", "made-up-thing"), ("platform", "made-up"), ("set", "made-up"), ("source", "made-up")]
)
def test_a_new_rule_is_begun(checkout: Path, group: str, name: str) -> None:
    done = script(checkout, "new_rule.py", group, name)
    assert done.returncode == 0, done.stdout
    module = name.replace("-", "_")
    registry = (checkout / "crates/monowheel-audit/src/rules" / group / "mod.rs").read_text(encoding="utf-8")
    assert f"mod {module};\n" in registry
    assert f"&{module}::RULE,\n];" in registry
    if group == "source":
        fixture = (checkout / f"crates/monowheel-audit/tests/lint/sources/{module}.rs").read_text(encoding="utf-8")
        assert f"//~ {name}\n" in fixture
    elif group != "set":
        fixtures = (checkout / f"crates/monowheel-audit/tests/audit/fixtures/{group}.rs").read_text(encoding="utf-8")
        assert f'&["{name}"]' in fixtures
    again = script(checkout, "new_rule.py", group, name)
    assert again.returncode == 2
    assert "already" in again.stdout


@pytest.mark.parametrize("arguments", [[], ["abi"], ["none", "made-up"], ["abi", "Made_Up"], ["abi", "one"]])
def test_a_rule_that_cannot_be_begun(checkout: Path, arguments: list[str]) -> None:
    assert script(checkout, "new_rule.py", *arguments).returncode == 2


def test_an_unregistered_rule_stops_the_page(checkout: Path) -> None:
    assert script(checkout, "new_rule.py", "abi", "made-up-thing").returncode == 0
    (checkout / "docs").mkdir()
    registry = checkout / "crates/monowheel-audit/src/rules/abi/mod.rs"
    registry.write_text(
        registry.read_text(encoding="utf-8").replace("    &made_up_thing::RULE,\n", ""), encoding="utf-8"
    )
    look = "import sys; sys.path.insert(0, 'ci'); import rule_docs; rule_docs.all_rules()"
    done = subprocess.run(
        [sys.executable, "-c", look], check=False, cwd=checkout, capture_output=True, encoding="utf-8"
    )
    assert "does not register" in done.stderr
