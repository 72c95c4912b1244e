"""Build a project of 150 crates: how busy the cores are, the cost of a second family and of no change, and memory.

The crates are generated here; only PyO3 is downloaded: small libraries that use each other in layers, some with build
scripts, two with procedural macros. Processor time and the number of crates show what is compiled twice;
they depend little on other load on the machine, while seconds do.

    nox -s bench_many -- [--crates N] [--rounds N] [--target NAME]...

| row | build |
| --- | --- |
| first family | everything cold except the standard libraries |
| second family | the same command with a second family: the wheels of the first are reused |
| unchanged | the same command once more |
| both at once | everything cold again, both families |
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path
from statistics import median

from bench_build import MONOWHEEL, PYPROJECT, Cost, measured

MANIFEST = """\
[package]
name = "{name}"
version = "0.1.0"
edition = "2021"
{more}
[dependencies]
{dependencies}
"""
TOP = """\
[lib]
crate-type = ["cdylib"]

[features]
abi3 = ["pyo3/abi3-py38"]
abi3t = ["pyo3/abi3t-py315"]
"""
MODULE = """\
use pyo3::prelude::*;

#[pymodule]
mod many {{
    use super::*;

    #[pyfunction]
    fn total(text: &str) -> u64 {{
        {calls}
    }}
}}
"""
# The content of one small library: generic code that is compiled here, and collections of a type of its own.
LIBRARY = """\
use std::collections::{{BTreeMap, HashMap, VecDeque}};
use std::fmt;

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key{number} {{
    pub name: String,
    pub parts: Vec<u64>,
}}

impl fmt::Display for Key{number} {{
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {{
        write!(out, "{{}}:", self.name)?;
        self.parts.iter().try_for_each(|part| write!(out, "{{part:x}},"))
    }}
}}

pub fn keys(text: &str) -> Vec<Key{number}> {{
    let mut keys: Vec<Key{number}> = text
        .split_whitespace()
        .map(|word| Key{number} {{ name: word.to_lowercase(), parts: word.bytes().map(u64::from).collect() }})
        .collect();
    keys.sort();
    keys.dedup();
    keys
}}

pub fn counted(text: &str) -> HashMap<Key{number}, u64> {{
    let mut counts = HashMap::new();
    for key in keys(text) {{
        *counts.entry(key).or_insert(0) += {number};
    }}
    counts
}}

pub fn total(text: &str) -> u64 {{
    let counts: BTreeMap<Key{number}, u64> = counted(text).into_iter().collect();
    let mut queue: VecDeque<(String, u64)> = counts.iter().map(|(key, count)| (key.to_string(), *count)).collect();
    let mut sum = 0_u64;
    while let Some((name, count)) = queue.pop_front() {{
        let bytes: u64 = name.bytes().rev().map(u64::from).fold(count, |sum, byte| sum.rotate_left(5) ^ byte);
        sum = sum.wrapping_add(bytes);
        if count > 1 {{
            queue.push_back((name, count / 2));
        }}
    }}
    {calls}
}}
"""
MACRO = """\
use proc_macro::TokenStream;

#[proc_macro]
pub fn number{number}(_: TokenStream) -> TokenStream {{
    "{number}_u64".parse().expect("a number")
}}
"""
SCRIPT = """\
fn main() {{
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=NUMBER={number}");
}}
"""
# Counts what rustc compiles, not the questions of cargo.
COUNTER = """\
#!/bin/sh
case "$*" in
  *--crate-name\\ ___*) ;;
  *--crate-name*) echo >>"{log}" ;;
esac
exec "$@"
"""
MACROS = 2


def needs(number: int) -> list[int]:
    """Crates that a crate uses, in layers, like real ones."""
    libraries = {number // 2, number // 3, number - 7} if number >= MACROS + 7 else set()
    macros = {number // 10 % MACROS} if number % 10 == 0 else set()
    return sorted({each for each in libraries if MACROS <= each < number} | macros)


def written(folder: Path, count: int) -> None:
    """Write the project."""
    for number in range(count):
        crate = folder / "crates" / f"c{number:03}"
        (crate / "src").mkdir(parents=True)
        used = needs(number) if number >= MACROS else []
        more = "[lib]\nproc-macro = true\n" if number < MACROS else ""
        names = "".join(f'c{each:03} = {{ path = "../c{each:03}" }}\n' for each in used)
        manifest = MANIFEST.format(name=crate.name, more=more, dependencies=names)
        (crate / "Cargo.toml").write_text(manifest, encoding="utf-8")
        calls = [f"c{each:03}::total(text)" if each >= MACROS else f"c{each:03}::number{each}!()" for each in used]
        sums = "sum" + "".join(f".wrapping_add({call})" for call in calls)
        source = (MACRO if number < MACROS else LIBRARY).format(number=number, calls=sums)
        (crate / "src" / "lib.rs").write_text(source, encoding="utf-8")
        if number >= MACROS and number % 15 == 0:
            (crate / "build.rs").write_text(SCRIPT.format(number=number), encoding="utf-8")
    top = range(MACROS, count)
    names = 'pyo3 = "=0.29.3"\n' + "".join(f'c{each:03} = {{ path = "crates/c{each:03}" }}\n' for each in top)
    manifest = MANIFEST.format(name="many", more=TOP, dependencies=names) + "\n[workspace]\n"
    (folder / "Cargo.toml").write_text(manifest, encoding="utf-8")
    (folder / "pyproject.toml").write_text(PYPROJECT.format(name="many"), encoding="utf-8")
    sums = "0_u64" + "".join(f"\n            .wrapping_add(c{each:03}::total(text))" for each in top)
    (folder / "src").mkdir()
    (folder / "src" / "lib.rs").write_text(MODULE.format(calls=sums), encoding="utf-8")


class Bench:
    """The project, and its builds."""

    def __init__(self, work: Path, targets: list[str]) -> None:
        """Use an empty directory."""
        self.work, self.project, self.log = work, work / "many", work / "compiled"
        self.targets = [word for target in targets for word in ("--target", target)]
        counter = work / "count"
        counter.write_text(COUNTER.format(log=self.log), encoding="utf-8")
        counter.chmod(0o755)
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("CARGO_")}
        self.env["RUSTC_WRAPPER"] = str(counter)

    def cold(self) -> None:
        """Delete the builds, except the standard libraries."""
        shutil.rmtree(self.project / "target", ignore_errors=True)

    def build(self, *families: str) -> tuple[Cost, int]:
        """Build, and count the crates that were compiled."""
        self.log.write_text("", encoding="utf-8")
        words = [word for family in families for word in ("--abi", family)]
        command = [*MONOWHEEL, "build", str(self.project), *words, *self.targets, "--out", str(self.work / "out"), "-q"]
        cost = measured(command, self.work, self.env)
        return cost, len(self.log.read_text(encoding="utf-8").splitlines())


# Name, families, whether it starts from nothing, goal.
SCENARIOS = (
    ("first family", ("abi3",), True, "busy >= 90%"),
    ("second family", ("abi3", "abi3t"), False, "<= 0.25x"),
    ("unchanged", ("abi3", "abi3t"), False, "< 1 s"),
    ("both at once", ("abi3", "abi3t"), True, "<= 1.25x"),
)


def row(name: str, ends: list[tuple[Cost, int]], first: list[tuple[Cost, int]], goal: str) -> None:
    """Print the medians of one scenario, and its processor time relative to the first family's."""
    costs = [cost for cost, _ in ends]
    share = median(one.cpu / other.cpu for one, (other, _) in zip(costs, first))
    print(
        f"{name:16} {median(cost.seconds for cost in costs):8.1f} {median(cost.cpu for cost in costs):8.1f}",
        f"{share:6.2f}x {100 * median(cost.busy for cost in costs):5.0f}%",
        f"{median(count for _, count in ends):8.0f} {max(cost.mebibytes for cost in costs):8.0f}  {goal}",
        flush=True,
    )


def main() -> None:
    """Build, and print each row as soon as its last round is over."""
    parser = argparse.ArgumentParser(description="the cost of many crates and of a second family")
    parser.add_argument("--crates", type=int, default=150, help="libraries below the module (default 150)")
    parser.add_argument("--rounds", type=int, default=1, help="number of rounds; the medians are printed (default 1)")
    parser.add_argument("--target", action="append", default=[], help="a platform (default: the default ones)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="monowheel-bench-") as folder:
        work = Path(folder)
        written(work / "many", args.crates)
        bench = Bench(work, args.target)
        ends: dict[str, list[tuple[Cost, int]]] = {name: [] for name, *_ in SCENARIOS}
        print(f"{'scenario':16} {'seconds':>8} {'CPU s':>8} {'share':>7} {'busy':>6} {'crates':>8} {'MiB':>8}  goal")
        for at in range(args.rounds):
            for name, families, from_nothing, goal in SCENARIOS:
                if from_nothing:
                    bench.cold()
                ends[name].append(bench.build(*families))
                if at == args.rounds - 1:
                    row(name, ends[name], ends["first family"], goal)


if __name__ == "__main__":
    main()
