"""Fuzzing: every target for some seconds, two in parallel.

The fixtures of the rules are the seeds; new inputs stay in the cache for the next run. A finding fails the
step and names the file that shows it, which becomes a named test. No sanitizer: the core has no unsafe code, and
without one twice as many inputs are tried. No `cfg(fuzzing)`: with it proc-macro2 has no lines and columns, so the
fuzzed code would differ from the shipped code.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import subprocess
import tarfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from suite import tools
from suite.cargo import LAYOUT, host, like_the_wheel, toolchains
from suite.compiled import Compiled
from suite.shell import CACHE, ROOT, files, run, system_package
from suite.step import FailedError

if TYPE_CHECKING:
    from pathlib import Path

# Short in the suite; `./ci/test fuzz -- 600` is a long run.
SECONDS = 10
# Ten seconds do not pay for minutes of optimizing.
SHORT = ("--dev",)
# Eight units: compiled in two thirds of the time, and as many inputs a second.
HOW = ("--fuzz-dir", "fuzz", "--sanitizer", "none", "--no-cfg-fuzzing", "--codegen-units", "8")
# 2 GiB and 10 seconds for one input: a bomb or a loop is a finding.
LIMITS = ("-rss_limit_mb=2048", "-timeout=10", "-max_len=65536", "-print_final_stats=1")


def fuzz(*words: str) -> None:
    """Every fuzz target for ten seconds (after `--`: SECONDS [TARGET...])."""
    seconds = int(words[0]) if words else SECONDS
    known = [path.stem for path in files(ROOT, "fuzz/targets/*.rs")]
    targets = words[1:] or known
    unknown = sorted(set(targets) - set(known))
    if unknown:
        raise FailedError(f"there is no target {', '.join(unknown)}; choose from: {' '.join(known)}")
    program = cargo_fuzz()
    seeds = write_seeds(known)
    how, env = HOW if words else (*HOW, *SHORT), compiler()
    # Those of a long run are optimized, and rare.
    dependencies = Compiled(
        "fuzz", ROOT / "fuzz" / "target", (f"{host()}/debug", "debug"), ROOT / "fuzz" / "Cargo.lock"
    )
    dependencies.restore()
    run(program, "build", *how, env=env)
    dependencies.keep()
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = pool.map(lambda target: fuzz_one([str(program), "run", *how], target, seconds, seeds, env), targets)
        failed = [target for target, is_clean in zip(targets, found) if not is_clean]
    if failed:
        raise FailedError(f"found something in: {', '.join(failed)}")


def cargo_fuzz() -> Path:
    """Return cargo-fuzz, compiled once."""
    system_package("c++", "libFuzzer is C++", "g++")
    folder = CACHE / f"cargo-fuzz-{tools.CARGO_FUZZ}"
    program = folder / "bin" / "cargo-fuzz"
    if not program.is_file():
        print(f"compiling cargo-fuzz {tools.CARGO_FUZZ} (once)")
        tools.cargo_install("cargo-fuzz", tools.CARGO_FUZZ, folder)
    return program


def compiler() -> dict[str, str]:
    """Choose a compiler for libFuzzer's flags: nightly, or the stable one, which can be made to accept them."""
    nightly = [name for name in toolchains() if name.startswith("nightly")]
    return {"RUSTUP_TOOLCHAIN": nightly[0]} if nightly else {"RUSTC_BOOTSTRAP": "1"}


def write_seeds(targets: list[str]) -> Path:
    """Write the fixtures of the rules as files, a directory for each target."""
    seeds = ROOT / "target" / "fuzz-seeds"
    shutil.rmtree(seeds, ignore_errors=True)
    seeds.mkdir(parents=True)
    # With the features of the Rust tests: alone, the crate would be compiled with its own, and all that it uses.
    words = ["--quiet", "--locked", *LAYOUT.scope, *LAYOUT.tests, "--example", "fuzz_seeds"]
    run("cargo", "build", *words, env=like_the_wheel())
    run("target/debug/examples/fuzz_seeds", seeds)
    (seeds / "source").mkdir(exist_ok=True)
    for folder in ("sources", "reported"):
        for path in files(ROOT, f"crates/monowheel-audit/tests/lint/{folder}/*.rs"):
            shutil.copy(path, seeds / "source")
    shutil.copytree(ROOT / "fuzz" / "seeds", seeds, dirs_exist_ok=True)
    tar_seeds(seeds / "tar")
    line_table_seed(seeds / "line_tables")
    for target in targets:
        files(seeds, f"{target}/*")
    return seeds


def line_table_seed(folder: Path) -> None:
    """Write a small library with DWARF."""
    folder.mkdir()
    source = folder.parent / "small.c"
    source.write_text("int twice(int n) { return n * 2; }\n", encoding="utf-8")
    run("cc", "-g", "-shared", "-fPIC", "-nostdlib", "-o", folder / "small.so", source)
    source.unlink()


def tar_seeds(folder: Path) -> None:
    """Write archives of each format, as blocks that the target packs with checksums."""
    folder.mkdir(exist_ok=True)
    long = "x-1/" + "n" * 120
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        blocks = io.BytesIO()
        with tarfile.open(fileobj=blocks, mode="w", format=form) as archive:
            for name, kind in [
                ("x-1", tarfile.DIRTYPE),
                ("x-1/PKG-INFO", tarfile.REGTYPE),
                (long if form != tarfile.USTAR_FORMAT else "x-1/n", tarfile.REGTYPE),
                ("x-1/link", tarfile.SYMTYPE),
                ("x-1/fifo", tarfile.FIFOTYPE),
                ("x-1/../evil", tarfile.REGTYPE),
            ]:
                member = tarfile.TarInfo(name)
                member.type, member.linkname = kind, "PKG-INFO" if kind == tarfile.SYMTYPE else ""
                member.size = 3 if kind == tarfile.REGTYPE else 0
                archive.addfile(member, io.BytesIO(b"abc"))
        # Without the zeros that fill the last record.
        (folder / f"format-{form}").write_bytes(b"\1" + blocks.getvalue().rstrip(b"\0"))
        (folder / f"packed-{form}").write_bytes(b"\0" + gzip.compress(blocks.getvalue(), mtime=0))


def fuzz_one(program: list[str], target: str, seconds: int, seeds: Path, env: dict[str, str]) -> bool:
    """Fuzz one target, print its figures, and return whether nothing was found."""
    corpus, log = CACHE / "fuzz-corpus" / target, ROOT / "target" / f"fuzz-{target}.log"
    for folder in (corpus, seeds / target):
        folder.mkdir(parents=True, exist_ok=True)
    command = [*program, target, str(corpus), str(seeds / target), "--", f"-max_total_time={seconds}", *LIMITS]
    with log.open("wb") as file:
        done = subprocess.run(
            command, check=False, cwd=ROOT, env={**os.environ, **env}, stdout=file, stderr=subprocess.STDOUT
        )
    text = log.read_text(encoding="utf-8", errors="replace")
    units = figure(text, "number_of_executed_units")
    if done.returncode or not units:
        print(*text.splitlines()[-40:], f"{target}: exit code {done.returncode}, {units} inputs", sep="\n", flush=True)
        return False
    new, peak = figure(text, "new_units_added"), figure(text, "peak_rss_mb")
    print(f"{target:10} {units:12} inputs, {new:6} new, peak {peak} MiB", flush=True)
    return True


def figure(log: str, name: str) -> int:
    """Read one of libFuzzer's final figures."""
    found = re.search(rf"^stat::{name}:\s*(\d+)", log, re.MULTILINE)
    return int(found.group(1)) if found else 0
