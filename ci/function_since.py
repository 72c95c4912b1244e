"""Write the tables of functions that macOS and Android did not always have.

crates/monowheel-wheel/src/platform/macos_since.tsv is read from the availability attributes in Apple's headers, as
ziglang ships them, and android_since.tsv from the linker maps in a checkout of bionic.

    python ci/function_since.py PATH_OF_BIONIC
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PLATFORM = Path(__file__).resolve().parent.parent / "crates" / "monowheel-wheel" / "src" / "platform"
# Every Python runs on this macOS or later, and on this API level.
OLDEST_MACOS = (10, 9)
OLDEST_API = 21
# Headers that cannot be included by themselves, or declare nothing that a module would call.
LEFT_OUT = {"tgmath.h", "ucontext.h", "Availability.h", "AvailabilityInternal.h", "AvailabilityMacros.h"}
MORE = ["dispatch/dispatch.h", "os/lock.h", "mach/mach.h", "mach/mach_time.h", "pthread/qos.h", "xpc/xpc.h"]
# What no header declares: the compiler calls the first; the rest is from libc++'s own table of availability. A star
# stands for any end of the name.
MACOS_BY_HAND = {
    "__chkstk_darwin": (10, 15),
    "_ZNKSt3__14__fs10filesystem*": (10, 15),
    "_ZNSt3__14__fs10filesystem*": (10, 15),
    "_ZNSt3__122__libcpp_verbose_abortEPKcz": (13, 3),
    "_ZNSt3__13pmr*": (14, 0),
    "_ZNSt13exception_ptr31__from_native_exception_pointerEPv": (15, 0),
    "_ZNSt3__119__is_posix_terminalEP7__sFILE": (15, 0),
    "_ZNKSt3__119bad_expected_accessIvE4whatEv": (15, 4),
    "_ZNSt3__117bad_function_callD*": (15, 4),
    "_ZNSt3__127__from_chars_floating_pointI*": (26, 0),
    "_ZdaPvSt11align_val_t*": (10, 13),
    "_ZdlPvSt11align_val_t*": (10, 13),
    "_ZnamSt11align_val_t*": (10, 13),
    "_ZnwmSt11align_val_t*": (10, 13),
    "_ZNSt3__18to_charsEPcS0_d*": (13, 3),
    "_ZNSt3__18to_charsEPcS0_e*": (13, 3),
    "_ZNSt3__18to_charsEPcS0_f*": (13, 3),
}
# The streams that libc++ instantiates itself since LLVM 12: their functions, virtual tables and constructors' tables.
STREAMS = ["13basic_filebuf", "14basic_ifstream", "14basic_ofstream", "15basic_stringbuf"]
STREAMS += ["18basic_stringstream", "19basic_istringstream", "19basic_ostringstream"]
MACOS_BY_HAND |= {
    f"{kind}St3__1{name}IcNS_*": (12, 3) for name in STREAMS for kind in ("_ZN", "_ZNK", "_ZTVN", "_ZTTN")
}
RELEASES = {
    "N": 24,
    "O": 26,
    "P": 28,
    "Q": 29,
    "R": 30,
    "S": 31,
    "Tiramisu": 33,
    "UpsideDownCake": 34,
    "VanillaIceCream": 35,
}


def headers() -> str:
    """Preprocess Apple's headers, which keeps the attributes of each declaration."""
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        sys.exit("install ziglang first")
    folder = Path(spec.origin).parent / "lib" / "libc" / "include" / "any-darwin-any"
    names = [path.name for path in sorted(folder.glob("*.h")) if path.name not in LEFT_OUT]
    names += [f"sys/{path.name}" for path in sorted((folder / "sys").glob("*.h")) if path.name not in LEFT_OUT]
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "all.c"
        includes = ["sys/types.h", "stdint.h", *names, *MORE]
        source.write_text("".join(f"#include <{name}>\n" for name in includes), encoding="utf-8")
        command = [sys.executable, "-m", "ziglang", "cc", "-target", "x86_64-macos", "-E", "-P", "-D_DARWIN_C_SOURCE"]
        done = subprocess.run([*command, "-Wno-everything", str(source)], check=True, capture_output=True, text=True)
    return done.stdout


def macos() -> dict[str, tuple[int, int]]:
    """Read the first macOS of each function of libSystem that 10.9 does not have."""
    exported = set((PLATFORM / "libsystem_symbols.tsv").read_text(encoding="utf-8").splitlines()[2:])
    since = dict(MACOS_BY_HAND)
    attribute = re.compile(r"__attribute__\s*\(\((?:[^()]|\([^()]*(?:\([^()]*\)[^()]*)*\))*\)\)")
    for declaration in re.split("[;{}]", headers()):
        introduced = re.search(r"availability\(macosx?,\s*introduced=(\d+)(?:\.(\d+))?", declaration)
        plain = re.sub(r"__asm\w*\s*\([^)]*\)", "", attribute.sub("", declaration))
        name = re.search(r"\b(\w+)\s*\(", plain)
        if introduced is None or name is None or re.search(r"\b(static|inline|typedef)\b", plain):
            continue
        version = (int(introduced[1]), int(introduced[2] or 0))
        if version > OLDEST_MACOS and name[1] in exported:
            since.setdefault(name[1], version)
    return since


def android(bionic: Path) -> dict[str, int]:
    """Read the first API level of each function of libc, libm and libdl that the oldest level does not have."""
    since: dict[str, int] = {}
    for name in ("libc/libc.map.txt", "libm/libm.map.txt", "libdl/libdl.map.txt"):
        of_section = 0
        for line in (bionic / name).read_text(encoding="utf-8").splitlines():
            if section := re.match(r"LIB\w+ \{(.*)", line):
                of_section = level(section[1])
                continue
            symbol = re.match(r"\s+(\w+);(.*)", line)
            if symbol is None or re.search(r"\b(apex|systemapi|platform-only)\b", symbol[2]):
                continue
            api = level(symbol[2]) or of_section
            if api > OLDEST_API:
                since[symbol[1]] = min(api, since.get(symbol[1], api))
    return since


def level(tags: str) -> int:
    """Read the API level in the comment of a line, 0 if it has none for every architecture."""
    found = re.search(r"introduced(?:-arm64)?=(\w+)", tags)
    if found is None:
        return 0
    return RELEASES.get(found[1]) or int(found[1])


def main() -> None:
    """Write both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("bionic", type=Path, help="a checkout of Android's C library")
    bionic = parser.parse_args().bionic
    rows = [f"{name}\t{major}.{minor}\n" for name, (major, minor) in sorted(macos().items())]
    head = f"# Functions of macOS' libSystem and libc++ that macOS {OLDEST_MACOS[0]}.{OLDEST_MACOS[1]} does not have.\n"
    (PLATFORM / "macos_since.tsv").write_text(f"{head}name\tmacos\n{''.join(rows)}", encoding="utf-8")
    rows = [f"{name}\t{api}\n" for name, api in sorted(android(bionic).items())]
    head = f"# Functions of Android's libc, libm and libdl that API level {OLDEST_API} does not have.\n"
    (PLATFORM / "android_since.tsv").write_text(f"{head}name\tapi\n{''.join(rows)}", encoding="utf-8")


if __name__ == "__main__":
    main()
