"""Time `monowheel lint` on a crate of 100,000 lines, beside `rustfmt --check` on the same files.

The crate repeats the fixtures of the rules, each copy as a module of its own: every rule has findings in every one,
which is worse than any real crate. Both are run in turn; it prints medians, and their ratio.
Exit code 1 when the median is above a second.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINES = 100_000
GOAL = 1.0

MANIFEST = """\
[package]
name = "large"
version = "1.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[dependencies]
pyo3 = { version = "0.29", features = ["abi3-py38"] }
"""


def crate(folder: Path) -> tuple[int, list[Path]]:
    """Write the crate, and return its number of lines and its files."""
    (folder / "src").mkdir()
    (folder / "Cargo.toml").write_text(MANIFEST, encoding="utf-8")
    texts = [
        path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "crates/monowheel-audit/tests/lint/sources").glob("*.rs"))
    ]
    # 400 lines and more per file, as in real crates.
    text = "\n".join(f"mod part_{at} {{\n{text}\n}}" for at, text in enumerate(texts))
    files: list[Path] = []
    lines = 0
    while lines < LINES:
        path = folder / "src" / f"m{len(files)}.rs"
        path.write_text(text, encoding="utf-8")
        files.append(path)
        lines += text.count("\n") + 1
    root = folder / "src" / "lib.rs"
    root.write_text("".join(f"mod {path.stem};\n" for path in files), encoding="utf-8")
    return lines, files


def seconds(command: list[str]) -> float:
    """Run a command, whatever its result, and return its seconds."""
    began = time.monotonic()
    code = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    if code < 0:
        raise SystemExit(f"{command[0]} ended by signal {-code}")
    return time.monotonic() - began


def main() -> int:
    """Measure, print and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        lines, files = crate(Path(name))
        commands = {"monowheel lint": [sys.executable, "-m", "monowheel", "lint", name]}
        if shutil.which("rustfmt"):
            commands["rustfmt --check"] = ["rustfmt", "--check", "--edition", "2021", *map(str, files)]
        times: dict[str, list[float]] = {command: [] for command in commands}
        for _ in range(rounds):
            for command, words in commands.items():
                times[command].append(seconds(words))
    print(f"{lines} lines in {len(files) + 1} files, {rounds} rounds, medians")
    medians = {command: statistics.median(found) for command, found in times.items()}
    ours = medians["monowheel lint"]
    for command, median in medians.items():
        print(f"{command:16}  {median:6.2f} s  {ours / median:5.2f}x")
    return int(ours > GOAL)


if __name__ == "__main__":
    sys.exit(main())
