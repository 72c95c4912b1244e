"""A build for one target: its output, and that a second run has nothing to do."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Callable

import pytest
from conftest import ANY_TOOLCHAIN

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Faults, Run, Start

pytestmark = pytest.mark.builds

ONE_WHEEL = ("--target", "manylinux_2_17_x86_64", "--abi", "abi3")
CLEAN, INCOMPLETE = 0, 3


def names(folder: Path) -> list[str]:
    """The files that a user sees."""
    return sorted(path.name for path in folder.iterdir())


def test_the_set_is_an_sdist_wheels_and_their_record(monowheel: Run, warm: Path, faults_in: Faults) -> None:
    out = warm / "dist"
    done = monowheel("build", warm, *ONE_WHEEL, "--out", out)
    assert done.returncode == CLEAN, done.stderr
    assert names(out) == [
        "SHA256SUMS",
        "hello_world-0.1.0-cp38-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
        "hello_world-0.1.0.tar.gz",
        "monowheel.json",
    ]
    assert faults_in(out) == []
    assert json.loads((out / "monowheel.json").read_text(encoding="utf-8"))["complete"] is True


def test_unchanged_is_reused(monowheel: Run, warm: Path) -> None:
    # `nox -s bench_build` measures how fast that is.
    out = warm / "dist"
    monowheel("build", warm, *ONE_WHEEL, "--out", out)
    before = {path.name: path.read_bytes() for path in out.glob("*.whl")}
    done = monowheel("build", warm, *ONE_WHEEL, "--out", out, "--json")
    assert done.returncode == CLEAN, done.stderr
    assert [wheel["verdict"] for wheel in json.loads(done.stdout)["wheels"]] == ["reused"]
    assert {path.name: path.read_bytes() for path in out.glob("*.whl")} == before


def test_a_fresh_build_uses_nothing_and_leaves_nothing(monowheel: Run, warm: Path) -> None:
    out = warm / "dist"
    monowheel("build", warm, *ONE_WHEEL, "--out", out)
    (wheel,) = out.glob("*.whl")
    before = wheel.read_bytes()
    work = warm / "target" / "monowheel"
    there = sorted(path.name for path in work.iterdir())
    done = monowheel("build", warm, *ONE_WHEEL, "--out", out, "--fresh", "--json")
    assert done.returncode == CLEAN, done.stderr
    assert [wheel["verdict"] for wheel in json.loads(done.stdout)["wheels"]] == ["built"]
    assert wheel.read_bytes() == before
    assert sorted(path.name for path in work.iterdir()) == there


# Records each compiled crate, and whether it runs on this machine; cargo's queries of rustc are named `___`.
COUNTER = """\
#!/bin/sh
case "$*" in
  *' --crate-name ___ '*) ;;
  *' --target '*) echo "target $CARGO_CRATE_NAME" >>"$COMPILED" ;;
  *' --crate-name '*) echo "host $CARGO_CRATE_NAME" >>"$COMPILED" ;;
esac
exec "$@"
"""


def counting(folder: Path) -> tuple[dict[str, str], Path]:
    """The variables of a build that records its crates, and the file with one line for each."""
    counter, compiled = folder / "count", folder / "compiled"
    counter.write_text(COUNTER, encoding="utf-8")
    counter.chmod(0o755)
    return {"RUSTC_WRAPPER": str(counter), "COMPILED": str(compiled)}, compiled


def test_two_lanes_compile_macros_once(monowheel: Run, hello_at: Callable[[Path], Path], tmp_path: Path) -> None:
    project = hello_at(tmp_path / "hello")
    counted, compiled = counting(tmp_path)
    # Nothing runs the wheels that are built here.
    env = {**counted, **ANY_TOOLCHAIN, "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0"}
    targets = [word for name in ("manylinux_2_17_x86_64", "manylinux_2_17_aarch64") for word in ("--target", name)]
    done = monowheel("build", project, *targets, "--abi", "abi3", "--jobs", "2", "--out", tmp_path / "dist", env=env)
    assert done.returncode == CLEAN, done.stderr
    counts = Counter(compiled.read_text(encoding="utf-8").splitlines())
    once = {name: counts[f"host {name}"] for name in ("proc_macro2", "quote", "syn", "pyo3_macros")}
    assert set(once.values()) == {1}, once
    # Both lanes built: PyO3 is compiled for both targets, and the second lane has a target directory of its own.
    assert counts["target pyo3"] == len(targets) / 2
    lanes = (project / "target" / "monowheel" / "hello_world").glob("lanes-*/[01]/*-linux-gnu")
    assert len({lane.parent for lane in lanes}) == len(targets) / 2


def test_projects_with_one_target_directory_share_what_is_compiled(
    monowheel: Run, small_at: Callable[[Path], Path], tmp_path: Path
) -> None:
    counted, compiled = counting(tmp_path)
    env = {**counted, "CARGO_TARGET_DIR": str(tmp_path / "target")}
    wheels: list[bytes] = []
    for name in ("one", "other"):
        project = small_at(tmp_path / name)
        pyproject = project / "pyproject.toml"
        text = pyproject.read_text(encoding="utf-8")
        assert 'name = "hello_world"' in text
        pyproject.write_text(text.replace('name = "hello_world"', f'name = "{name}"'), encoding="utf-8")
        done = monowheel("build", project, *ONE_WHEEL, "--out", tmp_path / f"{name}-dist", env=env)
        assert done.returncode == CLEAN, done.stderr
        wheels += [path.read_bytes() for path in (tmp_path / f"{name}-dist").glob("*.whl")]
    counts = Counter(compiled.read_text(encoding="utf-8").splitlines())
    assert (counts["target pyo3_ffi"], counts["target hello_world"]) == (1, len(wheels)), counts
    # What the first project left there changes no byte of the second one's wheel.
    done = monowheel("build", tmp_path / "other", *ONE_WHEEL, "--out", tmp_path / "alone")
    assert done.returncode == CLEAN, done.stderr
    assert [path.read_bytes() for path in (tmp_path / "alone").glob("*.whl")] == wheels[1:]


# Threads that return from `detach` while the interpreter exits.
DAEMONS = """
import threading, time
from hello_world._hello_world import nap

def naps():
    while True:
        nap(2)

for _ in range(8):
    threading.Thread(target=naps, daemon=True).start()
time.sleep(0.05)
"""
NAP = """    /// Sleeps detached.
    #[pyfunction]
    fn nap(py: Python<'_>, millis: u64) {
        py.detach(|| std::thread::sleep(std::time::Duration::from_millis(millis)));
    }

"""


def test_the_unwinder_is_that_of_the_process(
    monowheel: Run, hello_at: Callable[[Path], Path], common_target: dict[str, str], tmp_path: Path
) -> None:
    # Below 3.14, CPython unwinds daemon threads with libgcc_s: with zig's unwinder in the wheel, each run crashed.
    project, out = hello_at(tmp_path / "hello"), tmp_path / "dist"
    module = project / "src" / "python" / "mod.rs"
    text = module.read_text(encoding="utf-8")
    before = "    /// `a + b` in 64 bits."
    assert before in text
    module.write_text(text.replace(before, NAP + before), encoding="utf-8")
    done = monowheel("build", project, *ONE_WHEEL, "--out", out, env=common_target)
    assert done.returncode == CLEAN, done.stderr
    (wheel,) = out.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    assert b"libgcc_s.so.1" in (unpacked / "hello_world" / "_hello_world.abi3.so").read_bytes()
    for _ in range(5):
        ended = subprocess.run(
            [sys.executable, "-c", DAEMONS], check=False, cwd=unpacked, capture_output=True, timeout=60
        )
        assert ended.returncode == 0, ended.stderr


def test_a_lost_output_folder_is_filled_again(monowheel: Run, warm: Path, faults_in: Faults) -> None:
    out = warm / "dist"
    monowheel("build", warm, *ONE_WHEEL, "--out", out)
    for path in out.iterdir():
        path.unlink()
    done = monowheel("build", warm, *ONE_WHEEL, "--out", out, "--json")
    assert [wheel["verdict"] for wheel in json.loads(done.stdout)["wheels"]] == ["reused"]
    assert faults_in(out) == []


def test_a_changed_source_is_built_anew(monowheel: Run, warm: Path, change_source: Callable[[Path], None]) -> None:
    out = warm / "dist"
    monowheel("build", warm, *ONE_WHEEL, "--out", out)
    before = (out / "SHA256SUMS").read_text(encoding="utf-8")
    change_source(warm)
    assert monowheel("build", warm, *ONE_WHEEL, "--out", out).returncode == CLEAN
    assert (out / "SHA256SUMS").read_text(encoding="utf-8") != before


def test_stdout_is_json_and_nothing_else(monowheel: Run, warm: Path) -> None:
    done = monowheel("build", warm, *ONE_WHEEL, "--out", warm / "dist", "--json")
    assert done.returncode == CLEAN, done.stderr
    assert json.loads(done.stdout)["wheels"][0]["tag"].startswith("cp38-abi3-")


def test_quiet_is_quiet(monowheel: Run, warm: Path) -> None:
    done = monowheel("build", warm, *ONE_WHEEL, "--out", warm / "dist", "--quiet")
    assert (done.returncode, done.stderr) == (CLEAN, "")


def test_a_dry_run_writes_nothing(monowheel: Run, hello: Path) -> None:
    before = sorted(hello.rglob("*"))
    done = monowheel("build", hello, *ONE_WHEEL, "--dry-run")
    assert done.returncode == CLEAN, done.stderr
    assert sorted(hello.rglob("*")) == before


def test_a_crate_that_does_not_compile_names_its_log(monowheel: Run, small: Path, tmp_path: Path) -> None:
    source = small / "src" / "lib.rs"
    source.write_text(source.read_text(encoding="utf-8") + "\nfn broken() -> u8 { no_such_thing }\n", encoding="utf-8")
    out = tmp_path / "out"
    done = monowheel("build", small, *ONE_WHEEL, "--out", out)
    assert done.returncode == INCOMPLETE
    said = done.stdout + done.stderr
    assert "no_such_thing" in said, "the log's last lines are shown"
    assert ".log" in said
    assert list(out.glob("*.whl")) == []


def test_one_failing_target_does_not_stop_the_other(monowheel: Run, small: Path, tmp_path: Path) -> None:
    source = small / "src" / "lib.rs"
    text = source.read_text(encoding="utf-8") + '\n#[cfg(target_env = "musl")]\ncompile_error!("not on musl");\n'
    source.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    done = monowheel("build", small, *ONE_WHEEL, "--target", "musllinux_1_2_x86_64", "--out", out, env=ANY_TOOLCHAIN)
    assert done.returncode == INCOMPLETE
    assert "not on musl" in done.stdout
    assert [path.name.rsplit("-", 1)[1] for path in out.glob("*.whl")] == [
        "manylinux2014_x86_64.manylinux_2_17_x86_64.whl"
    ]


def test_what_runs_here_is_compiled_once_for_every_target(monowheel: Run, small: Path, tmp_path: Path) -> None:
    # The machine's own target among others: cargo-zigbuild uses another linker for it.
    two = (*ONE_WHEEL, "--target", "musllinux_1_2_x86_64", "--jobs", "1")
    done = monowheel("build", small, *two, "--out", tmp_path / "out", env=ANY_TOOLCHAIN)
    assert done.returncode == CLEAN, done.stderr
    logs = (small / "target" / "monowheel" / "hello_world" / "logs").glob("*-abi3.log")
    texts = [log.read_text(encoding="utf-8") for log in logs]
    assert [text.count("Compiling hello_world") for text in texts] == [1, 1]
    assert sum(text.count("Compiling pyo3-build-config") for text in texts) == 1


def test_a_wheel_of_the_old_source_does_not_stay(
    monowheel: Run, small: Path, tmp_path: Path, faults_in: Faults
) -> None:
    out = tmp_path / "out"
    assert monowheel("build", small, *ONE_WHEEL, "--out", out).returncode == CLEAN
    source = small / "src" / "lib.rs"
    source.write_text(source.read_text(encoding="utf-8") + "\nfn broken() -> u8 { no_such_thing }\n", encoding="utf-8")
    assert monowheel("build", small, *ONE_WHEEL, "--out", out).returncode == INCOMPLETE
    assert list(out.glob("*.whl")) == [], "beside the new sdist it would pass for its wheel"
    assert faults_in(out) == []


def test_a_workspace_member(monowheel: Run, small: Path, tmp_path: Path, faults_in: Faults) -> None:
    root = tmp_path / "workspace"
    member = root / "crates" / "hello_world"
    member.parent.mkdir(parents=True)
    small.rename(member)
    (member / "Cargo.lock").rename(root / "Cargo.lock")
    manifest = member / "Cargo.toml"
    text = manifest.read_text(encoding="utf-8").replace("[workspace]", "")
    text = text.replace('version = "0.1.0"', "version.workspace = true", 1)
    text = text.replace(
        'pyo3-ffi = { version = "0.29.3", optional = true }', "pyo3-ffi = { workspace = true, optional = true }"
    )
    manifest.write_text(text, encoding="utf-8")
    (root / "Cargo.toml").write_text(
        '[workspace]\nmembers = ["crates/*"]\nresolver = "2"\n[workspace.package]\nversion = "0.1.0"\n'
        '[workspace.dependencies]\npyo3-ffi = "0.29.3"\n[profile.release]\nstrip = "symbols"\n',
        encoding="utf-8",
    )
    out = tmp_path / "out"
    done = monowheel("build", member, *ONE_WHEEL, "--out", out)
    assert done.returncode == CLEAN, done.stdout + done.stderr
    assert len(list(out.glob("*.whl"))) == 1
    assert faults_in(out) == []


def test_spaces_and_other_alphabets_in_paths(monowheel: Run, small: Path, tmp_path: Path, faults_in: Faults) -> None:
    project = tmp_path / "a folder of Зоя's" / "prø ject"
    project.parent.mkdir()
    small.rename(project)
    out = tmp_path / "the öut put"
    done = monowheel("build", project, *ONE_WHEEL, "--out", out)
    assert done.returncode == CLEAN, done.stderr
    assert len(list(out.glob("*.whl"))) == 1
    assert faults_in(out) == []


def test_from_an_sdist_comes_the_same_wheel(monowheel: Run, warm: Path, tmp_path: Path) -> None:
    out = warm / "dist"
    assert monowheel("build", warm, *ONE_WHEEL, "--out", out).returncode == CLEAN
    (sdist,) = out.glob("*.tar.gz")
    again = tmp_path / "again"
    done = monowheel("build", sdist, *ONE_WHEEL, "--out", again)
    assert done.returncode == CLEAN, done.stderr
    assert names(again) == names(out)


def test_the_wheel_installs_and_runs(monowheel: Run, warm: Path, tmp_path: Path) -> None:
    out = warm / "dist"
    assert monowheel("build", warm, *ONE_WHEEL, "--out", out).returncode == CLEAN
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--find-links", str(out)]
    subprocess.run([*pip, "--target", str(site), "hello_world"], check=True)
    code = f"import sys; sys.path.insert(0, {str(site)!r}); import hello_world; print(hello_world.greet('Ada'))"
    out_text = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    assert out_text == "Hello, Ada!\n"


def test_two_builds_at_once(start: Start, warm: Path, change_source: Callable[[Path], None], faults_in: Faults) -> None:
    change_source(warm)
    out = warm / "dist"
    both = [start("build", warm, *ONE_WHEEL, "--out", out) for _ in range(2)]
    codes = [process.wait(timeout=600) for process in both]
    assert codes == [CLEAN, CLEAN], "the second waits for the first"
    assert faults_in(out) == []
    assert len(list(out.glob("*.whl"))) == 1
