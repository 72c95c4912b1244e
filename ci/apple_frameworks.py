"""Write the table of Apple's frameworks, from the data of the objc2 project.

    ci/apple_frameworks.py OBJC2 GENERATED > crates/monowheel-wheel/src/platform/apple_frameworks.tsv

OBJC2 is a checkout of github.com/madsmtm/objc2 (the `macos` key of each framework's `translation-config.toml` is the
first macOS that has it), GENERATED one of github.com/madsmtm/objc2-generated (the declarations; only the first
words of the names are kept). Both are MIT, Apache 2.0 or Zlib. `FURTHER` lists what objc2 does not cover.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import tomllib

# Frameworks without an objc2 crate: the first macOS, from Apple's documentation; some prefixes of names.
FURTHER = {
    "AGL": ("10.0", "agl"),
    "Accelerate": ("10.3", "BLAS BNNS cblas_ vDSP_ vImage vv"),
    "AudioUnit": ("10.0", "Audio"),
    "Cocoa": ("10.0", ""),
    "ForceFeedback": ("10.2", "FF"),
    "GLUT": ("10.0", "glut"),
    "GSS": ("10.7", "GSS gss_"),
    "Hypervisor": ("10.10", "hv_"),
    "Kerberos": ("10.0", "gss_ krb5_"),
    "LDAP": ("10.0", "ber_ ldap_"),
    "OpenAL": ("10.4", "al alc"),
    "vecLib": ("10.0", "cblas_ vDSP_"),
    "vmnet": ("10.10", "vmnet_"),
}
# All others are `Versions/A` (read from the load commands of wheels that were linked on a Mac: PySide6, wxPython).
VERSIONS = {"AppKit": "C", "Foundation": "C"}
BLOCK = re.compile(r'extern "C(?:-unwind)?" \{(.*?)\n\s*\}', re.DOTALL)
NAME = re.compile(r"\b(?:fn|static) (\w+)\s*[:(<]")
# `CF` of CFArrayCreate, `kSec` of kSecClass, `Authorization` of AuthorizationCreate, `nw_` of nw_path_copy.
FIRST_WORD = re.compile(r"k?[A-Z]+(?=[A-Z][a-z])|k?[A-Z][a-z]+|[a-z]+_")


def first_words(folder: Path) -> str:
    """Return the prefixes that at least two of the framework's functions and constants share."""
    names = {
        name
        for path in folder.rglob("*.rs")
        for block in BLOCK.finditer(path.read_text())
        for name in NAME.findall(block[1])
    }
    words = Counter(match[0] for match in map(FIRST_WORD.match, names) if match)
    return " ".join(sorted(word for word, count in words.items() if count > 1))


def main(objc2: Path, generated: Path) -> None:
    """Print the table, sorted by name."""
    rows = {name: (since, VERSIONS.get(name, "A"), words) for name, (since, words) in FURTHER.items()}
    for path in sorted(objc2.glob("framework-crates/*/translation-config.toml")):
        config = tomllib.loads(path.read_text())
        name = config["framework"]
        # A key that is absent: the framework is not on macOS (UIKit).
        rows[name] = (config.get("macos", "-"), VERSIONS.get(name, "A"), first_words(generated / name))
    print("# Frameworks of Apple's systems: objc2 94bb7d7 (2026-08-17), objc2-generated fff28a8 (2026-08-07)")
    print("# since: the first macOS, - where none has it; words: what names of its functions and constants begin with")
    print("name\tsince\tversion\twords")
    for name, row in sorted(rows.items()):
        print(name, *row, sep="\t")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
