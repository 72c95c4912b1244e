"""Compiled dependencies, kept in the cache between runs.

A fresh clone would compile hundreds of crates that are the same as in the run before: those of the registry, whose
locked versions never change. Only these are kept, and only for the same compiler and lock file; whatever belongs to
this repository is always compiled from its sources. cargo compares the fingerprint of each crate that it finds and
compiles the rest, so that an incomplete set costs only time. `--fresh` does without.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from suite.cargo import metadata
from suite.shell import CACHE, ROOT, output

PLACE = CACHE / "compiled"
# cargo's output of a profile; the fingerprints come last, so that there is none without its files.
PARTS = ("deps", "build", ".fingerprint")
MANIFESTS = ("Cargo.toml", "fuzz/Cargo.toml")
# With `--fresh`, nothing is taken from the cache.
USED = True


class Compiled(NamedTuple):
    """The compiled dependencies in one Cargo target directory."""

    name: str
    target: Path
    # Directories below it, one per profile and platform.
    profiles: tuple[str, ...]
    lock: Path
    rustc: str = "rustc"

    def restore(self) -> None:
        """Fill the directory if it does not exist yet."""
        place = self._place()
        for profile in self.profiles:
            if USED and place.is_dir() and not (self.target / profile).exists():
                # A full disk costs only time: what is missing is compiled.
                with contextlib.suppress(OSError):
                    copy(place / profile, self.target / profile)

    def keep(self) -> None:
        """Replace the kept set, if there is more now, and the sets of earlier lock files and compilers."""
        own, place = own_names(), self._place()
        if all(units(self.target / name, own) <= units(place / name, own) for name in self.profiles):
            return
        PLACE.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError), tempfile.TemporaryDirectory(prefix=".new-", dir=PLACE) as folder:
            fresh = Path(folder) / "set"
            for name in self.profiles:
                copy(self.target / name, fresh / name, own)
            for old in PLACE.glob(f"{self.name}-*"):
                shutil.rmtree(old, ignore_errors=True)
            fresh.rename(place)

    def _place(self) -> Path:
        state = output(self.rustc, "-vV").encode() + self.lock.read_bytes()
        return PLACE / f"{self.name}-{hashlib.sha256(state).hexdigest()[:16]}"


def workspace() -> Compiled:
    """Return what the steps compile that share one Cargo target directory: the wheel, clippy and the Rust tests."""
    return Compiled("workspace", ROOT / "target", ("debug",), ROOT / "Cargo.lock")


def own_names() -> frozenset[str]:
    """Name the crates of this repository as cargo does in its output: packages, libraries, tests, programs."""
    packages = [package for manifest in MANIFESTS for package in metadata(manifest)]
    names = {package["name"] for package in packages}
    names |= {target["name"] for package in packages for target in package["targets"]}
    return frozenset(spelling for name in names for spelling in (name, name.replace("-", "_")))


def units(profile: Path, own: frozenset[str]) -> set[str]:
    """List the compiled units of other crates."""
    folder = profile / ".fingerprint"
    return {path.name for path in folder.iterdir() if is_kept(path.name, own)} if folder.is_dir() else set()


def is_kept(name: str, own: frozenset[str]) -> bool:
    """Whether cargo's file or directory `[lib]CRATE-HASH[.EXTENSION]` belongs to another crate."""
    crate = name.rpartition("-")[0]
    library = crate[len("lib") :] if crate.startswith("lib") else crate
    return bool(crate) and crate not in own and library not in own


def copy(profile: Path, to: Path, own: frozenset[str] = frozenset()) -> None:
    """Copy cargo's output without that of these crates, with its times, which cargo compares."""
    for part in PARTS:
        folder = profile / part
        for path in folder.iterdir() if folder.is_dir() else ():
            if not is_kept(path.name, own):
                continue
            (to / part).mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, to / part / path.name, symlinks=True)
            else:
                shutil.copy2(path, to / part / path.name)
