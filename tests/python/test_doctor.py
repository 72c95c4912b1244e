"""`monowheel doctor`: a machine checked against a project's needs, and machines where something is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import monowheel as package
import pytest

if TYPE_CHECKING:
    from conftest import Run, Start

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)
INTERRUPTED = 130
Hello = Callable[[Path], Path]
NAMES = [
    "project",
    "rust",
    "tools",
    "isolation",
    "lock",
    "target",
    "python",
    "headers",
    "venv",
    "kernel",
    "xonsh",
    "extension",
    "debugger",
]
HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the machines that are made here are Linux's")


@pytest.fixture
def project(tmp_path: Path, hello_at: Hello) -> Path:
    """The example in a directory with a space; it requires this Python, so that no other is missing."""
    project = hello_at(tmp_path / "a project")
    pyproject = project / "pyproject.toml"
    lines = pyproject.read_text(encoding="utf-8").split("[tool.monowheel", maxsplit=1)[0].splitlines()
    kept = [f'requires-python = ">={HERE}"' if line.startswith("requires-python") else line for line in lines]
    config = '[tool.monowheel]\ntargets = ["manylinux_2_17_x86_64"]\nabis = ["abi3"]\n'
    pyproject.write_text("\n".join(kept) + "\n" + config, encoding="utf-8")
    return project


@pytest.fixture
def nothing(tmp_path: Path) -> dict[str, str]:
    """An environment in which no tool is on PATH, and no files of this machine's user are found."""
    empty = tmp_path / "nothing"
    empty.mkdir()
    names = ["PATH", "HOME", "RUSTUP_HOME", "JUPYTER_DATA_DIR", "JUPYTER_PATH", "MONOWHEEL_CACHE"]
    # zig's own cache stays: it has the C libraries to link, which take half a minute each to compile.
    zig = os.environ.get("ZIG_GLOBAL_CACHE_DIR", str(Path.home() / ".cache" / "zig"))
    others = {"VIRTUAL_ENV": "", "CONDA_PREFIX": "", "ZIG_GLOBAL_CACHE_DIR": zig}
    return {**{name: str(empty) for name in names}, **others}


def report(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Read stdout, which has to be one JSON document and nothing else."""
    document: dict[str, Any] = json.loads(ended.stdout)
    assert document["schema"] == "monowheel.doctor/1"
    assert document["monowheel"] == package.__version__
    seen = [check["check"] for check in document["checks"]]
    assert sorted(set(seen), key=NAMES.index) == NAMES
    assert all(check["why"] and check["place"] and check["said"] for check in document["checks"]), document
    assert document["healthy"] == all(check["state"] in {"ok", "note", "skipped"} for check in document["checks"])
    return document


def of(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the checks with one name."""
    return [check for check in document["checks"] if check["check"] == name]


@pytest.mark.builds
def test_this_machine_links_for_the_target(monowheel: Run, project: Path) -> None:
    """Everything for a build is here: the cdylib links, and the report has its time."""
    ended = monowheel("doctor", project, "--json", "--fresh")
    document = report(ended)
    (target,) = of(document, "target")
    assert target["state"] == "ok", target
    assert 0 < target["seconds"] < 300
    (again,) = of(report(monowheel("doctor", project, "--json")), "target")
    assert (again["state"], "seconds" in again) == ("ok", False), "the same tools are not tried twice"
    assert "linked by these tools before" in again["said"]
    assert [check["state"] for check in of(document, "rust")] == ["ok"]
    assert ended.returncode in {CLEAN, FINDINGS, INCOMPLETE}
    assert not (project / "target").exists()


def test_a_rust_that_nobody_has(monowheel: Run, project: Path, nothing: dict[str, str]) -> None:
    """The crate needs a newer Rust: reported with the next step, and nothing is compiled."""
    manifest = project / "Cargo.toml"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    kept = ['rust-version = "1.999"' if line.startswith("rust-version") else line for line in lines]
    manifest.write_text("\n".join(kept) + "\n", encoding="utf-8")
    ended = monowheel("doctor", project, "--json", env=nothing)
    document = report(ended)
    (rust,) = of(document, "rust")
    assert rust["state"] == "wrong"
    assert rust["fix"]["command"]
    assert [check["state"] for check in of(document, "target")] == ["skipped"]
    assert ended.returncode == FINDINGS, ended.stderr


def test_without_tools(project: Path, tmp_path: Path, nothing: dict[str, str]) -> None:
    """An environment without maturin and zig: each missing tool has its command, and `--dry-run` runs none of them."""
    bare = tmp_path / "a venv"
    venv.create(bare, with_pip=False, symlinks=True)
    python = bare / "bin" / "python"
    (site,) = bare.glob("lib/python3*/site-packages")
    (site / "monowheel").symlink_to(Path(package.__file__).parent)
    words = [str(python), "-m", "monowheel", "doctor", str(project)]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        everything = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            [*words, *more],
            check=False,
            capture_output=True,
            encoding="utf-8",
            env={**everything, "NO_COLOR": "1", **nothing},
            stdin=subprocess.DEVNULL,
            timeout=300,
        )

    ended = run("--json", "--dry-run")
    document = report(ended)
    tools = of(document, "tools")
    assert [(tool["place"], tool["state"]) for tool in tools] == [("maturin", "wrong"), ("zig", "wrong")]
    assert all(tool["fix"]["command"].startswith(f"'{python}' -m pip install '") for tool in tools)
    assert all(tool["fix"]["by_fix"] for tool in tools)
    assert [check["state"] for check in of(document, "target")] == ["skipped"]
    assert [check["state"] for check in of(document, "debugger")] == ["skipped"] * 3
    assert "fixed" not in document
    assert ended.returncode == FINDINGS, ended.stderr

    shown = run("--dry-run")
    assert shown.returncode == FINDINGS
    assert "WRONG   tools      maturin" in shown.stdout
    assert "why: maturin builds the wheels" in shown.stdout
    assert shown.stdout.count("pip install 'maturin") == 2  # below its check, and in the list
    assert not list(site.glob("maturin*"))


@pytest.mark.builds
def test_fix_runs_what_mends_and_looks_again(
    monowheel: Run, project: Path, tmp_path: Path, nothing: dict[str, str]
) -> None:
    """A notebook kernel of a deleted environment; the command registers one of the right environment."""
    data, environment = tmp_path / "data", tmp_path / "an environment"
    old = data / "kernels" / "old"
    old.mkdir(parents=True)
    spec = {"argv": ["/gone/bin/python", "-m", "ipykernel_launcher"], "language": "python"}
    (old / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    python = environment / "bin" / "python"
    python.parent.mkdir(parents=True)
    (environment / "pyvenv.cfg").write_text("", encoding="utf-8")
    # The effect of `python -m ipykernel install` for Jupyter.
    script = """#!/bin/sh
mkdir -p "$JUPYTER_DATA_DIR/kernels/$6"
printf '{"argv": ["%s"], "language": "python"}' "$0" > "$JUPYTER_DATA_DIR/kernels/$6/kernel.json"
echo "words: $*"
"""
    python.write_text(script, encoding="utf-8")
    python.chmod(0o755)
    # Rust and PATH are this machine's: their problems would be fixed too.
    kept = {name: nothing[name] for name in ("HOME", "ZIG_GLOBAL_CACHE_DIR")}
    kept["RUSTUP_HOME"] = os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup"))
    env = {**kept, "JUPYTER_DATA_DIR": str(data), "JUPYTER_PATH": "", "VIRTUAL_ENV": str(environment)}
    command = f"'{python}' -m ipykernel install --user --name hello_world"

    seen = report(monowheel("doctor", project, "--json", env=env))
    (kernel,) = of(seen, "kernel")
    assert kernel["state"] == "wrong"
    assert "/gone, which does not exist" in kernel["said"]
    assert kernel["fix"] == {"command": command, "by_fix": True}
    by_fix = [check["fix"]["command"] for check in seen["checks"] if check.get("fix", {}).get("by_fix")]
    if by_fix != [command]:
        pytest.skip(f"this machine lacks more than the kernel: {by_fix}")

    ended = monowheel("doctor", project, "--json", "--fix", "--yes", env=env)
    document = report(ended)
    assert document["fixed"] == [{"command": command, "done": True}]
    assert [check["state"] for check in of(document, "kernel")] == ["ok"]
    assert f"$ {command}" in ended.stderr
    assert "words: -m ipykernel install --user --name hello_world" in ended.stderr


def test_a_changed_source_makes_the_extension_stale(monowheel: Run, project: Path, nothing: dict[str, str]) -> None:
    """An extension older than a source is reported; a newer one is healthy."""
    built = project / "python" / "hello_world" / "_hello_world.abi3.so"
    built.write_bytes(b"")
    newest = time.time()
    for path in [*project.rglob("*.rs"), project / "Cargo.toml", project / "Cargo.lock"]:
        os.utime(path, (newest - 100, newest - 100))
    os.utime(built, (newest, newest))

    def extension() -> dict[str, Any]:
        (check,) = of(report(monowheel("doctor", project, "--json", env=nothing)), "extension")
        return check

    assert extension()["state"] == "ok"
    os.utime(project / "src" / "lib.rs", (newest + 7300, newest + 7300))
    check = extension()
    assert (check["state"], check["said"]) == ("wrong", "older than src/lib.rs by 2 h")
    assert "maturin develop" in check["fix"]["command"]


def test_what_cannot_be_looked_at_is_not_passed_over(
    monowheel: Run, project: Path, tmp_path: Path, nothing: dict[str, str]
) -> None:
    """A xonsh with an unknown interpreter: unknown, and exit code 3."""
    tools = tmp_path / "tools"
    tools.mkdir()
    xonsh = tools / "xonsh"
    xonsh.write_text("#!/usr/bin/env something\n", encoding="utf-8")
    env = {**nothing, "PATH": str(tools), "VIRTUAL_ENV": sys.prefix}
    ended = monowheel("doctor", project, "--json", env=env)
    (check,) = of(report(ended), "xonsh")
    assert (check["state"], check["place"]) == ("unknown", str(xonsh))
    assert ended.returncode == INCOMPLETE


def test_no_project_is_a_matter_of_usage(monowheel: Run, tmp_path: Path) -> None:
    """Nothing is checked; stdout has only the error's document."""
    ended = monowheel("doctor", tmp_path, "--json")
    assert (ended.returncode, json.loads(ended.stdout)["schema"]) == (USAGE, "monowheel.error/1")
    assert "no pyproject.toml" in ended.stderr


def test_ctrl_c_ends_a_tool_that_hangs(start: Start, project: Path, tmp_path: Path, nothing: dict[str, str]) -> None:
    """A hanging gdb ends with the doctor, and so does the process that it debugs."""
    tools = tmp_path / "tools"
    tools.mkdir()
    told = tmp_path / "told"
    gdb = tools / "gdb"
    gdb.write_text(f"#!/bin/sh\necho $$ $7 > '{told}'\nexec /bin/sleep 100\n", encoding="utf-8")
    gdb.chmod(0o755)
    everything = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    process = start("doctor", project, env={**everything, **nothing, "PATH": str(tools)})
    end = time.monotonic() + 240
    while not (told.exists() and told.read_text(encoding="utf-8").endswith("\n")):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == INTERRUPTED
    for number in told.read_text(encoding="utf-8").split():
        with pytest.raises(ProcessLookupError):
            os.kill(int(number), 0)
