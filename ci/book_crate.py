"""The Rust blocks of docs/book: each a module of one crate, so that PyO3 is compiled once for all of them.

Blocks that must not compile, and those that need a higher floor than the crate, are examples of the
crate: cargo compiles each separately and continues after an error. Its messages are reported with lines of the page.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable

from book_blocks import ROOT, Block, Failure

TARGET = ROOT / "target" / "book"
# The book is written for abi3-py38.
FLOOR = (3, 8)
HEAD = "#![deny(warnings)]\n#![allow(dead_code)]\n"
MODULE = re.compile(r"#\[pymodule\b[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\s+)?mod\s+(\w+)")


def modules_of(block: Block) -> list[str]:
    """Return the names of the extension modules that a block defines."""
    return MODULE.findall(block.text) if block.language == "rust" else []


@dataclass
class Said:
    """The result of one target: its errors as (code, line, text), and whether it was built."""

    errors: list[tuple[str, int, str]] = field(default_factory=list)
    is_made: bool = False
    library: Path | None = None


class Crate:
    """A crate of blocks for one floor."""

    def __init__(self, floor: tuple[int, int], blocks: Iterable[Block], rejected: Iterable[Block]) -> None:
        """Take the `blocks` that have to compile, and the `rejected` ones that must not."""
        self.floor = floor
        self.blocks = list(blocks)
        self.rejected = list(rejected)
        self.folder = TARGET / "crates" / "py{}{}".format(*floor)

    def write(self) -> None:
        """Rewrite the sources; unchanged ones keep their times, for cargo."""
        wanted: dict[Path, str] = {}
        manifest = (ROOT / "ci/book/Cargo.toml").read_text(encoding="utf-8")
        for block in self.rejected:
            manifest += f'\n[[example]]\nname = "{block.key}"\npath = "rejected/{block.key}.rs"\ncrate-type = ["lib"]\n'
            wanted[self.folder / "rejected" / f"{block.key}.rs"] = _compiled(block)
        wanted[self.folder / "Cargo.toml"] = manifest
        wanted[self.folder / "Cargo.lock"] = (ROOT / "ci/book/Cargo.lock").read_text(encoding="utf-8")
        wanted[self.folder / "src" / "lib.rs"] = HEAD + "".join(f"mod {block.key};\n" for block in self.blocks)
        for block in self.blocks:
            wanted[self.folder / "src" / f"{block.key}.rs"] = _compiled(block)
        for old in [*self.folder.glob("src/*.rs"), *self.folder.glob("rejected/*.rs")]:
            if old not in wanted:
                old.unlink()
        for path, text in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")

    def cargo(self, command: str) -> tuple[dict[str, Said], str]:
        """Run cargo on all of it; return the result of each target by name, and its other output."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PYO3_", "CARGO_PROFILE_"))}
        # Neither libpython nor an interpreter is involved: only the floor decides.
        env.update(CARGO_TARGET_DIR=str(TARGET), PYO3_BUILD_EXTENSION_MODULE="1", PYO3_NO_PYTHON="1")
        feature = "pyo3/abi3-py{}{}".format(*self.floor)
        options = ["--lib", "--examples", "--keep-going", "--locked", "--message-format=json"]
        options += ["--features", feature, "--manifest-path", str(self.folder / "Cargo.toml")]
        ran = subprocess.run(["cargo", command, *options], env=env, capture_output=True, encoding="utf-8", check=False)
        said: dict[str, Said] = defaultdict(Said)
        for line in ran.stdout.splitlines():
            message = json.loads(line)
            if message.get("manifest_path") == str(self.folder / "Cargo.toml"):
                _take(said[message["target"]["name"]], message)
        return said, ran.stderr

    def check(self, command: str) -> tuple[list[Failure], Path | None]:
        """Compile; return the failures, and the library if there is one."""
        self.write()
        said, words = self.cargo(command)
        library = said["book"]
        failures = []
        by_key = {block.key: block for block in self.blocks}
        for _, line, text in library.errors:
            key = re.search(r"src/(\w+)\.rs", text)
            block = by_key.get(key.group(1)) if key else None
            failures.append(block.fails(_told(block, text), line) if block else Failure("README", 1, text))
        if not library.is_made and not failures:
            failures.append(Failure("README", 1, f"cargo {command} did not build the crate:\n{words}"))
        if failures:
            return failures, None
        for block in self.rejected:
            failures += self.judged(block, said[block.key], words)
        return failures, library.library

    def judged(self, block: Block, said: Said, words: str) -> list[Failure]:
        """Check that a block was rejected as the page says."""
        at = "{}.{}".format(*self.floor)
        codes = {code for code, _, _ in said.errors}
        if said.is_made:
            return [block.fails(f"this compiles with a floor of {at}, but the page says that it does not")]
        if not said.errors:
            return [block.fails(f"cargo did not compile this block:\n{words}")]
        if block.codes and not codes & set(block.codes):
            told = "\n".join(_told(block, text) for _, _, text in said.errors)
            return [block.fails(f"expected {' or '.join(block.codes)}, the compiler says {', '.join(codes)}:\n{told}")]
        return []


def _compiled(block: Block) -> str:
    """Return the source of a block: its tests are compiled with the rest."""
    return block.padded.replace("#[cfg(test)]", "#[cfg(all())]").replace("#[test]", "")


def _told(block: Block, text: str) -> str:
    """Replace the name of the generated file by that of the page in a compiler message."""
    return re.sub(rf"(?:src|rejected)/{block.key}\.rs", f"docs/book/{block.page}.md", text)


def _take(said: Said, message: dict[str, Any]) -> None:
    if message["reason"] == "compiler-artifact":
        said.is_made = True
        said.library = next((Path(name) for name in message["filenames"] if name.endswith((".so", ".dylib"))), None)
    elif message["reason"] == "compiler-message":
        diagnostic = message["message"]
        # The last line ("aborting due to …") has no location.
        if diagnostic["level"] == "error" and diagnostic["spans"]:
            primary = next(span for span in diagnostic["spans"] if span["is_primary"])
            code = (diagnostic["code"] or {}).get("code", "macro")
            # Warnings that are errors have the name of the lint.
            said.errors.append((code, _line(primary), diagnostic["rendered"].rstrip()))


def _line(span: dict[str, Any]) -> int:
    """Return the line of the page: that of the macro call if the error is inside a macro."""
    while span.get("expansion"):
        span = span["expansion"]["span"]
    return int(span["line_start"])


def check_rust(blocks: list[Block]) -> tuple[list[Failure], Path | None]:
    """Compile every Rust block; return the failures, and the library for the Python blocks."""
    rust = [block for block in blocks if block.language == "rust" and "test" not in block.words]
    names: dict[str, Block] = {}
    for block in rust:
        for name in modules_of(block):
            if name in names:
                other = names[name]
                return [block.fails(f"{other.page}.md:{other.line} already has a module {name}: rename it")], None
            names[name] = block
    floors = sorted({block.floor for block in rust if block.floor})
    plain = [block for block in rust if not block.must_fail and not block.floor]
    rejected = [block for block in rust if block.must_fail and not block.floor]
    # Blocks that need a floor are compiled with it, and with the one below, where they have to fail.
    below = {floor: (floor[0], floor[1] - 1) for floor in floors}
    wanted = sorted({FLOOR, *floors, *below.values()})
    failures: list[Failure] = []
    library = None
    for floor in wanted:
        too_high = [block for block in rust if block.floor and below[block.floor] == floor]
        if floor == FLOOR:
            found, library = Crate(floor, plain, rejected + too_high).check("build")
        else:
            found, _ = Crate(floor, [block for block in rust if block.floor == floor], too_high).check("check")
        failures += found
    for block in blocks:
        if block.language == "rust" and "test" in block.words:
            failures += _tested(block)
    return failures, library


def _tested(block: Block) -> list[Failure]:
    """Run the tests of a block of plain Rust."""
    folder = TARGET / "tests" / block.key
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lib.rs").write_text(block.padded, encoding="utf-8")
    for command in (["rustc", "--edition", "2021", "--test", "-o", "tests", "lib.rs"], ["./tests"]):
        ran = subprocess.run(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
        )
        if ran.returncode != 0:
            return [block.fails(f"{command[0]} ended with {ran.returncode}:\n{ran.stdout}")]
    if "running 0 tests" in ran.stdout:
        return [block.fails("it contains no test")]
    return []


def place_modules(library: Path, blocks: list[Block]) -> dict[str, Path]:
    """Put the library where each page's Python finds its modules, under every name it has: page → folder."""
    folders: dict[str, Path] = {}
    shutil.rmtree(TARGET / "modules", ignore_errors=True)
    for block in blocks:
        folder = TARGET / "modules" / block.page
        folder.mkdir(parents=True, exist_ok=True)
        folders[block.page] = folder
        if block.floor is None and not block.must_fail:
            for name in modules_of(block):
                shutil.copy(library, folder / f"{name}.abi3.so")
    return folders
