"""The compiled dependencies that ./ci/test keeps: cargo takes them, and nothing of the repository is among them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.no_wheel, pytest.mark.skipif(sys.platform != "linux", reason="the suite is for Linux")]

CI = Path(__file__).resolve().parents[2] / "ci"
# Restores, compiles and keeps, as a step does; returns what cargo said.
STEP = """\
import subprocess, sys
from pathlib import Path

sys.path.insert(0, {ci!r})
from suite import compiled

compiled.PLACE, compiled.USED = Path({place!r}), {used}
compiled.own_names = lambda: frozenset({{"own-crate", "own_crate"}})
root = Path.cwd()
kept = compiled.Compiled("test", root / "target", ("debug",), root / "Cargo.lock")
kept.restore()
subprocess.run(["cargo", "build", "-v"], check=True)
kept.keep()
"""
MANIFEST = (
    '[package]\nname = "own-crate"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nitoa = "1"\n[workspace]\n'
)


def states(folder: Path, place: Path, *, used: bool = True) -> dict[str, str]:
    """Compile a checkout; return whether each crate was `Fresh` or `Compiling`."""
    code = STEP.format(ci=str(CI), place=str(place), used=used)
    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=folder, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return {crate: state for state, crate in re.findall(r"^ +(Fresh|Compiling) (\S+)", done.stderr, re.MULTILINE)}


@pytest.mark.skipif(not shutil.which("cargo"), reason="needs cargo")
def test_a_fresh_checkout_compiles_only_its_own_crates(tmp_path: Path) -> None:
    place = tmp_path / "kept"
    for name in ("first", "second", "third"):
        (tmp_path / name / "src").mkdir(parents=True)
        (tmp_path / name / "Cargo.toml").write_text(MANIFEST, encoding="utf-8")
        (tmp_path / name / "src" / "lib.rs").write_text("pub use itoa::Buffer;\n", encoding="utf-8")
        if name == "first":
            subprocess.run(["cargo", "generate-lockfile"], cwd=tmp_path / name, check=True, capture_output=True)
        else:
            shutil.copy(tmp_path / "first" / "Cargo.lock", tmp_path / name)
    # That of an earlier lock file.
    (place / "test-0123").mkdir(parents=True)
    everything = {"itoa": "Compiling", "own-crate": "Compiling"}
    assert states(tmp_path / "first", place) == everything
    assert len(list(place.iterdir())) == 1
    assert not (place / "test-0123").exists()
    assert [path.name for path in place.rglob("*") if "own" in path.name] == []
    assert states(tmp_path / "second", place) == {**everything, "itoa": "Fresh"}
    assert states(tmp_path / "third", place, used=False) == everything
