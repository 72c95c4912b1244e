"""The reference pages name every variable and every schema that the sources know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.no_wheel,
    pytest.mark.skipif(not (ROOT / "crates").is_dir(), reason="needs the sources"),
]
# Set by monowheel for the programs that it starts or by its own build, or read by its own tests.
INTERNAL = {
    "MONOWHEEL_BREAK_PLAN",
    "MONOWHEEL_FACTS",
    "MONOWHEEL_FINISHED",
    "MONOWHEEL_HOST_UNITS_READY",
    "MONOWHEEL_MADE_IN",
    "MONOWHEEL_OBJECTS",
    "MONOWHEEL_PYTHON_LIBRARY",
    "MONOWHEEL_TEST_MARK",
    "MONOWHEEL_WHEELS",
    "MONOWHEEL_ZIG_TARGET",
}


def sources() -> str:
    """Join the Rust sources, without tests, which are at the end of a file or in files of their own."""
    paths = [path for folder in ("src", "crates") for path in (ROOT / folder).rglob("*.rs")]
    texts = [path.read_text(encoding="utf-8") for path in paths if "tests" not in str(path.relative_to(ROOT))]
    return "\n".join(re.split(r"\n#\[cfg\(.*\btest\b.*\n.*\bmod tests? \{", text)[0] for text in texts)


def test_every_variable_is_documented() -> None:
    page = (ROOT / "docs" / "environment.md").read_text(encoding="utf-8")
    used = set(re.findall(r'"(MONOWHEEL_[A-Z_]*[A-Z])"', sources()))
    documented = set(re.findall(r"MONOWHEEL_[A-Z_]*[A-Z]", page))
    assert used - INTERNAL == documented


def test_every_schema_is_documented() -> None:
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    python = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "python").rglob("*.py"))
    written = set(re.findall(r'"(monowheel\.[a-z-]+/[0-9]+)"', sources() + python))
    assert written == set(re.findall(r"`(monowheel\.[a-z-]+/[0-9]+)`", page))
