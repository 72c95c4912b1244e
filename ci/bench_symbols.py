"""Measures `size` and `symbols symbolicate` on a library with the line tables of many functions.

The library is C that this machine's compiler makes: functions that are inlined into others, each with line tables. It
is in a wheel without them, with a file of them in `symbols` beside the wheel, as `build --symbols` leaves both. The
crash report has 10,000 frames at addresses of these functions. Medians of seconds and of peak memory.

    nox -s bench_symbols -- [FUNCTIONS]

Exit code 1 when a command fails or a goal is missed: 3 seconds and 500 MiB on 60 MB.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from process_cost import measured

SECONDS = 3.0
MEBIBYTES = 500.0
# About 60 MB.
FUNCTIONS = 100_000
IN_ONE_FILE = 5_000
FRAMES = 10_000
RUNS = 5
NAME = "many-1-cp38-abi3-manylinux_2_36_x86_64"
MODULE = "_many.abi3.so"
WHEEL = f"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: false\nTag: {NAME[len('many-1-') :]}\n"

SOURCE = """\
static inline __attribute__((always_inline)) int inner_{n}(int a, int b) {{
    return a * {n} + b % (a | 1);
}}
static inline __attribute__((always_inline)) int middle_{n}(int a) {{
    int b = inner_{n}(a, a + {n});
    return b ^ (b >> 3);
}}
int function_number_{n}(int a) {{
    for (int i = 0; i < a; i++) {{
        a = middle_{n}(a) + i;
    }}
    return a;
}}
"""


def library(folder: Path, functions: int) -> Path:
    """Compile the library."""
    objects = []
    for start in range(0, functions, IN_ONE_FILE):
        source = folder / f"part{start}.c"
        last = min(start + IN_ONE_FILE, functions)
        source.write_text("".join(SOURCE.format(n=number) for number in range(start, last)), encoding="utf-8")
        objects.append(source.with_suffix(".o"))
        subprocess.run(["cc", "-c", "-g", "-O1", "-fPIC", source, "-o", objects[-1]], check=True)
    path = folder / MODULE
    subprocess.run(["cc", "-shared", "-Wl,--build-id=sha1", *objects, "-o", path], check=True)
    return path


def wheel(folder: Path, whole: Path) -> Path:
    """Write the wheel, and the line tables beside it."""
    notes = subprocess.run(["readelf", "-n", whole], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    (build_id,) = re.findall(r"Build ID: ([0-9a-f]+)", notes)
    beside = folder / "symbols" / NAME
    beside.mkdir(parents=True)
    (beside / f"{MODULE}-{build_id}.debug.gz").write_bytes(gzip.compress(whole.read_bytes(), 6))
    stripped = folder / "stripped"
    subprocess.run(["strip", "-o", stripped, whole], check=True)
    members = {
        MODULE: stripped.read_bytes(),
        "many-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: many\nVersion: 1\n",
        "many-1.dist-info/WHEEL": WHEEL.encode(),
    }
    path = folder / f"{NAME}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        rows = ""
        for name, content in members.items():
            archive.writestr(name, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            rows += f"{name},sha256={digest},{len(content)}\n"
        archive.writestr("many-1.dist-info/RECORD", f"{rows}many-1.dist-info/RECORD,,\n")
    return path


def report(folder: Path, whole: Path) -> Path:
    """Write the crash report."""
    lines = subprocess.run(["nm", whole], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.splitlines()
    addresses = [int(line.split()[0], 16) for line in lines if " T function_number_" in line]
    chosen = random.Random(1).choices(addresses, k=FRAMES)  # noqa: S311 - nothing is secret
    path = folder / "crash.txt"
    text = "".join(f"/v/{MODULE}(+0x{address + 9:x})[0x7f00]\n" for address in chosen)
    path.write_text(text, encoding="utf-8")
    return path


def main() -> int:
    """Measure."""
    functions = int(sys.argv[1]) if len(sys.argv) > 1 else FUNCTIONS
    missed = False
    with tempfile.TemporaryDirectory(prefix="monowheel-bench-") as name:
        folder = Path(name)
        whole = library(folder, functions)
        crash, distribution = report(folder, whole), wheel(folder, whole)
        print(f"{functions} functions, {whole.stat().st_size / 1e6:.1f} MB with line tables; {FRAMES} frames\n")
        print("command               seconds    MiB")
        commands: dict[str, list[str | Path]] = {
            "size": ["size", distribution],
            "symbolicate": ["symbols", "symbolicate", crash, "--from", folder],
        }
        for title, words in commands.items():
            costs = [measured([sys.executable, "-m", "monowheel", *words]) for _ in range(RUNS)]
            wall = statistics.median(cost.wall for cost in costs)
            peak = statistics.median(cost.mebibytes for cost in costs)
            is_right = all(cost.code == 0 for cost in costs) and wall < SECONDS and peak < MEBIBYTES
            missed |= not is_right
            print(f"{title:20} {wall:8.2f} {peak:6.0f}{'' if is_right else '  missed'}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
