"""Check docs/book: blocks are compiled, run, parsed or looked up, links are valid; unchecked blocks fail.

    rust                    compiled with the others against PyO3, with abi3-py38
    rust,compile_fail,E0277 is rejected, with one of these codes (`macro`: an error without a code)
    rust,floor=3.11         compiles with that floor, and does not compile with the one below
    rust,test               plain Rust, whose tests are run
    python                  a session (>>>), run against the modules from the page's Rust
    python,pytest           a file of tests, run in the same way
    gdb                     run in gdb on Python, if installed; `# -> TEXT` is its expected output
    console                 commands are not run: their subcommands and options are looked up in the tools' help
    toml                    parsed; [tool.monowheel] by `monowheel plan`, a [package] by cargo
    text                    not checked

Arguments: names of pages (all). Exit code 1 for problems. The pages' crate is in target/book.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from book_blocks import BOOK, Block, BookError, Failure, blocks_of, pages
from book_commands import check_console, check_toml
from book_crate import check_rust, place_modules
from book_python import check_gdb, check_python


def links(path: Path) -> list[Failure]:
    """Return the broken links of a page to files, or to their headings."""
    failures = []
    is_code = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        is_code ^= line.startswith("```")
        for target in [] if is_code else re.findall(r"\]\(([^)\s]+)\)", line):
            if "://" in target:
                continue
            name, _, heading = target.partition("#")
            there = path.parent / name if name else path
            if not there.is_file():
                failures.append(Failure(path.stem, number, f"there is no {name}"))
            elif heading and heading not in headings(there):
                failures.append(Failure(path.stem, number, f"{there.name} has no heading {heading}"))
    return failures


def headings(path: Path) -> set[str]:
    """Return GitHub's anchors for a page's headings."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def check(chosen: list[Path]) -> tuple[list[Failure], Counter[str], set[str]]:
    """Check pages: return the failures, the number of blocks of each language, and the unchecked blocks."""
    by_page = {path: blocks_of(path) for path in chosen}
    every: list[Block] = [block for blocks in by_page.values() for block in blocks]
    skipped: set[str] = set()
    failures, library = check_rust(every)
    folders = place_modules(library, every) if library else {}
    for path, blocks in by_page.items():
        failures += links(path)
        for block in blocks:
            if block.language == "toml":
                failures += check_toml(block)
            elif block.language == "console":
                wrong, missing = check_console(block)
                failures += wrong
                skipped |= {f"{tool} is not installed: its options" for tool in missing}
        # Without the library there is nothing to run; the failure above has the reason.
        if path.stem in folders:
            failures += check_python(path, blocks, folders[path.stem])
            rust = None
            for block in blocks:
                rust = block if block.language == "rust" else rust
                if block.language == "gdb" and rust:
                    wrong, why = check_gdb(block, rust, folders[path.stem])
                    failures += wrong
                    skipped |= {f"{why}: {block.page}.md:{block.line}"} if why else set()
                elif block.language == "gdb":
                    failures.append(block.fails("there is no Rust block before it to debug"))
    return failures, Counter(block.language for block in every), skipped


def main(arguments: list[str]) -> int:
    """Check, print and return the exit code."""
    chosen = [BOOK / f"{Path(name).stem}.md" for name in arguments] or pages()
    try:
        failures, counted, skipped = check(chosen)
    except (BookError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    for what in sorted(skipped):
        print(f"not checked: {what}")
    blocks = ", ".join(f"{number} {language}" for language, number in sorted(counted.items()))
    print(f"{len(chosen)} pages, {blocks}: {len(failures) or 'no'} failures")
    return 1 if failures or not counted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
