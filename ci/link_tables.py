"""Write the tables of the system libraries' exports, for the rules on symbols that nothing provides.

    ci/link_tables.py ZIG WINMD CONTROL...

ZIG is the directory `ziglang` of the PyPI package of that name (MIT): glibc's symbols by version and processor
(`lib/libc/glibc/abilists`), musl's (`lib/libc/musl/libc.S`), those of macOS' libSystem
(`lib/libc/darwin/libSystem.tbd`) and of Windows' libraries (`lib/libc/mingw/lib-common/*.def`). WINMD is
`default/Windows.Win32.winmd` of the crate windows-bindgen 0.52 (MIT or Apache 2.0; later ones leave the versions out):
the first Windows that has a function. CONTROL are the `symbols` files of Debian's libgcc-s1, one for each processor.

Needs the package dnfile. The tables are written to crates/monowheel-wheel/src/platform, and their hashes to standard
output, for SOURCES.toml.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import struct
import sys
from collections import defaultdict
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "crates" / "monowheel-wheel" / "src" / "platform"

# Zig's names of the processors that have a manylinux policy, and the letter of each in the table.
PROCESSORS = {
    "x86_64-linux-gnu": "x",
    "x86-linux-gnu": "i",
    "aarch64-linux-gnu": "a",
    "arm-linux-gnueabihf": "h",
    "powerpc64le-linux-gnu": "p",
    "s390x-linux-gnu": "s",
    "riscv64-linux-gnu": "r",
    "loongarch64-linux-gnu": "l",
}
# The first glibc of each processor: the version of most symbols.
FIRST = {"x": "2.2.5", "i": "2.0", "a": "2.17", "h": "2.4", "p": "2.17", "s": "2.2", "r": "2.27", "l": "2.36"}
# Functions that musl has only since a version above the oldest of musllinux_1_2 (its WHATSNEW).
MUSL_SINCE = {
    "qsort_r": "1.2.3",
    "_Fork": "1.2.2",
    "gettid": "1.2.2",
    "pthread_getname_np": "1.2.3",
    "statx": "1.2.5",
    "preadv2": "1.2.5",
    "pwritev2": "1.2.5",
}
# The libraries of Windows whose exports are all known.
DLLS = ["kernel32", "advapi32", "user32", "ws2_32", "bcrypt", "bcryptprimitives", "ole32", "shell32", "ntdll"]
# Functions that are newer than the metadata, from Microsoft's documentation; ProcessPrng by aws/aws-lc#2940.
FURTHER = {
    ("bcryptprimitives", "ProcessPrng"): "8.0",
    ("kernel32", "GetTempPath2A"): "10.0.20348",
    ("kernel32", "GetTempPath2W"): "10.0.20348",
}
# The bits of a byte that mark whether more bytes follow.
MARK = 0x80
# Every supported Windows has the functions of these.
OLD = ("windows5", "windows6.0", "windows6.1")


class Reader:
    """Reads zig's packed list of glibc's symbols."""

    def __init__(self, data: bytes) -> None:
        """Start at the beginning."""
        self.data = data
        self.at = 0

    def byte(self) -> int:
        """Read one byte."""
        self.at += 1
        return self.data[self.at - 1]

    def text(self) -> str:
        """Read a name."""
        end = self.data.index(b"\0", self.at)
        name = self.data[self.at : end].decode()
        self.at = end + 1
        return name

    def number(self) -> int:
        """Read a number of any length."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & ~MARK) << shift
            shift += 7
            if byte < MARK:
                return value

    def count(self) -> int:
        """Read the number of entries of a list."""
        (value,) = struct.unpack_from("<H", self.data, self.at)
        self.at += 2
        return int(value)


Found = dict[str, dict[str, set[tuple[int, ...]]]]


def abilists(reader: Reader) -> Found:
    """Read zig's list: name, letter of a processor, versions."""
    for _ in range(reader.byte()):
        reader.text()
    versions = [tuple(reader.byte() for _ in range(3)) for _ in range(reader.byte())]
    processors = [PROCESSORS.get(reader.text()) for _ in range(reader.byte())]
    found: Found = defaultdict(lambda: defaultdict(set))

    def entry(name: str, has_size: bool) -> bool:
        targets = reader.number()
        if has_size:
            reader.number()
        library = reader.byte()
        letters = [letter for index, letter in enumerate(processors) if letter and targets >> index & 1]
        version = 0
        while not version & MARK:
            version = reader.byte()
            for letter in letters:
                found[name][letter].add(versions[version & ~MARK])
        return bool(library & MARK)

    # Functions, then objects with their sizes, then those of thread-local storage.
    for has_size in (False, True, True):
        if reader.at >= len(reader.data):
            break
        name, is_last = "", True
        for _ in range(reader.count()):
            name = reader.text() if is_last else name
            is_last = entry(name, has_size)
    return found


def cell(per: dict[str, set[tuple[int, ...]]]) -> str:
    """Write the versions of one symbol."""
    groups: dict[str, str] = defaultdict(str)
    for letter in PROCESSORS.values():
        for version in sorted(per.get(letter, ())):
            told = f"{version[0]}.{version[1]}" + (f".{version[2]}" if version[2] else "")
            groups["" if told == FIRST[letter] else told] += letter
    first = groups.pop("", "")
    return ";".join(["*" if len(first) == len(FIRST) else first, *(f"{letters}:{v}" for v, letters in groups.items())])


def glibc(zig: Path) -> str:
    """Make the table of glibc: each symbol, with the versions in which each processor has it."""
    found = abilists(Reader((zig / "lib/libc/glibc/abilists").read_bytes()))
    rows = [f"{name}\t{cell(per)}" for name, per in sorted(found.items()) if per]
    head = (
        "# symbols of glibc (libc, libm, libdl, libpthread, librt, libutil, libresolv, ld.so): the processors that have"
        " it from their first version on (* all),\n# and other versions with their processors: "
        + ", ".join(f"{letter} {name.split('-')[0]} {FIRST[letter]}" for name, letter in PROCESSORS.items())
    )
    return f"{head}\nname\tversions\n" + "\n".join(rows) + "\n"


def musl(zig: Path) -> str:
    """Make the table of musl: each symbol, with the version that brought it if that is not in every musllinux_1_2."""
    text = (zig / "lib/libc/musl/libc.S").read_text()
    names = sorted(set(re.findall(r"^(\w+):$", text, re.MULTILINE)) | set(MUSL_SINCE))
    rows = "\n".join(f"{name}\t{MUSL_SINCE.get(name, '-')}" for name in names)
    return f"# symbols of musl; since: the version that brought it, where that is above 1.2.1\nname\tsince\n{rows}\n"


def libgcc(controls: list[Path]) -> str:
    """Make the table of libgcc_s."""
    text = "\n".join(path.read_text() for path in controls)
    names = sorted({name for name in re.findall(r"^ (?:\([^)]*\))?(\w+)@", text, re.MULTILINE) if name[:3] != "GCC"})
    return "# symbols of libgcc_s on any processor\nname\n" + "\n".join(names) + "\n"


def libsystem(zig: Path) -> str:
    """Make the table of libSystem, without the underscore of C."""
    text = (zig / "lib/libc/darwin/libSystem.tbd").read_text()
    names = sorted(set(re.findall(r"(?<=[\s\[,'])_([A-Za-z0-9_]\w*)(?=[\s,'\]])", text)))
    return "# symbols of macOS' libSystem, on any processor\nname\n" + "\n".join(names) + "\n"


def since(winmd: Path) -> dict[tuple[str, str], str]:
    """Read the first Windows of each function."""
    dnfile = importlib.import_module("dnfile")  # only this table needs it

    file = dnfile.dnPE(str(winmd), clr_lazy_load=True)
    tables = file.net.mdtables
    first: dict[int, str] = {}
    for attribute in tables.CustomAttribute:
        method = attribute.Parent.table
        if method is None or method.name != "MethodDef":
            continue
        told = re.search(rb"windows\d[\d.]*\d", bytes(attribute.Value.value_bytes()))
        if told:
            first[attribute.Parent.row_index] = told[0].decode()
    found = {}
    for map_ in tables.ImplMap:
        library = str(map_.ImportScope.row.Name).lower().removesuffix(".dll")
        found[library, str(map_.ImportName)] = first.get(map_.MemberForwarded.row_index, "")
    return found


def windows(zig: Path, winmd: Path) -> tuple[str, str]:
    """Make the table of exports and that of the first Windows of a function."""
    documented = since(winmd)
    rows: list[str] = []
    for dll in DLLS:
        names = {name for (library, name) in documented if library == dll}
        for path in (zig / "lib/libc/mingw/lib-common").glob(f"{dll}.def*"):
            for line in path.read_text(errors="replace").splitlines():
                told = re.match(r'^(?:F\w+\()?"?([A-Za-z_?@$][\w?@$]*)', line.strip())
                if told and told[1] not in {"LIBRARY", "EXPORTS", "NAME"}:
                    names.add(told[1].split("@")[0] if not told[1].startswith("?") else told[1])
        rows.extend(f"{dll}!{name}" for name in names)
    head = "# exports of libraries of Windows, by library\nname\n"
    known = {key: version for key, version in documented.items() if version and not version.startswith(OLD)}
    newer = sorted(
        f"{library}!{name}\t{version.removeprefix('windows')}"
        for (library, name), version in {**known, **FURTHER}.items()
    )
    return head + "\n".join(sorted(rows)) + "\n", (
        "# functions of Windows that are newer than Windows 7; since: the first Windows\nname\tsince\n"
        + "\n".join(newer)
        + "\n"
    )


def main(zig: Path, winmd: Path, controls: list[Path]) -> None:
    """Write all tables."""
    exports, newer = windows(zig, winmd)
    for name, text in {
        "glibc_symbols.tsv": glibc(zig),
        "musl_symbols.tsv": musl(zig),
        "libgcc_symbols.tsv": libgcc(controls),
        "libsystem_symbols.tsv": libsystem(zig),
        "windows_exports.tsv": exports,
        "windows_since.tsv": newer,
    }.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
        print(hashlib.sha256(text.encode()).hexdigest(), name, len(text), text.count("\n"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(path) for path in sys.argv[3:]])
