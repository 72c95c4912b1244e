"""`monowheel reproduce`: two builds of one source, the second in a different environment."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import ANY_TOOLCHAIN

if TYPE_CHECKING:
    from conftest import Git, Run

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)
RUSTUP = Path(os.environ.get("RUSTUP_HOME") or Path.home() / ".rustup")
ONE_WHEEL = ("--target", "manylinux_2_17_x86_64", "--abi", "abi3")


@pytest.mark.builds
def test_the_same_source_gives_the_same_bytes(monowheel: Run, warm: Path, tmp_path: Path) -> None:
    kept = tmp_path / "both builds"
    done = monowheel("reproduce", warm, *ONE_WHEEL, "--keep", kept, "--json")
    assert done.returncode == CLEAN, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["schema"] == "monowheel.reproduce/1"
    assert {"directory", "HOME", "CARGO_HOME", "umask", "TZ", "jobs"} <= {one["what"] for one in told["circumstances"]}
    pairs = {pair["a"].rsplit("/", 1)[1].rsplit(".", 1)[1]: pair["verdict"] for pair in told["comparison"]["pairs"]}
    assert pairs == {"whl": "identical", "gz": "identical"}
    # The second was really built, and under its own umask.
    assert "built" in (kept / "elsewhere.log").read_text(encoding="utf-8")
    assert (kept / "elsewhere" / "dist").stat().st_mode & 0o777 == 0o700


@pytest.mark.builds
def test_what_commands_wrote_into_a_project_without_a_commit_changes_no_byte(
    monowheel: Run, warm: Path, git: Git
) -> None:
    """The report of `test dist` got into the sdist, and with it into every hash."""
    git(warm, "init", "-q")
    assert monowheel("build", warm, *ONE_WHEEL, "--out", warm / "wheels").returncode == CLEAN
    (first,) = (warm / "wheels").glob("*.tar.gz")
    before = first.read_bytes()
    (warm / "wheels" / "monowheel.proof.json").write_text('{"schema": "monowheel.test/1"}', encoding="utf-8")
    for form in ("text", "html", "sarif", "json"):
        monowheel("audit", warm / "wheels", "--format", form, "--output", warm / f"audit.{form}")
    monowheel("pin", warm / "wheels", "--output", warm / "pin.txt")
    assert (warm / "pin.txt").is_file()
    done = monowheel("build", warm, *ONE_WHEEL, "--out", warm / "dist")
    assert done.returncode == CLEAN, done.stderr
    assert (warm / "dist" / first.name).read_bytes() == before
    assert "left out of the sdist, because monowheel generated it: audit.html" in done.stderr
    done = monowheel("reproduce", warm, *ONE_WHEEL, "--json")
    assert done.returncode == CLEAN, done.stdout + done.stderr


@pytest.mark.builds
def test_an_sdist_is_built_anew_the_second_time(monowheel: Run, warm: Path, tmp_path: Path) -> None:
    kept = tmp_path / "both builds"
    assert monowheel("build", warm, *ONE_WHEEL, "--out", warm / "dist").returncode == CLEAN
    (sdist,) = (warm / "dist").glob("*.tar.gz")
    done = monowheel("reproduce", sdist, *ONE_WHEEL, "--keep", kept, "--json")
    assert done.returncode == CLEAN, done.stdout + done.stderr
    # The first build may use cached files; it is not compared with itself. The shared caches are warm.
    assert "reused" not in (kept / "elsewhere.log").read_text(encoding="utf-8")
    assert "caches" not in {one["what"] for one in json.loads(done.stdout)["circumstances"]}


@pytest.mark.builds
@pytest.mark.skipif(shutil.which("faketime") is None, reason="nothing sets another clock")
def test_compilers_of_rustup_that_are_not_used_are_not_asked_with_another_clock(
    monowheel: Run, warm: Path, tmp_path: Path
) -> None:
    """They hang under libfaketime, and each build waited 30 s for them."""
    home, marker = tmp_path / "rustup", tmp_path / "asked"
    if RUSTUP.is_dir():
        shutil.copytree(RUSTUP, home, symlinks=True, ignore=shutil.ignore_patterns("toolchains", "downloads", "tmp"))
    (home / "toolchains").mkdir(parents=True)
    for toolchain in (RUSTUP / "toolchains").glob("*"):
        (home / "toolchains" / toolchain.name).symlink_to(toolchain)
    programs = home / "toolchains" / "hangs" / "bin"
    programs.mkdir(parents=True)
    for name in ("rustc", "cargo"):
        (programs / name).write_text(f"#!/bin/sh\n[ -z $FAKETIME ] || touch '{marker}'\nexit 1\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    environment = {"MONOWHEEL_TOOLCHAIN": "system", "RUSTUP_HOME": str(home)}
    done = monowheel("reproduce", warm, *ONE_WHEEL, "--no-lock", "--json", env=environment)
    if "no Rust toolchain is named system" in done.stderr:
        pytest.skip("there is no compiler but rustup's")
    assert done.returncode == CLEAN, done.stdout + done.stderr
    assert "400 days later" in [one["there"] for one in json.loads(done.stdout)["circumstances"]]
    assert not marker.exists()


@pytest.mark.builds
def test_crates_have_no_folder_in_their_names(monowheel: Run, warm: Path, tmp_path: Path) -> None:
    """Flags for every crate are in the names that cargo gives them, and rustc sorts linked crates by name."""
    windows = ("--target", "win_amd64", "--abi", "abi3")
    done = monowheel("build", warm, *windows, "--out", tmp_path / "dist", env=ANY_TOOLCHAIN)
    assert done.returncode == CLEAN, done.stderr
    told = [
        json.loads(path.read_text(encoding="utf-8"))["rustflags"]
        for path in (warm / "target" / "monowheel").rglob("x86_64-pc-windows-gnullvm/release/.fingerprint/*/*.json")
    ]
    assert told
    assert not any(told), told


C_BUILD = """
fn main() {
    let (target, out) = (std::env::var("TARGET").unwrap(), std::env::var("OUT_DIR").unwrap());
    let object = format!("{out}/told.o");
    let compiler = std::env::var(format!("CC_{}", target.replace('-', "_"))).unwrap();
    let source = format!("{}/src/told.c", std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let done = std::process::Command::new(compiler).args(["-c", &source, "-fPIC", "-o", &object]).status().unwrap();
    assert!(done.success());
    println!("cargo:rustc-link-arg={object}");
}
"""


@pytest.mark.builds
def test_c_is_told_the_same_names(monowheel: Run, small: Path, tmp_path: Path) -> None:
    (small / "build.rs").write_text(C_BUILD, encoding="utf-8")
    (small / "src" / "told.c").write_text("const char *told_from_c(void) { return __FILE__; }\n", encoding="utf-8")
    source = small / "src" / "lib.rs"
    text = source.read_text(encoding="utf-8")
    told = 'Ok(format!("Hello, {name}!"))'
    assert told in text
    call = (
        '{ extern "C" { fn told_from_c() -> *const std::ffi::c_char; }\n'
        'Ok(format!("Hello, {name}!{:?}", unsafe { std::ffi::CStr::from_ptr(told_from_c()) })) }'
    )
    source.write_text(text.replace(told, call).replace("#![forbid(unsafe_code)]", ""), encoding="utf-8")
    kept = tmp_path / "both builds"
    done = monowheel("reproduce", small, *ONE_WHEEL, "--keep", kept)
    assert done.returncode == CLEAN, done.stdout + done.stderr
    (wheel,) = (kept / "here").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (library,) = (archive.read(name) for name in archive.namelist() if name.endswith(".so"))
    assert b"/source/hello_world-0.1.0/src/told.c" in library


@pytest.mark.builds
def test_a_path_that_no_compiler_renames_is_the_first_cause(monowheel: Run, small: Path) -> None:
    source = small / "src" / "lib.rs"
    text = source.read_text(encoding="utf-8")
    told = 'Ok(format!("Hello, {name}!"))'
    assert told in text
    source.write_text(
        text.replace(told, 'Ok(format!("Hello, {name}!{}", env!("CARGO_MANIFEST_DIR")))'), encoding="utf-8"
    )
    done = monowheel("reproduce", small, *ONE_WHEEL)
    assert done.returncode == FINDINGS, done.stdout + done.stderr
    assert "first cause" in done.stdout
    assert "elsewhere/target" in done.stdout


def test_what_cannot_be_built_is_told(monowheel: Run, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    used = monowheel("reproduce", tmp_path, "--keep", tmp_path / "full")
    assert (used.returncode, "not empty" in used.stderr) == (USAGE, True)
    none = monowheel("reproduce", tmp_path)
    assert (none.returncode, none.stdout) == (USAGE, "")
    assert "pyproject.toml" in none.stderr


@pytest.mark.parametrize("project", ["no/such/folder", "missing.tar.gz"])
def test_what_cannot_be_meant_is_told_once(monowheel: Run, project: str) -> None:
    done = monowheel("reproduce", project)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr.count("error:") == 1
    assert "here:" not in done.stderr
