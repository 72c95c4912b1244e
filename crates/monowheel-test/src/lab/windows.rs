//! Windows' CPythons, run by wine: the DLLs of python.org's installers with a standard library of the
//! same minor version.
//!
//! No package index has a CPython for Windows, but panda3d's wheels contain the official DLLs for frozen
//! programs (`deploy_libs/`), each wheel those of its own version. The missing files are built here:
//! `python.exe` by zig from [`assets`](self), and `python3.dll` by [`forwarder`].

use std::path::Path;

use monowheel_build::toolchain::tools;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::Call;
use monowheel_wheel::archive::{Archive, Limits, Member};
use monowheel_wheel::source::File;

use super::entry::{Made, Runner};
use super::wine::Wine;
use super::{Site, forwarder, pins, qemu, stdlib, wine};

/// Part of the recipe's key: increment it when the result changes.
const REVISION: &str = "windows 1";

/// `python.exe`, of an interpreter and of a virtual environment.
const PYTHON_C: &str = include_str!("assets/python.c");
/// `run.exe`, which makes a program's exit visible from outside.
const RUN_C: &str = include_str!("assets/run.c");
/// The common part of both.
const CHILD_H: &str = include_str!("assets/child.h");
/// The directory of the DLLs in panda3d's wheels.
const DEPLOYED: &str = "deploy_libs/";
/// The entry's directory with the files of Windows.
const HOME: &str = "windows";

/// A Windows Python.
///
/// # Errors
/// When there is no zig, something cannot be downloaded, or a part of it cannot be built.
pub(super) fn make(site: &Site<'_>) -> Result<Made> {
    let zig = tools::zig(site.python, site.stop).ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, "zig is not installed, which is needed to compile for Windows")
            .next("pip install ziglang")
    })?;
    let wine = Wine::ready(site)?;
    let minor = site.minor();
    let tag = minor.replace('.', "");
    let library = format!("python{tag}.dll");
    let folder = site.work.join(HOME);
    let build = site.work.join("build");
    fs_err::create_dir_all(&build)?;
    let wheel = pins::windows_wheel(site, "panda3d", &minor, &build)?;
    site.say("unpacking the DLLs");
    unpack(&wheel.path, &tag, &folder)?;
    let from = stdlib::put(site, &folder.join("Lib"))?;
    fs_err::create_dir_all(folder.join("Lib/site-packages"))?;
    site.say("python.exe, python3.dll");
    programs(site, &zig.path, &folder, &library, &build)?;
    forwarder::make(site, &zig.path, &folder, &library, &build)?;
    super::gone(&build)?;
    let bin = site.work.join("bin");
    let run = site.home.join("bin/run.exe");
    qemu::executable(&bin.join("wine"), &wine.script(&[&run]))?;
    let python = format!("bin/python{minor}");
    qemu::executable(&site.work.join(&python), &wine.script(&[&run, &site.home.join(HOME).join("python.exe")]))?;
    Ok(Made {
        runner: Runner::Wine,
        python: python.into(),
        launch: vec!["bin/wine".to_owned()],
        shared: wine.folders(),
        source: format!("the official DLLs as in panda3d {}, with {from}", wheel.version),
    })
}

/// The inputs of a recipe for `minor`, as part of its key.
pub(super) fn identity(minor: &str) -> String {
    let parts = [REVISION, wine::REVISION, stdlib::REVISION, PYTHON_C, RUN_C, CHILD_H];
    format!("{}\n{}\n{}", parts.join("\n"), pins::identity(&[&format!("python{minor}")]), pins::windows_identity(minor))
}

/// Unpacks the DLLs of a wheel: the interpreter's own into `folder`, extension modules and their
/// dependencies into `DLLs`.
fn unpack(wheel: &Path, tag: &str, folder: &Path) -> Result<()> {
    let file = File::open(wheel)?;
    let archive = Archive::open(&file, &Limits::default())?;
    fs_err::create_dir_all(folder.join("DLLs"))?;
    for member in &archive.members {
        let Some(place) = place(&member.path, tag) else { continue };
        fs_err::write(folder.join(place), bytes(&archive, member)?)?;
    }
    let library = folder.join(format!("python{tag}.dll"));
    if library.is_file() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Format, format!("the wheel has no {DEPLOYED}python{tag}.dll")).at(wheel.display()))
}

/// The target path of a member of the wheel, if it is needed.
fn place(path: &str, tag: &str) -> Option<String> {
    let name = path.strip_prefix(DEPLOYED).filter(|name| !name.is_empty() && !name.contains('/'))?;
    let lower = name.to_ascii_lowercase();
    // wine has its own runtime (`api-ms-win-…`). There is no display. Python works without
    // _wmi, by which it would query the edition of Windows. Free-threaded files belong to another entry.
    let unwanted = ["api-ms-win-", "tcl", "tk", "_tkinter", "_wmi", "_test"];
    if unwanted.iter().any(|start| lower.starts_with(start)) || lower.contains(&format!(".cp{tag}t-")) {
        return None;
    }
    let is_own = lower == format!("python{tag}.dll") || lower.starts_with("vcruntime");
    Some(if is_own { name.to_owned() } else { format!("DLLs/{name}") })
}

fn bytes(archive: &Archive<'_>, member: &Member) -> Result<Vec<u8>> {
    let (mut bytes, mut oddities) = (Vec::new(), Vec::new());
    if archive.read(member, &mut oddities, &mut |piece| bytes.extend_from_slice(piece))? {
        return Ok(bytes);
    }
    Err(Error::new(ErrorKind::Format, "a file of the wheel is damaged").at(&member.path))
}

/// Compiles `python.exe`, with copies for venv, and `run.exe`.
fn programs(site: &Site<'_>, zig: &Path, folder: &Path, library: &str, build: &Path) -> Result<()> {
    for (name, text) in [("child.h", CHILD_H), ("python.c", PYTHON_C), ("run.c", RUN_C)] {
        fs_err::write(build.join(name), text)?;
    }
    for program in ["python", "run"] {
        let call = Call::new(zig)
            .args(["cc", "-target", "x86_64-windows-gnu", "-O2", "-s", "-municode"])
            .arg(format!("-DPYDLL=L\"{library}\""))
            .arg(format!("{program}.c"))
            .args(["-o", &format!("{program}.exe")])
            .dir(build);
        site.run(&call, &format!("could not compile {program}.exe"))?;
    }
    let bin = site.work.join("bin");
    fs_err::create_dir_all(&bin)?;
    fs_err::rename(build.join("run.exe"), bin.join("run.exe"))?;
    let templates = folder.join("Lib/venv/scripts/nt");
    fs_err::create_dir_all(&templates)?;
    for name in templates_of(site.version) {
        fs_err::copy(build.join("python.exe"), templates.join(name))?;
    }
    for name in ["python.exe", "pythonw.exe"] {
        fs_err::copy(build.join("python.exe"), folder.join(name))?;
    }
    Ok(())
}

/// The names of the programs that venv copies into an environment.
fn templates_of(version: (u8, u8)) -> [&'static str; 2] {
    if version >= (3, 13) { ["venvlauncher.exe", "venvwlauncher.exe"] } else { ["python.exe", "pythonw.exe"] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dll_goes_to_its_place() {
        let at = |name: &str| place(&format!("deploy_libs/{name}"), "314");
        assert_eq!(at("python314.dll").as_deref(), Some("python314.dll"));
        assert_eq!(at("VCRUNTIME140_1.dll").as_deref(), Some("VCRUNTIME140_1.dll"));
        assert_eq!(at("_ssl.pyd").as_deref(), Some("DLLs/_ssl.pyd"));
        assert_eq!(at("libffi-8.dll").as_deref(), Some("DLLs/libffi-8.dll"));
        for unwanted in ["_ssl.cp314t-win_amd64.pyd", "tk86t.dll", "api-ms-win-crt-heap-l1-1-0.dll", "", "a/b.dll"] {
            assert_eq!(at(unwanted), None, "{unwanted}");
        }
        assert_eq!(place("panda3d/core.cp314-win_amd64.pyd", "314"), None);
    }

    #[test]
    fn another_launcher_is_another_recipe() {
        assert!(identity("3.14").contains(PYTHON_C) && identity("3.14").contains("panda3d"));
        assert_ne!(identity("3.8"), identity("3.14"));
    }
}
