"""`monowheel link`: a library for macOS is linked with frameworks on a machine without them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import monowheel as package
import pytest

if TYPE_CHECKING:
    from conftest import Run

CLEAN = 0
FRAMEWORKS = "/System/Library/Frameworks"
CODE = """\
void *CFArrayCreate(void);
void *MTLCreateSystemDefaultDevice(void);
void *objc_getClass(const char *);
void *PyInit_mac(void) { return CFArrayCreate() ? MTLCreateSystemDefaultDevice() : objc_getClass("NSString"); }
"""
TARGETS = ["x86_64-macos.10.12-none", "aarch64-macos.11.0-none"]

pytestmark = pytest.mark.builds


@pytest.fixture(params=TARGETS)
def target(request: pytest.FixtureRequest) -> str:
    """zig's name of a target."""
    return str(request.param)


@pytest.fixture
def link(monowheel: Run, target: str, tmp_path: Path) -> Run:
    """Link the code above with these arguments into `a folder/mac.abi3.so`, as rustc would link it."""
    maturin = shutil.which("maturin", path=str(Path(sys.executable).parent))
    assert maturin, "monowheel[build] has it"
    ziglang = importlib.util.find_spec("ziglang")
    assert ziglang, "as above"
    assert ziglang.origin
    # As passed by a build.
    zig = {"CARGO_ZIGBUILD_ZIG_PATH": str(Path(ziglang.origin).with_name("zig"))}
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "mac.c").write_text(CODE, encoding="utf-8")
    compiled: list[str | Path] = [
        maturin,
        "zig",
        "cc",
        "--",
        "-target",
        target,
        "-c",
        folder / "mac.c",
        "-o",
        folder / "mac.o",
    ]
    subprocess.run(compiled, check=True, timeout=300, env={**os.environ, **zig})

    def linked(*words: str | Path, **_: object) -> subprocess.CompletedProcess[str]:
        fixed = (folder / "mac.o", "-dynamiclib", "-undefined", "dynamic_lookup", "-o", folder / "mac.abi3.so")
        return monowheel("link", maturin, target, *fixed, *words, env={**zig, "SDKROOT": ""})

    return linked


def test_frameworks_and_libraries_of_the_system_are_loaded(link: Run, tmp_path: Path) -> None:
    """Each by its own path; the audit finds no problem with any of them."""
    done = link("-framework", "CoreFoundation", "-Wl,-weak_framework,Metal", "-lobjc", "-lresolv")
    assert done.returncode == CLEAN, done.stderr
    path = tmp_path / "a folder" / "mac.abi3.so"
    library = path.read_bytes()
    for name in ("CoreFoundation", "Metal"):
        assert f"{FRAMEWORKS}/{name}.framework/Versions/A/{name}\0".encode() in library
    for name in ("libobjc.A.dylib", "libresolv.9.dylib", "libSystem.B.dylib"):
        assert f"/usr/lib/{name}\0".encode() in library
    rules = {finding.rule for finding in package.audit(path).findings}
    assert not {rule for rule in rules if rule.startswith("macho-")}


def test_a_framework_that_was_not_named_is_found_by_the_audit(link: Run, tmp_path: Path) -> None:
    """The linker accepts every symbol, because of Python's symbols."""
    done = link("-framework", "CoreFoundation", "-lobjc")
    assert done.returncode == CLEAN, done.stderr
    findings = package.audit(tmp_path / "a folder" / "mac.abi3.so").findings
    found = [finding for finding in findings if finding.rule == "macho-framework-not-loaded"]
    assert found
    assert "MTLCreateSystemDefaultDevice" in found[0].message


def test_a_framework_of_a_later_macos_is_refused(link: Run, tmp_path: Path) -> None:
    """Nothing is linked, and the error says what to change."""
    done = link("-framework", "ScreenCaptureKit")
    assert done.returncode != CLEAN
    assert "from 12.3 on" in done.stderr
    assert "macosx_13_0_universal2" in done.stderr
    assert not (tmp_path / "a folder" / "mac.abi3.so").exists()
