"""Packages and advisories of ./ci/test and the workflows: locked by hash, and reported if not checked."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.no_wheel, pytest.mark.skipif(sys.platform != "linux", reason="the suite is for Linux")]

ROOT = Path(__file__).resolve().parents[2]
CI = ROOT / "ci"
LOCKS = sorted((CI / "locks").glob("*.txt"))
# A program in place of cargo-deny, and the result of the step.
STEP = """\
import sys
from pathlib import Path

sys.path.insert(0, {ci!r})
from suite import rust
from suite.step import FailedError, SkippedError

rust.cargo_deny = lambda: Path({program!r})
try:
    rust.advisories()
except FailedError as error:
    print("failed:", error)
except SkippedError as error:
    print("skipped:", error)
else:
    print("passed")
"""


def advisories(network: str, program: str) -> str:
    """Run the step, and return its last line."""
    code = STEP.format(ci=str(CI), program=program)
    environment = {"NETWORK": network, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8", env=environment, cwd=CI
    )
    return done.stdout.splitlines()[-1]


def test_advisories_that_could_not_be_looked_at_never_pass() -> None:
    closed = advisories("closed", "/bin/true")
    assert closed.startswith("skipped: ")
    assert "NETWORK=open" in closed
    assert advisories("open", "/bin/true") == "passed"
    assert advisories("open", "/bin/false").startswith("failed: ")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_of_a_lock_has_one_version_and_hashes(lock: Path) -> None:
    entries = re.split(r"^(?=\S)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==[\w.!+]+( ; [^\n]+)? \\\n", entry), entry
        hashes = re.findall(r"^ {4}--hash=sha256:([0-9a-f]{64})(?: \\)?$", entry, flags=re.MULTILINE)
        assert len(hashes) == len(entry.splitlines()) - 1 > 0, entry


def test_what_tests_want_is_locked() -> None:
    """An unlocked requirement is missing on a fresh machine."""
    for name in ("dev", "test"):
        lock = (CI / "locks" / f"{name}.txt").read_text(encoding="utf-8")
        for line in (CI / f"requirements-{name}.txt").read_text(encoding="utf-8").splitlines():
            wanted = re.match(r"[A-Za-z0-9._-]+", line)
            if wanted and not line.startswith("-"):
                normalized = re.sub(r"[-_.]+", "-", wanted.group()).lower()
                assert re.search(rf"^{re.escape(normalized)}==", lock, flags=re.MULTILINE), f"{line}: ci/lock_tools.py"


def test_nothing_is_installed_without_a_hash() -> None:
    for path in (CI / "bootstrap", CI / "wheels", CI / "interpreters", ROOT / "tox.ini"):
        for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
            if re.search(r"pip (install|wheel)", line):
                assert "--require-hashes" in line or "--no-index" in line, f"{path.name}: {line}"
    assert "deps = -r ci/locks/test.txt" in (ROOT / "tox.ini").read_text(encoding="utf-8")
