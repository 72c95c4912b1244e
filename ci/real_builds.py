"""Build crates from the index for the ABIs that they support, run the wheels, and compare with the published ones.

Arguments select crates (``nh3==0.3.8``), ``--target`` the platforms: this machine's, Windows and macOS by default, and
all seven for crates with C code or Apple's frameworks (``NATIVE``). The results are in
``target/real_builds/results.json`` and, as a table, in ``results.md``. One build at a time. A crate with results for
the same targets and the same monowheel is not built again, unless ``--fresh``.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from kept_results import Json, Kept
from published import counterpart, fetched, published

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "real_builds"
TARGETS = (f"manylinux_2_17_{platform.machine()}", "win_amd64", "macosx_universal2")
GOOD = ("built", "reused")
# One crate, all targets: 150 crates compiled for each on a busy machine.
LIMIT = 2 * 60 * 60


class Crate(NamedTuple):
    """A release on the index."""

    release: str
    # Its PyO3, for the reader.
    pyo3: str
    options: tuple[str, ...]
    note: str

    @property
    def targets(self) -> list[str]:
        """The targets if none are asked for: those that show most at least cost, or all."""
        return [] if self in NATIVE else list(TARGETS)

    @property
    def folder(self) -> Path:
        """The directory of its wheels."""
        return OUT / self.release.replace("==", "-")


def abis(*names: str) -> tuple[str, ...]:
    """Write the options of a list of ABIs."""
    return tuple(word for name in names for word in ("--abi", name))


# Small crates that cover every PyO3 from 0.22 to 0.30. Eight have no abi3 feature of their own.
CRATES = (
    Crate("regress==2024.11.1", "0.22", abis("cp39", "cp313"), "no abi3"),
    Crate("fastuuid==0.12.0", "0.22", abis("cp38", "cp313"), "no abi3"),
    Crate("rtoml==0.12.0", "0.23", abis("cp39", "cp313"), "no abi3"),
    Crate("pyrage==1.4.0", "0.24", abis("auto"), "abi3"),
    Crate("uuid-utils==0.11.1", "0.25", abis("auto"), "abi3"),
    Crate("jellyfish==1.2.1", "0.26", (*abis("abi3", "cp314t"), "--floor", "3.9"), "abi3 from outside"),
    Crate("nh3==0.3.2", "0.27", abis("auto"), "abi3"),
    Crate("safetensors==0.8.0", "0.28", abis("auto"), "abi3, workspace"),
    Crate("rfc3161-client==1.0.9", "0.29", abis("auto"), "abi3, workspace"),
    Crate("rpds-py==2026.9.1", "0.29", abis("cp314", "cp314t", "cp315t"), "no abi3"),
    Crate("jellyfish==1.3.0", "0.30", (*abis("abi3", "cp314t"), "--floor", "3.11"), "abi3 from outside"),
    Crate("python-calamine==0.9.1", "0.30", (*abis("abi3", "cp314t"), "--floor", "3.11"), "abi3 from outside"),
    Crate("nh3==0.3.8", "0.30", abis("auto"), "abi3"),
)
# What needs more than Rust, for every default target.
NATIVE = (
    Crate("cryptography==50.0.2", "0.29", abis("abi3"), "OpenSSL"),
    Crate("watchfiles==1.3.0", "0.29", abis("abi3"), "CoreServices of macOS"),
    Crate(
        "common-expression-language==0.10.0",
        "0.29",
        (*abis("abi3"), "--floor", "3.11"),
        "core-foundation, by iana-time-zone",
    ),
    Crate("css-inline==0.23.0", "0.29", abis("abi3"), "security-framework, C"),
    Crate("cramjam==2.14.0", "0.29", (*abis("abi3"), "--floor", "3.11"), "C by cmake, zstd"),
    Crate("qh3==2.1.0", "0.28", abis("abi3"), "aws-lc by cmake and bindgen, C++"),
    Crate("blake3==1.0.9", "0.29", abis("cp38", "cp314t"), "C and assembly"),
    Crate("tokenizers==0.23.3", "0.29", abis("abi3"), "C++, oniguruma"),
)
ALL = (*CRATES, *NATIVE)


def run(words: list[str | Path], log: Path, limit: float) -> tuple[int, str]:
    """Run the command under test; return its exit code and its stdout. Its progress is kept."""
    command = [sys.executable, "-m", "monowheel", *map(str, words)]
    print("$ monowheel", *words, flush=True)
    with log.open("a", encoding="utf-8") as err:
        try:
            done = subprocess.run(
                command, check=False, stdout=subprocess.PIPE, stderr=err, encoding="utf-8", timeout=limit
            )
        except subprocess.TimeoutExpired:
            return -1, ""
    return done.returncode, done.stdout


def loaded(wheels: list[Path], log: Path) -> set[str]:
    """List the libraries that wheels load, each with its processor."""
    _, out = run(["audit", *wheels, "--json"], log, LIMIT)
    slices = [each for file in json.loads(out)["files"] for binary in file["binaries"] for each in binary["slices"]]
    return {f"{library} ({each['arch']})" for each in slices for library in each["libraries"]}


def other_loads(crate: Crate, wheel: Json) -> list[str] | None:
    """Return the libraries that only our wheel for macOS loads (+), and only the published one (-)."""
    if not wheel["published"] or "macosx" not in wheel["target"]:
        return None
    log = crate.folder / "log.txt"
    ours = loaded([crate.folder / wheel["file"]], log)
    theirs = loaded([fetched(file, crate.folder / "published") for file in wheel["published"]["files"]], log)
    return sorted([f"+{name}" for name in ours - theirs] + [f"-{name}" for name in theirs - ours])


def tried(crate: Crate) -> dict[str, list[str]]:
    """Run the wheels on the interpreters here; return the result of each wheel."""
    _, out = run(["test", crate.folder, "--json"], crate.folder / "log.txt", LIMIT)
    found: dict[str, list[str]] = {}
    for trial in json.loads(out)["releases"][0]["trials"] if out else []:
        if trial["verdict"] != "nothing":
            word = f"{trial['python']}: {trial['verdict']}" + (f" ({trial['why']})" if trial.get("why") else "")
            found.setdefault(str(trial.get("wheel")), []).append(word)
    return found


def one(crate: Crate, targets: list[str]) -> Json:
    """Build, run and compare one crate."""
    crate.folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    words = [word for name in targets for word in ("--target", name)]
    code, _ = run(
        ["build", crate.release, *crate.options, *words, "--out", crate.folder], crate.folder / "log.txt", LIMIT
    )
    seconds = round(time.monotonic() - began)
    record = crate.folder / "monowheel.json"
    if not record.is_file():
        return {"code": code, "seconds": seconds, "wheels": []}
    manifest, others, trials = json.loads(record.read_text(encoding="utf-8")), published(crate.release), tried(crate)
    wheels = []
    for wheel in manifest["wheels"]:
        file = wheel.get("file")
        wheels.append(
            {
                **{
                    key: wheel.get(key)
                    for key in ("target", "abi", "verdict", "seconds", "size", "why", "added_features")
                },
                "file": file,
                "published": counterpart(file, others) if file else None,
                "ran": trials.get(str(file), []),
            }
        )
    for wheel in wheels:
        wheel["loads"] = other_loads(crate, wheel)
    return {"code": code, "seconds": seconds, "tools": manifest["tools"], "wheels": wheels}


def row(crate: Crate, wheel: Json) -> str:
    """Write a line of the table."""
    other = (wheel["published"] or {}).get("size")
    ratio = f"{wheel['size'] / other:.2f}" if wheel.get("size") and other else "-"
    ran = wheel["ran"]
    good = sum(word.endswith(": ran") for word in ran)
    tests = f"{good} of {len(ran)}" if ran else "-"
    took = f"{wheel['seconds']:.0f}" if wheel.get("seconds") is not None else "-"
    size = f"{wheel['size'] / 1000:.0f}" if wheel.get("size") else "-"
    loads = "-" if wheel.get("loads") is None else ", ".join(wheel["loads"]) or "same"
    cells = (
        crate.release,
        crate.pyo3,
        wheel["target"],
        wheel["abi"],
        wheel["verdict"],
        took,
        size,
        ratio,
        tests,
        loads,
    )
    return "| " + " | ".join(cells) + " |"


def table(kept: Json) -> str:
    """Write all results as Markdown."""
    head = ("crate", "PyO3", "target", "ABI", "verdict", "seconds", "kB", "of the published", "ran on", "loads")
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    for crate in ALL:
        found = kept.get(crate.release)
        if found:
            lines += [row(crate, wheel) for wheel in found["wheels"]]
            if not found["wheels"]:
                lines.append(f"| {crate.release} | {crate.pyo3} | no record: exit code {found['code']} | | | | | | | |")
    return "\n".join(lines) + "\n"


def main(words: list[str]) -> int:
    """Build what is missing, write the results, print the table; return 1 if a wheel is not built or does not run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("crates", nargs="*", metavar="NAME==VERSION")
    parser.add_argument("--target", action="append", default=[], metavar="NAME")
    parser.add_argument("--fresh", action="store_true", help="rebuild existing results")
    options = parser.parse_args(words)
    unknown = set(options.crates) - {crate.release for crate in ALL}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(crate.release for crate in ALL)}")
    kept = Kept(OUT / "results.json", options.target, fresh=options.fresh)
    worst = 0
    for crate in ALL:
        if options.crates and crate.release not in options.crates:
            continue
        found = kept.good(crate.release, "code")
        if not found:
            date = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
            found = kept.keep(crate.release, {**one(crate, options.target or crate.targets), "date": date})
            (OUT / "results.md").write_text(table(kept.results), encoding="utf-8")
        runs = [word for wheel in found["wheels"] for word in wheel["ran"]]
        worst |= bool(found["code"] or not all(word.endswith(": ran") for word in runs))
    print(table(kept.results))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
