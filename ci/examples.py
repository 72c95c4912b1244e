"""Check every example as a reader would: the core without Python, then the wheel, from the build to the tests.

For each directory in ``examples/``, or for those named: rustfmt, clippy with and without Python, the Rust tests of the
core, the examples in the documentation, ``monowheel build`` of the abi3 wheel for this machine, ``monowheel audit``
without findings, not even a warning, and ``monowheel test`` on the oldest and the newest CPython here. Before the
build, ``monowheel lint`` has to find nothing, not even a note; after the tests its ``ci.sh`` runs other tools, if any.
At the end, stubtest compares the stubs that ``monowheel api stubs`` writes with all modules that were built.

``--lint "rustup run stable cargo"`` names the cargo that has clippy and rustfmt.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
OUT = ROOT / "target" / "examples"
TARGET = f"manylinux_2_17_{platform.machine()}"


class FailedError(Exception):
    """A failed check of an example; the message names it."""


class Example(NamedTuple):
    """One directory in ``examples/``."""

    name: str
    folder: Path
    floor: tuple[int, int]


def found(names: list[str]) -> list[Example]:
    """List the examples on the disk: all, or those named."""
    folders = [EXAMPLES / name for name in names] or sorted(path for path in EXAMPLES.iterdir() if path.is_dir())
    return [Example(folder.name, folder, floor_of(folder)) for folder in folders]


def floor_of(folder: Path) -> tuple[int, int]:
    """Read the oldest Python that an example supports."""
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    floor = re.search(r'^requires-python = ">=3\.(\d+)"$', text, re.MULTILINE)
    if floor is None:
        sys.exit(f"{folder}/pyproject.toml: requires-python is not a floor such as >=3.8")
    return 3, int(floor.group(1))


# The exit code of a `ci.sh` whose tools are missing; it names them.
SKIPPED = 77


def run(what: str, command: list[str], folder: Path, *, skips: bool = False) -> None:
    """Run one check; its output is shown as it comes."""
    print("$", *command, flush=True)
    # One directory for all: PyO3 is compiled once for the tests, and once for clippy.
    env = {**os.environ, "CARGO_TARGET_DIR": str(OUT / "cargo"), "PYO3_BUILD_EXTENSION_MODULE": "1"}
    try:
        code = subprocess.run(command, check=False, cwd=folder, env=env).returncode
    except OSError as error:
        raise FailedError(f"{what}: {command[0]} cannot be run: {error}") from error
    if code and not (skips and code == SKIPPED):
        raise FailedError(f"{what}: exit code {code}")


def pythons() -> list[dict[str, Any]]:
    """List the CPythons here that support an abi3 wheel for this machine, the oldest first."""
    command = [sys.executable, "-m", "monowheel", "pythons", "--json"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    usable = [
        python
        for python in json.loads(answer)["pythons"]
        if python["runner"] == "native"
        and python["implementation"] == "cpython"
        and not python["free_threaded"]
        and not python["debug"]
        and python["venv"]
        and python["libc"]
        and python["libc"][0] == "glibc"
    ]
    return sorted(usable, key=lambda python: list(python["version"]))


def tried(here: list[dict[str, Any]], floor: tuple[int, int], *, every: bool) -> list[str]:
    """Choose the interpreters for an example: the oldest and the newest that its wheel supports."""
    fit = [python["path"] for python in here if tuple(python["version"]) >= floor]
    if not fit:
        raise FailedError(f"monowheel test: no CPython {floor[0]}.{floor[1]} or later is installed (./ci/interpreters)")
    return fit if every else list(dict.fromkeys([fit[0], fit[-1]]))


def check(example: Example, lint: list[str], here: list[dict[str, Any]], *, every: bool) -> None:
    """Check one example, from its sources to the tests on its wheels."""
    folder, dist = example.folder, OUT / "dist" / example.name
    strict = ["--", "-D", "warnings"]
    run("cargo fmt", [*lint, "fmt", "--check", "--", "--config-path", str(ROOT)], folder)
    run(
        "clippy of the core",
        [*lint, "clippy", "-q", "--locked", "--all-targets", "--no-default-features", *strict],
        folder,
    )
    run("clippy", [*lint, "clippy", "-q", "--locked", "--all-targets", *strict], folder)
    run("cargo test of the core", ["cargo", "test", "-q", "--locked", "--no-default-features"], folder)
    # Code in the bindings' documentation that the compiler must reject; no interpreter is linked.
    run("cargo test --doc", ["cargo", "test", "-q", "--locked", "--doc"], folder)
    monowheel = [sys.executable, "-m", "monowheel", "--quiet"]
    run("monowheel lint", [*monowheel, "lint", "--complete", "--fail-on", "note", "."], folder)
    build = ["build", ".", "--no-lock", "--target", TARGET, "--abi", "abi3", "--out", str(dist)]
    run("monowheel build", [*monowheel, *build], folder)
    run("monowheel audit", [*monowheel, "audit", "--fail-on", "warning", str(dist)], folder)
    words = [word for python in tried(here, example.floor, every=every) for word in ("--python", python)]
    run("monowheel test", [*monowheel, "test", str(dist), "--config", "pyproject.toml", *words], folder)
    if (folder / "ci.sh").is_file():
        # The lab's interpreters have a libc of their own, which debuggers and profilers of this machine cannot inspect.
        own = [python for python in here if python["origin"] != "lab"]
        tools(example, dist, tried(own, example.floor, every=False)[-1])


def tools(example: Example, dist: Path, python: str) -> None:
    """Run an example's ``ci.sh``, which uses other tools, with the wheel in an environment of ``$PYTHON``."""
    place = OUT / "venv" / example.name
    run("venv", [python, "-m", "venv", "--clear", str(place)], example.folder)
    inside = str(place / "bin" / "python")
    wheel = next(dist.glob("*.whl"))
    run("pip install", [inside, "-m", "pip", "install", "-q", "pytest", str(wheel)], example.folder)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = ["env", f"PYTHON={inside}", f"PATH={path}", "./ci.sh"]
    run("ci.sh", command, example.folder, skips=True)


def stubtest(examples: list[Example]) -> None:
    """Compare the stubs that monowheel writes with the modules that were built, all at once: mypy starts slowly."""
    place = OUT / "stubtest"
    shutil.rmtree(place, ignore_errors=True)
    wheels = [str(next((OUT / "dist" / example.name).glob("*.whl"))) for example in examples]
    installer = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(place)]
    run("pip install", [*installer, *wheels], ROOT)
    # Their own stubs are compared by the tests of each example.
    for own in place.rglob("*.pyi"):
        own.unlink()
    for example in examples:
        words = ["-m", "monowheel", "--quiet", "api", "stubs", ".", "-o", str(OUT / "stubs")]
        run("api stubs", [sys.executable, *words], example.folder)
    modules = []
    for library in sorted(place.rglob("*.abi3.so")):
        name = library.name.split(".")[0]
        shutil.copy(OUT / "stubs" / f"{name}.pyi", library.parent)
        modules.append(".".join([*library.relative_to(place).parent.parts, name]))
    allowed = str(ROOT / "ci" / "stubtest_examples.txt")
    words = ["env", f"MYPYPATH={place}", f"PYTHONPATH={place}", sys.executable, "-m", "mypy.stubtest", "--concise"]
    run("stubtest", [*words, "--ignore-unused-allowlist", "--allowlist", allowed, *modules], OUT)


def main() -> int:
    """Check the examples, print the time of each, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these; all by default")
    parser.add_argument("--lint", default="cargo", metavar="WORDS", help="the cargo that has clippy and rustfmt")
    parser.add_argument("--every-python", action="store_true", help="not only the oldest and the newest")
    options = parser.parse_args()
    examples = found(options.names)
    if not examples:
        print(f"error: no examples in {EXAMPLES}", file=sys.stderr)
        return 1
    here = pythons()
    rows, faults = [], 0
    for example in examples:
        print(f"\n--- {example.name}", flush=True)
        began, verdict = time.monotonic(), "passed"
        try:
            check(example, options.lint.split(), here, every=options.every_python)
        except FailedError as error:
            verdict, faults = f"FAILED: {error}", faults + 1
        rows.append(f"{example.name:24} {time.monotonic() - began:7.1f}  {verdict}")
    try:
        if not faults:
            stubtest(examples)
    except FailedError as error:
        faults += 1
        print(error)
    print(f"\n{'example':24} seconds  verdict", *rows, sep="\n")
    print(f"{len(examples)} examples, {faults} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
