"""The steps on wheels: monowheel's own for this machine, and those that it builds."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from pathlib import Path

from suite import compiled, tools
from suite.cargo import LAYOUT, for_this_machine, like_the_wheel, with_tool
from suite.shell import KEPT, PYTHON, ROOT, VENV, files, in_venv, network_open, output, run, system_package
from suite.step import FailedError, SkippedError

EXAMPLE = "examples/hello_world"
# With C and C++.
NATIVE = "tests/native"
# The example's wheels for all targets: built by `cross`, used by `hello`, `prove` and `rehearse`.
HELLO = KEPT / "hello"


def wheel() -> None:
    """Monowheel's wheel for this machine, built as pip does and installed into .venv."""
    compiled.workspace().restore()
    run("./ci/bootstrap")
    print(host_wheel())


def host_wheel() -> Path:
    """Return the wheel that all tests use."""
    (path,) = files(ROOT, "target/host-wheel/*.whl")
    return path


def lint() -> None:
    """`monowheel lint` finds nothing in monowheel's own sources and the example's."""
    run(PYTHON, "-m", "monowheel", "lint", "--complete", "--fail-on", "note", ".", EXAMPLE)


def lab() -> None:
    """Interpreters that few machines have."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise SkippedError("the lab is for Linux on x86-64")
    # The mirror of a closed network may be outdated; signatures and hashes are still checked.
    run("./ci/interpreters", env={} if network_open() else {"MONOWHEEL_LAB_ALLOW_OUTDATED_INDEX": "1"})


def interpreters() -> list[str]:
    """List the directories where pyenv and the lab keep interpreters that run natively; most are not on PATH."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [str(path) for path in sorted(root.glob("versions/3.*/bin"))]
    listed = json.loads(output(VENV / "bin" / "monowheel", "lab", "list", "--json"))["interpreters"]
    entries = [item["entry"]["platform"] == "linux-x86_64" and item for item in listed if item.get("entry")]
    return folders + [os.path.dirname(item["executable"]) for item in entries if item]  # noqa: PTH120 - as it is written


def tox_with(name: str, *words: str | Path, **env: str) -> None:
    """Run tox on every interpreter here; there has to be at least one."""
    result = KEPT / f"{name}.json"
    result.parent.mkdir(parents=True, exist_ok=True)
    result.unlink(missing_ok=True)
    path = os.pathsep.join([in_venv()["PATH"], *interpreters()])
    env = {**env, "PATH": path, "UV_PYTHON_DOWNLOADS": "never"}
    if network_open():
        # uv fetches the interpreters that are missing.
        env["UV_PYTHON_DOWNLOADS"] = "manual"
        run(VENV / "bin" / "uv", "python", "install", "-q", *(f"3.{minor}" for minor in range(8, 14)), env=env)
    words = ("run-parallel", "--parallel", "auto", "--parallel-no-spinner", "--result-json", result, *words)
    run(VENV / "bin" / "tox", *words, env=env)
    run(PYTHON, "ci/tox_ran.py", result)


def tox() -> None:
    """The tests of the wheel on every CPython here."""
    tox_with("tox", "--installpkg", host_wheel())


def cross() -> None:
    """The example for all targets and both stable ABIs, then rebuilt elsewhere: the same bytes come out."""
    other_clock()
    again = KEPT / "reproduce"
    for folder in (HELLO, again):
        shutil.rmtree(folder, ignore_errors=True)
    run("./ci/wheels", EXAMPLE, "--out", HELLO, "--abi", "abi3", "--abi", "abi3t")
    run(PYTHON, "ci/complete_set.py", HELLO)
    run(PYTHON, "-m", "monowheel", "reproduce", EXAMPLE, "--no-lock", "--abi", "abi3", "--keep", again, env=in_venv())


def real() -> None:
    """Normalize a wheel as maturin builds it and a standard library for macOS; the second time changes nothing."""
    env = {"MONOWHEEL_WHEELS": str(host_wheel().parent), "MONOWHEEL_OBJECTS": str(macos_library()), **like_the_wheel()}
    run("cargo", "test", "--locked", *LAYOUT.scope, *LAYOUT.tests, "--test", "normalize", "--", "--ignored", env=env)


def macos_library() -> Path:
    """Find the standard library for macOS that the step `cross` compiled with: monowheel's own, or rustup's."""
    home = Path.home()
    cache = os.environ.get("MONOWHEEL_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "monowheel"
    rustup = Path(os.environ.get("RUSTUP_HOME") or home / ".rustup")
    folder = "lib/rustlib/aarch64-apple-darwin/lib"
    found = [*Path(cache).glob(f"std/*/{folder}"), *rustup.glob(f"toolchains/*/{folder}")]
    if not found:
        raise FailedError(f"no {folder} in {cache}/std and {rustup}/toolchains: ./ci/test cross real")
    return max(found, key=lambda path: path.stat().st_mtime)


def hello() -> None:
    """The example's tests on every native interpreter, with tox as in a project."""
    tox_with("hello", "-c", EXAMPLE, WHEELS=str(HELLO))


def examples(*names: str) -> None:
    """Each example from its sources to its tests, as a reader would run it."""
    run(PYTHON, "ci/examples.py", "--lint", " ".join(with_tool("clippy")), *names, env=in_venv(**for_this_machine()))


def prove() -> None:
    """The example's wheels beyond tox: emulated interpreters, the choice of wheel, the map."""
    names = output("./ci/interpreters", "--names").split()
    run(PYTHON, "ci/prove_hello.py", HELLO, *names)


def pyodide() -> None:
    """The example and a crate with C and C++ for Pyodide: built, reproduced, tested on Node, opened in a browser."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise SkippedError("the lab is for Linux on x86-64")
    run("./ci/interpreters", "pyodide-314", "pyodide-0.29")
    pure, native = KEPT / "pyodide", KEPT / "pyodide-native"
    run(PYTHON, "ci/pyodide.py", EXAMPLE, pure)
    headers = {"MONOWHEEL_EMSCRIPTEN": output("./ci/emscripten").strip()}
    run(PYTHON, "ci/pyodide.py", NATIVE, native, env=headers)
    browser()
    if shutil.which("chromium") is None:
        print("skipped: no page was opened, because there is no chromium on PATH")
    else:
        run(PYTHON, "ci/browser.py", pure, native, env=in_venv())


def other_clock() -> None:
    """Install faketime if that is possible: with another clock, reproduce finds more; without it, it reports that."""
    system_package("faketime", "nothing can set another clock", "faketime", required=False)


def browser() -> None:
    """Install a browser if that is possible; what needs it is skipped visibly otherwise."""
    why = "there is no browser for the pages that the tests look at"
    system_package("chromium", why, "chromium", "fonts-dejavu-core", required=False)


def pyo3() -> None:
    """A crate of PyO3 0.22, for abi3 and single versions, on Linux and Windows; run on the lab. All others: nightly."""
    targets = (f"manylinux_2_17_{platform.machine()}", "win_amd64")
    run(PYTHON, "ci/pyo3_matrix.py", "0.22", *(word for name in targets for word in ("--target", name)))


def rehearse() -> None:
    """Rehearse a release to an index on this machine; the publisher is killed after three files and resumes."""
    if sys.version_info < (3, 10):
        raise SkippedError("twine and sigstore need Python 3.10")
    fault = ("--fault", "kill-after=3")
    run(PYTHON, "-m", "monowheel", "publish", "--rehearse", *fault, "--dist", HELLO, "--project", EXAMPLE)


def pytest(*words: str) -> None:
    """The Python tests on the installed wheel."""
    browser()
    other_clock()
    variables = {"SARIF_SCHEMA": str(tools.sarif_schema()), **for_this_machine()}
    run(PYTHON, "-m", "pytest", "-q", "--durations=12", *words, env=variables)
