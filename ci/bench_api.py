"""Time `monowheel api`: reading a crate of 100,000 lines, and comparing two releases of 100 wheels each.

The first is `crates/monowheel-api/benches/surface.rs`, an optimized build of monowheel-api alone. The second is the
command line as it is installed, with synthesized wheels: each with a stub of 1,000 functions and 100 classes, and a
module of 4 MB. Exit code 1 when a median is above its goal: 1 s, 10 s.
"""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHEELS, CHANGED, ROUNDS, GOAL = 100, 100, 5, 10.0
PYTHONS = [f"cp3{minor}-cp3{minor}" for minor in range(9, 15)]
PROCESSORS = ("x86_64", "aarch64", "armv7l", "i686", "ppc64le", "s390x")
PLATFORMS = [
    *(f"manylinux_2_17_{processor}" for processor in PROCESSORS),
    *(f"musllinux_1_2_{processor}" for processor in PROCESSORS),
    "macosx_10_12_x86_64",
    "macosx_11_0_arm64",
    "win32",
    "win_amd64",
    "win_arm64",
]


def read() -> int:
    """Time reading a crate."""
    command = ["cargo", "bench", "--locked", "-p", "monowheel-api", "--bench", "surface"]
    return subprocess.run(command, check=False, cwd=ROOT).returncode


def stub(changed: int) -> str:
    """Return a stub, in which some functions have another parameter."""
    text = ""
    for number in range(1_000):
        name = "limit" if number < changed else "size"
        text += f"def encode_{number}(value: list[int] | None, {name}: int = 3) -> bytes: ...\n"
    for number in range(100):
        text += f"class Session{number}:\n"
        for method in range(20):
            text += f"    def execute_{method}(self, statement: str, /) -> dict[str, float]: ...\n"
    return text


def release(folder: Path, version: str, changed: int) -> None:
    """Write the wheels of a release: one, under the names of all."""
    folder.mkdir()
    info = f"demo-{version}.dist-info"
    tags = itertools.islice(itertools.product(PYTHONS, PLATFORMS), WHEELS)
    names = [f"demo-{version}-{python}-{platform}.whl" for python, platform in tags]
    with zipfile.ZipFile(folder / names[0], "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("demo/__init__.pyi", stub(changed))
        archive.writestr("demo/py.typed", "")
        archive.writestr("demo/_demo.so", os.urandom(4 << 20))
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: demo\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: false\n")
        archive.writestr(f"{info}/RECORD", "")
    content = (folder / names[0]).read_bytes()
    for name in names[1:]:
        (folder / name).write_bytes(content)
    if len(names) != WHEELS:
        sys.exit(f"{len(names)} wheels")


def compare() -> int:
    """Time the comparison of two releases."""
    times = []
    with tempfile.TemporaryDirectory(prefix="bench api ") as name:
        old, new = Path(name) / "old", Path(name) / "new"
        release(old, "1.0.0", 0)
        release(new, "1.1.0", CHANGED)
        command = [sys.executable, "-m", "monowheel", "api", "diff", str(old), str(new), "--json"]
        for _ in range(ROUNDS):
            began = time.monotonic()
            done = subprocess.run(command, check=False, stdout=subprocess.PIPE, encoding="utf-8")
            times.append(time.monotonic() - began)
            # The renamed parameters break callers.
            if done.returncode != 1 or done.stdout.count('"parameter-renamed"') != CHANGED:
                sys.exit(f"monowheel api diff ended with {done.returncode}, or found something else")
    median = statistics.median(times)
    shown = f"{median:.2f} s (median), {min(times):.2f} s to {max(times):.2f} s"
    print(f"two releases of {WHEELS} wheels, {ROUNDS} rounds: {shown}")
    return int(median > GOAL)


if __name__ == "__main__":
    sys.exit(max(compare(), read()))
