"""Write the table of the symbols that Pyodide's main module offers to a side module.

    ci/pyodide_exports.py ABI=PACKAGE... > crates/monowheel-wheel/src/platform/pyodide_exports.tsv

PACKAGE is an unpacked npm package `pyodide`, such as `2026_0=pyodide-314.0.7/package`: `npm pack pyodide@314.0.7`. A
side module can import the exports of `pyodide.asm.wasm`, and the JavaScript functions in `wasmImports` of
`pyodide.asm.mjs` (`.js` before 314), except placeholders for missing ones (`.stub`).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

EXPORT_SECTION = 7
# The bit of a byte that says that another one follows.
MORE = 0x80
# A memory and a table are the loader's, not symbols.
SYMBOLS = {0: "function", 3: "global", 4: "tag"}
LOADERS_OWN = {"memory", "__indirect_function_table", "__memory_base", "__table_base", "__stack_pointer"}


def number(code: bytes, at: int) -> tuple[int, int]:
    """Read an unsigned LEB128 number, and return it with its end."""
    value = shift = 0
    while True:
        byte = code[at]
        at += 1
        value |= (byte & ~MORE) << shift
        shift += 7
        if not byte & MORE:
            return value, at


def exports(code: bytes) -> set[str]:
    """Return the names that a WebAssembly module exports."""
    at = 8
    while at < len(code):
        size, begin = number(code, at + 1)
        if code[at] != EXPORT_SECTION:
            at = begin + size
            continue
        names = set()
        count, at = number(code, begin)
        for _ in range(count):
            length, at = number(code, at)
            name, kind = code[at : at + length].decode(), code[at + length]
            _, at = number(code, at + length + 1)
            if kind in SYMBOLS:
                names.add(name)
        return names
    raise SystemExit("a module without exports")


def functions(script: str) -> set[str]:
    """Return the JavaScript functions that a side module can import."""
    begin = script.index("wasmImports={") + len("wasmImports={")
    entries = script[begin : script.index("};", begin)].split(",")
    names = {entry.split(":")[0] for entry in entries}
    odd = [name for name in names if not re.fullmatch(r"[\w$]+", name)]
    if odd:
        raise SystemExit(f"wasmImports was not understood: {odd[:3]}")
    return names - set(re.findall(r"\b_([\w$]+)\.stub=true", script))


def offered(abi: str, package: Path) -> set[str]:
    """Return all symbols of the Pyodide in `package`, which has to have this `abi`."""
    says = json.loads((package / "pyodide-lock.json").read_text())["info"]["abi_version"]
    if says != abi:
        raise SystemExit(f"{package} has the ABI {says}, not {abi}")
    script = next(path for path in (package / "pyodide.asm.mjs", package / "pyodide.asm.js") if path.exists())
    return (exports((package / "pyodide.asm.wasm").read_bytes()) | functions(script.read_text())) - LOADERS_OWN


def main(words: list[str]) -> None:
    """Print the table, sorted by name."""
    abis = dict(word.split("=", 1) for word in words)
    tables = {abi: offered(abi, Path(package)) for abi, package in sorted(abis.items())}
    print(f"# symbols that Pyodide offers to side modules, by ABI: {' '.join(tables)}; without a column: all of them")
    print("name\tabis")
    for name in sorted(set().union(*tables.values())):
        has = [abi for abi, names in tables.items() if name in names]
        print(name if len(has) == len(tables) else f"{name}\t{','.join(has)}")


if __name__ == "__main__":
    main(sys.argv[1:])
