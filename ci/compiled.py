"""Which crates a build compiles, and how often: a wrapper of rustc records their names.

Crates that do not depend on PyO3 must be compiled once for each target, whatever the number of ABIs; those that run
on this machine once for each lane (monowheel builds in at most four at a time).
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# cargo calls it with the compiler and its arguments; a call for the version has no crate name.
WRAPPER = """\
#!/bin/sh
rustc=$1
shift
name= target=host previous=
for word in "$@"; do
    case $previous in --crate-name) name=$word ;; --target) target=$word ;; esac
    previous=$word
done
case $name in "" | ___) ;; *) echo "$name $target" >>'{log}' ;; esac
exec "$rustc" "$@"
"""
MOST_LANES = 4


class Compiled:
    """The crates that builds with `env` compile."""

    def __init__(self, folder: Path) -> None:
        """Write the wrapper into a directory and start without crates."""
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "compiled.log"
        self.log.write_text("", encoding="utf-8")
        script = folder / "compiled.sh"
        script.write_text(WRAPPER.format(log=self.log), encoding="utf-8")
        script.chmod(0o755)
        self.env = {"RUSTC_WRAPPER": str(script)}

    def names(self) -> Counter[tuple[str, str]]:
        """Count each crate and target."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return Counter((name, target) for name, _, target in (line.partition(" ") for line in lines))

    def repeated(self, own: str) -> list[str]:
        """Return the crates that were compiled too often; `own` is the one that is built."""
        lanes = min(MOST_LANES, os.cpu_count() or 1)
        return [
            f"{name} was compiled {count} times for {target}"
            for (name, target), count in sorted(self.names().items())
            if count > (lanes if target == "host" else 1) and not is_of_a_family(name, own)
        ]


def is_of_a_family(name: str, own: str) -> bool:
    """Whether a crate is compiled for each ABI: PyO3's, their build scripts, and the built one."""
    return name in {own, "build_script_build"} or name.startswith("pyo3")
