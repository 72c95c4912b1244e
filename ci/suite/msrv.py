"""Compile with the Rust that Cargo.toml states as its minimum, the libraries for other programs also alone.

That Rust comes from rustup if it has it or can download it; else from Debian's packages of the suite that ships this
version, unpacked in the user's cache: the system's packages and apt's lists stay unchanged.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

from suite import tools
from suite.cargo import LAYOUT, for_others, toolchains
from suite.compiled import Compiled
from suite.shell import CACHE, ROOT, files, network_open, output, run, succeeds
from suite.step import FailedError, SkippedError

KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Runtime dependencies of rustc and cargo; the others are for linking and building packages.
PACKAGES = (
    *("rustc_*", "cargo_*", "libstd-rust-*", "libllvm*", "libc6_*", "libgcc-s1_*", "libstdc++6_*", "zlib1g_*"),
    *("libzstd1_*", "libxml2_*", "libicu*", "liblzma5_*", "libffi8_*", "libedit2_*", "libtinfo6_*", "libbsd0_*"),
    *("libmd0_*", "libz3-4_*"),
)
# A mirror that is a snapshot has Release files older than apt accepts; they are signed all the same.
APT_CONF = """\
Dir::State "{base}/state";
Dir::State::status "{base}/status";
Dir::Cache "{base}/cache";
Dir::Etc::sourcelist "{base}/etc/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferencesparts "-";
APT::Install-Recommends "false";
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
Debug::NoLocking "true";
"""
# The programs in the packages need their own C library, not this system's.
WRAPPER = """\
#!/bin/sh
exec "{loader}" --library-path "{root}/usr/lib/{triple}:{root}/lib/{triple}" "{root}/usr/bin/rustc.bin" \
--sysroot "{root}/usr" "$@"
"""


def msrv() -> None:
    """Each library for other programs alone, then everything, compiles with the minimum supported Rust."""
    version = wanted()
    rustc = from_rustup(version) or from_debian(version)
    # Its own target directory: each change of compiler would rebuild everything in the common one.
    env = {"CARGO_TARGET_DIR": str(ROOT / "target" / "msrv"), **({"RUSTC": str(rustc)} if rustc else {})}
    print(f"minimum Rust: {output(rustc, '--version').strip() if rustc else 'not here'}")
    dependencies = Compiled("msrv", ROOT / "target" / "msrv", ("debug",), ROOT / "Cargo.lock", str(rustc or "rustc"))
    dependencies.restore()
    # Alone, a crate has only the features of its dependencies that it asks for.
    for crate in for_others():
        run("cargo", "check", "--locked", "--package", crate, *LAYOUT.tests, env=env)
    if rustc is None:
        raise SkippedError(
            f"neither rustup nor Debian's {tools.MSRV_SUITE} provides Rust {version} here; this machine's compiled "
            "the libraries"
        )
    run("cargo", "check", "--locked", *LAYOUT.scope, *LAYOUT.tests, env=env)
    dependencies.keep()


def wanted() -> str:
    """Read the minimum from [package] or [workspace.package]."""
    text = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    found = re.search(r'^rust-version = "([\d.]+)"', text, re.MULTILINE)
    if found is None:
        raise FailedError("Cargo.toml states no rust-version")
    return found.group(1)


def is_wanted(version: str, *rustc: str | Path) -> bool:
    """Return whether a compiler has this version, whatever its patch release."""
    return succeeds(*rustc, "--version") and output(*rustc, "--version").startswith(f"rustc {version}.")


def from_rustup(version: str) -> Path | None:
    """Find the compiler among rustup's, or download it if the network is open."""
    for name in toolchains():
        if is_wanted(version, "rustup", "run", name, "rustc"):
            return Path(output("rustup", "which", "--toolchain", name, "rustc").strip())
    if shutil.which("rustup") is None or not network_open():
        return None
    run("rustup", "toolchain", "install", version, "--profile", "minimal")
    return Path(output("rustup", "which", "--toolchain", version, "rustc").strip())


def from_debian(version: str) -> Path | None:
    """Unpack the compiler from Debian's packages, once."""
    base = CACHE / f"rust-{version}"
    root, complete = base / "root", base / "complete"
    rustc = root / "usr" / "bin" / "rustc"
    if complete.is_file() and is_wanted(version, rustc):
        return rustc
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return None
    shutil.rmtree(base, ignore_errors=True)
    conf = isolated_apt(base / "apt")
    if conf is None:
        return None
    print(f"fetching Debian {tools.MSRV_SUITE}'s rustc into the cache (about 100 MB; nothing is installed)", flush=True)
    env = {"APT_CONFIG": str(conf)}
    try:
        run("apt-get", "update", "-qq", env=env)
        # Every dependency too: its LLVM and C library are newer than this system's.
        run("apt-get", "install", "-y", "-qq", "--download-only", "rustc", "cargo", env=env)
    except FailedError as error:
        print(f"not from Debian: {error}")
        return None
    for package in files(base, "apt/cache/archives/*.deb"):
        if any(fnmatchcase(package.name, pattern) for pattern in PACKAGES):
            subprocess.run(["dpkg", "-x", str(package), str(root)], check=True)
    shutil.rmtree(base / "apt")
    relocate(root)
    if not is_wanted(version, rustc):
        return None
    complete.touch()
    return rustc


def isolated_apt(base: Path) -> Path | None:
    """Set up an apt with its own lists and status in a directory; only the mirror is the system's."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    listed = output(*command).split() if succeeds(*command) else []
    mirrors = [uri for uri in listed if "-security" not in uri]
    if not mirrors or not KEYS.is_file():
        return None
    for folder in ("state/lists/partial", "cache/archives/partial", "etc"):
        (base / folder).mkdir(parents=True)
    (base / "status").touch()
    source = f"deb [signed-by={KEYS}] {mirrors[0]} {tools.MSRV_SUITE} main\n"
    (base / "etc" / "sources.list").write_text(source, encoding="utf-8")
    conf = base / "apt.conf"
    as_root = 'APT::Sandbox::User "root";\n' if os.geteuid() == 0 else ""
    conf.write_text(APT_CONF.format(base=base) + as_root, encoding="utf-8")
    return conf


def relocate(root: Path) -> None:
    """Replace the compiler by a wrapper that starts it with its own C library."""
    loader = files(root, "**/ld-linux-*.so.*")[0]
    rustc = root / "usr" / "bin" / "rustc"
    rustc.rename(rustc.with_name("rustc.bin"))
    triple = f"{platform.machine()}-linux-gnu"
    rustc.write_text(WRAPPER.format(loader=loader, root=root, triple=triple), encoding="utf-8")
    rustc.chmod(0o755)
