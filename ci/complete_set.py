"""Check from outside that a directory contains all wheels of hello_world: those that `./ci/test cross` built.

monowheel checks its own wheels while it builds; this checks independently what a user has to find.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path

FAMILIES = ("cp38-abi3", "cp315-abi3.abi3t")
# The end of the platform tag, and the magic bytes of the only extension module in the wheel.
PLATFORMS = {
    "manylinux2014_x86_64": b"\x7fELF",
    "manylinux2014_aarch64": b"\x7fELF",
    "musllinux_1_2_x86_64": b"\x7fELF",
    "musllinux_1_2_aarch64": b"\x7fELF",
    # A universal binary's header is big-endian on every machine.
    "universal2": b"\xca\xfe\xba\xbe",
    "win_amd64": b"MZ",
    "win_arm64": b"MZ",
}


def wheel_of(folder: Path, family: str, platform: str) -> Path | None:
    """Find the only wheel of ``family`` for ``platform``."""
    found = [
        path
        for path in sorted(folder.glob(f"hello_world-*-{family}-*.whl"))
        if any(tag == platform or tag.endswith(platform) for tag in path.stem.split("-")[-1].split("."))
    ]
    return found[0] if len(found) == 1 else None


def faults_of(wheel: Path, magic: bytes) -> list[str]:
    """Return the faults in one wheel's content."""
    with zipfile.ZipFile(wheel) as archive:
        broken = archive.testzip()
        modules = [name for name in archive.namelist() if name.endswith((".so", ".pyd"))]
        faults = [f"{wheel.name}: {broken} is damaged"] if broken else []
        if len(modules) != 1:
            return [*faults, f"{wheel.name}: extension modules: {modules or 'none'}"]
        if not archive.read(modules[0]).startswith(magic):
            faults.append(f"{wheel.name}: {modules[0]} is not for this platform")
    return faults


def sums_faults(folder: Path) -> list[str]:
    """Check SHA256SUMS, which must name every distribution and nothing else."""
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    stated = {name.lstrip("*"): digest for digest, name in (line.split(None, 1) for line in lines)}
    actual = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name.endswith((".whl", ".tar.gz"))
    }
    return [] if stated == actual else [f"SHA256SUMS and the files differ in {sorted(stated.items() ^ actual.items())}"]


def main(argument: str) -> int:
    """Check the directory and return the exit code."""
    folder = Path(argument)
    faults = sums_faults(folder)
    json.loads((folder / "monowheel.json").read_text(encoding="utf-8"))
    if len(list(folder.glob("hello_world-*.tar.gz"))) != 1:
        faults.append("there is not exactly one sdist")
    for family in FAMILIES:
        for platform, magic in PLATFORMS.items():
            wheel = wheel_of(folder, family, platform)
            faults += faults_of(wheel, magic) if wheel else [f"not exactly one {family} wheel for {platform}"]
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != len(FAMILIES) * len(PLATFORMS):
        faults.append(f"{len(wheels)} wheels, not {len(FAMILIES) * len(PLATFORMS)}")
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    print(f"{folder}: {len(wheels)} wheels, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
