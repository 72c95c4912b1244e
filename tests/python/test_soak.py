"""`monowheel soak`: each planted defect is found in its condition, with a script that repeats it; its twin is not."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from planted_wheel import planted_wheel
from small_project import copy_small

if TYPE_CHECKING:
    from conftest import Run

pytestmark = [
    pytest.mark.builds,
    pytest.mark.skipif(sys.platform != "linux", reason="soaks run on Linux"),
    pytest.mark.skipif(importlib.util.find_spec("hypothesis") is None, reason="hypothesis is not installed"),
]

HERE = Path(__file__).resolve().parent
CLEAN = 0
FINDINGS = 1
USAGE = 2
INCOMPLETE = 3
NEEDS_TESTCAPI = pytest.mark.skipif(
    importlib.util.find_spec("_testcapi") is None, reason="this Python has no _testcapi"
)

# The call, the condition in which it is found, and the kind of the finding.
DEFECTS = [
    ("planted.panic_if_empty", "plain", "panic"),
    ("planted.error_and_value", "plain", "system-error"),
    ("planted.abort_if_large", "plain", "abort"),
    ("planted.race", "threads", "crash"),
    ("planted.deadlock", "threads", "hang"),
    ("planted_raw.shared", "subinterpreters", "crash"),
    ("planted.at_exit", "shutdown", "crash"),
    ("planted.pooled", "fork", "hang"),
    pytest.param("planted.unchecked", "nomemory", "crash", marks=NEEDS_TESTCAPI),
    ("planted.forget_object", "leaks", "leak"),
]
FIXED = [
    "panic_if_empty_fixed", "error_and_value_fixed", "abort_if_large_fixed", "race_fixed", "deadlock_fixed",
    "shared_fixed", "at_exit_fixed", "pooled_fixed", "unchecked_fixed", "forget_object_fixed",
    "NodeFixed",
]  # fmt: skip


def asan_runtime() -> bool:
    """Whether a compiler has the runtime."""
    said = [
        subprocess.run(
            [compiler, f"-print-file-name={name}"], check=False, stdout=subprocess.PIPE, encoding="utf-8"
        ).stdout
        for compiler, name in (("gcc", "libasan.so"), ("clang", "libclang_rt.asan.so"))
        if shutil.which(compiler)
    ]
    return any(Path(path.strip()).is_absolute() for path in said)


@pytest.fixture(scope="module")
def wheel(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planted modules as a wheel."""
    return planted_wheel(planted, tmp_path_factory.mktemp("wheel"))


def soak(monowheel: Run, wheel: Path, folder: Path, *words: str) -> tuple[int, Any]:
    """Soak the wheel on this interpreter: the exit code and the report."""
    here = ("--python", f"{sys.version_info[0]}.{sys.version_info[1]}", "--hang", "7")
    return soak_anywhere(monowheel, wheel, folder, *here, *words)


def soak_anywhere(monowheel: Run, wheel: Path, folder: Path, *words: str) -> tuple[int, Any]:
    """Soak the wheel on all interpreters that can run it: the exit code and the report."""
    done = monowheel("soak", "--json", "--offline", "--output", folder / "soak", *words, wheel)
    if "its sources are not installed" in done.stderr:
        pytest.skip("no Rust has the sources of the standard library (rust-src)")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(("call", "mode", "kind"), DEFECTS)
def test_a_planted_defect_is_found_in_its_condition(
    monowheel: Run, wheel: Path, tmp_path: Path, call: str, mode: str, kind: str
) -> None:
    # A leak is measured on calls that worked before.
    modes = ("--mode", "plain", "--mode", mode) if mode == "leaks" else ("--mode", mode)
    for seconds in ("2", "15"):
        # Threads meet by chance: on a machine that is busy, later.
        words = ("--only", call.partition(".")[2], "--seconds", seconds)
        code, report = soak(monowheel, wheel, tmp_path, *modes, *words)
        if code != CLEAN or mode != "threads":
            break
    assert code == FINDINGS, report
    assert report["schema"] == "monowheel.soak/1"
    found = [(finding["call"], finding["mode"], finding["kind"]) for finding in report["findings"]]
    assert found == [(call, mode, kind)], report
    (finding,) = report["findings"]
    assert finding["repeats"], finding
    assert len(finding["lines"]) == 1, finding["lines"]
    script = Path(finding["script"]).read_text(encoding="utf-8")
    assert call + "(" in script
    assert finding["fix"]
    compile(script, finding["script"], "exec")


def test_the_fixed_twins_are_clean(monowheel: Run, wheel: Path, tmp_path: Path) -> None:
    only = [word for name in FIXED for word in ("--only", name)]
    code, report = soak(monowheel, wheel, tmp_path, *only, "--seconds", "9")
    assert (code, report["findings"]) == (CLEAN, []), report
    modes = {run["mode"] for run in report["runs"] if run["programs"] > 0}
    assert {"plain", "dev", "threads", "subinterpreters", "shutdown", "fork", "signals"} <= modes, report["runs"]
    assert not (tmp_path / "soak").exists()


def test_a_soak_continues_and_its_script_runs_alone(monowheel: Run, wheel: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    words = ("--mode", "plain", "--seconds", "1", "--state", str(state), "--only", "error_and_value")
    code, first = soak(monowheel, wheel, tmp_path, *words)
    assert code == FINDINGS
    begun = json.loads(state.read_text(encoding="utf-8"))["batches"]
    code, second = soak(monowheel, wheel, tmp_path, *words)
    # What was found remains, and it goes on with other calls.
    assert [one["call"] for one in second["findings"]] == [one["call"] for one in first["findings"]]
    (key,) = begun
    assert json.loads(state.read_text(encoding="utf-8"))["batches"][key] > begun[key]
    done = monowheel("soak", "--offline", "--seed", "5", "--state", state, wheel)
    assert done.returncode == USAGE
    assert "of another seed" in done.stderr
    script = first["findings"][0]["script"]
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    alone = subprocess.run(
        [sys.executable, script], check=False, capture_output=True, encoding="utf-8", env={"PYTHONPATH": str(unpacked)}
    )
    assert alone.returncode == 1
    assert "SystemError" in alone.stderr


WITH_TSAN = "cpython-3.15t-tsan"
PLANTED_PROJECT = """\
[build-system]
requires = ["maturin>=1.9,<2"]
build-backend = "maturin"

[project]
name = "planted"
version = "0.1.0"
"""
# A byte after the object that Python allocated: its terminating zero is still allowed.
READ = "let text = std::slice::from_raw_parts("
BEYOND = "std::hint::black_box(*PyBytes_AsString(bytes).add(length + 1));\n        " + READ


@pytest.mark.skipif(not asan_runtime(), reason="neither gcc nor clang has the runtime of AddressSanitizer")
def test_memory_beyond_an_object_is_seen_by_the_sanitizer(monowheel: Run, tmp_path: Path) -> None:
    project = copy_small(tmp_path / "a project")
    module = project / "src" / "python.rs"
    good = module.read_text(encoding="utf-8")
    assert READ in good
    module.write_text(good.replace(READ, BEYOND), encoding="utf-8")
    words = ("--sanitizer", "address", "--mode", "plain", "--mode", "leaks", "--seconds", "5")
    code, report = soak(monowheel, project, tmp_path, *words)
    assert code == FINDINGS, report
    (finding,) = report["findings"]
    assert finding["call"].endswith("greet")
    assert (finding["kind"], finding["what"], finding["repeats"]) == (
        "memory",
        "heap-buffer-overflow: READ of size 1",
        True,
    )
    assert "python.rs" in finding["trace"]
    assert "LD_PRELOAD=" in Path(finding["script"]).read_text(encoding="utf-8")
    (leaks,) = [run for run in report["runs"] if run["mode"] == "leaks"]
    assert "without a sanitizer" in leaks["why"]

    module.write_text(good, encoding="utf-8")
    code, report = soak(monowheel, project, tmp_path, *words)
    assert (code, report["findings"]) == (CLEAN, []), report

    # A wheel with a sanitizer needs no option.
    (kept,) = (tmp_path / "soak" / "address-sanitizer" / "wheels").glob("*.whl")
    code, report = soak(monowheel, kept, tmp_path, "--mode", "plain", "--seconds", "3")
    assert (code, report["findings"]) == (CLEAN, []), report
    assert report["runs"][0]["programs"] > 0


def test_a_race_is_seen_by_the_sanitizer_without_a_crash(monowheel: Run, tmp_path: Path) -> None:
    listed = json.loads(monowheel("lab", "list", "--json").stdout)["interpreters"]
    (state,) = [one["state"] for one in listed if one["id"] == WITH_TSAN]
    if state not in ("ready", "outdated"):
        pytest.skip(f"{WITH_TSAN} is not in the lab: monowheel lab get {WITH_TSAN}")
    project = tmp_path / "a project"
    shutil.copytree(HERE / "planted", project, ignore=shutil.ignore_patterns("target"))
    (project / "pyproject.toml").write_text(PLANTED_PROJECT, encoding="utf-8")
    words = ("--mode", "threads", "--seconds", "20", "--hang", "60", "--only", "race", "--only", "race_fixed")
    code, report = soak_anywhere(monowheel, project, tmp_path, "--sanitizer", "thread", *words)
    assert code == FINDINGS, report
    (finding,) = report["findings"]
    assert (finding["call"], finding["kind"], finding["mode"]) == (
        "planted.planted.race",
        "race",
        "threads",
    )
    assert finding["repeats"], finding
    assert finding["what"].startswith("data race: ")
    assert "planted::unsound::fill" in finding["what"]
    # Both accesses.
    assert finding["trace"].count("unsound.rs:") > 1, finding["trace"]
    assert "TSAN_OPTIONS=" in Path(finding["script"]).read_text(encoding="utf-8")

    # A wheel with a sanitizer needs no option.
    (kept,) = (tmp_path / "soak" / "thread-sanitizer" / "wheels").glob("*.whl")
    only = ("--mode", "threads", "--seconds", "3", "--hang", "60", "--only", "race_fixed")
    code, report = soak_anywhere(monowheel, kept, tmp_path, *only)
    assert (code, report["findings"]) == (CLEAN, []), report
    assert report["runs"][0]["programs"] > 0


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_the_wheel_cannot_reach_the_files_of_the_user(monowheel: Run, planted: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    # Python runs it whenever it starts.
    line = f"import os; os.path.isdir({str(tmp_path)!r}) and open({str(mark)!r}, 'w').close()\n"
    wheel = planted_wheel(planted, tmp_path, others={"curious.pth": line})
    words = ("--mode", "plain", "--seconds", "1", "--only", "panic_if_empty_fixed")
    code, report = soak(monowheel, wheel, tmp_path, *words)
    assert code == CLEAN, report
    assert "bubblewrap" in report["isolation"]["by"]
    assert not mark.exists()
    code, report = soak(monowheel, wheel, tmp_path, *words, "--isolation", "off")
    assert (code, report["isolation"]) == (CLEAN, {"by": None, "why": "--isolation off"})
    assert mark.exists()


def test_mistakes_of_the_command_line(monowheel: Run, wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("", encoding="utf-8")
    mistakes: list[tuple[list[str | Path], str]] = [
        ([tmp_path / "x.txt"], "not a wheel"),
        (["--only", "no_such", "--offline", "--seconds", "5", wheel], "nothing of these names"),
        (["--hang", "1", wheel], "invalid value"),
        (["--python", "9.9", wheel], "9.9"),
        (["--sanitizer", "address", wheel], "not the directory of one project"),
        (["--sanitizer", "address", tmp_path], "no pyproject.toml"),
        (["--sanitizer", "thread", tmp_path], "no pyproject.toml"),
    ]
    for words, said in mistakes:
        done = monowheel("soak", *words)
        assert done.returncode == USAGE, done.stderr
        assert said in done.stderr


def test_the_thread_sanitizer_needs_its_own_interpreter(monowheel: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PLANTED_PROJECT, encoding="utf-8")
    words = ("soak", "--sanitizer", "thread", tmp_path)
    done = monowheel(*words, env={"MONOWHEEL_LAB": str(tmp_path / "lab")})
    assert done.returncode == INCOMPLETE, done.stderr
    assert f"monowheel lab get {WITH_TSAN}" in done.stderr
    done = monowheel(*words, "--python", "3.15t")
    assert done.returncode == USAGE, done.stderr
    assert "leave out --python" in done.stderr
