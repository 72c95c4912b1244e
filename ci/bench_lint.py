"""Time `monowheel lint` on a crate of 100,000 lines, beside `rustfmt --check` on the same files.

The crate repeats the fixtures of the rules, each copy as a module of its own: every rule has findings in every one,
which is worse than any real crate. Two more crates have all their code on one line of 5 MB, as generated code may have:
functions, and classes with their methods. All are run in turn; it prints the median of the seconds and the largest
memory of each. Exit code 1 when the lint needs more than a second or 200 MB for one of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from process_cost import Cost, measured

ROOT = Path(__file__).resolve().parent.parent
LINES = 100_000
LINE = 5_000_000
SECONDS = 1.0
MEBIBYTES = 200e6 / (1 << 20)

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


FUNCTION = "#[pyfunction] fn f{at}(py: Python<'_>, v: Vec<u64>) -> u64 {{ py.detach(|| v.iter().sum() + {at}) }} "
CLASS = (
    "#[pyclass] struct C{at} {{ a: u64, b: Vec<String>, o: Option<Py<PyAny>> }} #[pymethods] impl C{at} {{ "
    "#[new] fn new(a: u64) -> Self {{ Self {{ a, b: vec![], o: None }} }} "
    "fn m{at}(&mut self, py: Python<'_>) -> usize {{ self.b.len() + self.a as usize }} "
    "#[getter] fn v(&self) -> u64 {{ self.a }} }} "
)


def long_line(folder: Path, one: str) -> int:
    """Write a crate whose only file of size has one line of 5 MB with `one` many times, and return its bytes."""
    (folder / "src").mkdir()
    (folder / "Cargo.toml").write_text(MANIFEST, encoding="utf-8")
    parts: list[str] = []
    size = 0
    while size < LINE:
        parts.append(one.format(at=len(parts)))
        size += len(parts[-1])
    text = "use pyo3::prelude::*; " + "".join(parts)
    (folder / "src" / "lib.rs").write_text(text, encoding="utf-8")
    return len(text)


def medians(commands: dict[str, list[str]], rounds: int) -> dict[str, Cost]:
    """Run the commands in turns, and return the median seconds and the largest memory of each."""
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, words in commands.items():
            found[name].append(measured(words, dict(os.environ)))
            if found[name][-1].code < 0:
                raise SystemExit(f"{words[0]} ended by signal {-found[name][-1].code}")
    return {
        name: costs[0]._replace(
            wall=statistics.median(cost.wall for cost in costs), mebibytes=max(cost.mebibytes for cost in costs)
        )
        for name, costs in found.items()
    }


def main() -> int:
    """Measure, print and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    lint = [sys.executable, "-m", "monowheel", "lint"]
    with tempfile.TemporaryDirectory() as folder:
        folders = {name: Path(folder, name) for name in ("lines", "functions", "classes")}
        for path in folders.values():
            path.mkdir()
        lines, files = crate(folders["lines"])
        ours = {f"lint, {lines} lines": [*lint, str(folders["lines"])]}
        for name, one in (("functions", FUNCTION), ("classes", CLASS)):
            size = long_line(folders[name], one)
            ours[f"lint, {size / 1e6:.1f} MB of {name}"] = [*lint, str(folders[name])]
        commands = dict(ours)
        if shutil.which("rustfmt"):
            commands["rustfmt --check"] = ["rustfmt", "--check", "--edition", "2021", *map(str, files)]
        costs = medians(commands, rounds)
    print(f"{lines} lines in {len(files) + 1} files, {rounds} rounds, median of the seconds, maximum of the memory")
    for command, cost in costs.items():
        print(f"{command:28}  {cost.wall:6.2f} s  {cost.mebibytes:6.0f} MiB")
    return int(any(costs[name].wall > SECONDS or costs[name].mebibytes > MEBIBYTES for name in ours))


if __name__ == "__main__":
    sys.exit(main())
