//! Debian's Pythons for other processors, run by qemu-user: without a chroot, without binfmt, without root.
//!
//! The executable is a script that calls qemu with the real one. Child processes (the interpreter of
//! a virtual environment is a link to the script) are run by the script again.

use std::path::Path;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, quoted};

use super::entry::{Made, Runner};
use super::processor::Processor;
use super::{Apt, Site, apt, debian};

/// Part of the recipe's key: increment it when the result changes.
pub(super) const REVISION: &str = "qemu 2";

/// The suite with a static qemu-user that supports the system calls of current C libraries.
const QEMU_SUITE: &str = "trixie";
/// Time limit for a loader to print its version.
const LIMIT: Duration = Duration::from_secs(20);

/// A Python for the processor in the entry's id.
///
/// # Errors
/// When it, or qemu, cannot be downloaded.
pub(super) fn make(site: &Site<'_>) -> Result<Made> {
    let Some(processor) = Processor::of(site.id) else {
        return Err(Error::new(ErrorKind::Usage, format!("{} does not name a processor", site.id)));
    };
    // trixie has 3.13; newer versions are in sid.
    let suite = if site.version <= (3, 13) { "trixie" } else { "sid" };
    let source = debian::unpack(site, suite, processor.debian)?;
    if let Some((loader, libraries)) = processor.native.filter(|(loader, _)| runs_here(site, loader)) {
        let python = debian::relocate(site, loader, libraries)?;
        return Ok(Made {
            runner: Runner::Native,
            python: python.into(),
            launch: Vec::new(),
            shared: Vec::new(),
            source,
        });
    }
    let emulators = emulators(site)?;
    // Loaders are expected below /lib and /lib64, but current suites have only /usr/lib and /usr/lib64.
    for lib in ["lib", "lib64"] {
        let (there, below) = (site.work.join(lib), Path::new("usr").join(lib));
        if fs_err::symlink_metadata(&there).is_err() && site.work.join(&below).is_dir() {
            link(&below, &there)?;
        }
    }
    let python = format!("usr/bin/python{}", site.minor());
    let elf = format!("{python}.elf");
    fs_err::rename(site.work.join(&python), site.work.join(&elf))?;
    let emulator = emulators.join(processor.emulator());
    executable(&site.work.join(&python), &script(&emulator, processor.cpu, &site.home, &site.home.join(&elf)))?;
    if processor.is_32 {
        show_header(site, &site.home.join(&elf))?;
    }
    Ok(Made { runner: Runner::Qemu, python: python.into(), launch: Vec::new(), shared: vec![emulators], source })
}

/// Every emulator of the lab: they are in one package, which is downloaded once.
fn emulators(site: &Site<'_>) -> Result<std::path::PathBuf> {
    site.piece("qemu", REVISION, |work, _| {
        let debs = Apt::open(site, QEMU_SUITE, "amd64")?.fetch_only(site, &["qemu-user"])?;
        let all = work.join("all");
        site.say("extracting qemu");
        apt::extract(site, &debs, &all)?;
        for processor in Processor::all() {
            let name = processor.emulator();
            fs_err::rename(all.join("usr/bin").join(&name), work.join(&name))?;
        }
        apt::forget(&debs)?;
        // The place of the emulator when there was only one.
        super::gone(&site.lab.root().join("shared/qemu-aarch64"))?;
        super::gone(&all)
    })
}

/// Whether this machine can run the processor's programs natively: not every kernel and container can.
fn runs_here(site: &Site<'_>, loader: &str) -> bool {
    let loader = Call::new(site.work.join(loader)).arg("--version");
    loader.capture(LIMIT, site.stop).is_ok_and(|told| told.status.success())
}

/// The script of the executable. Python gets the name it was called by (`-0`) to find its virtual
/// environment.
fn script(qemu: &Path, cpu: Option<&str>, root: &Path, elf: &Path) -> String {
    let cpu = cpu.map(|cpu| format!(" -cpu {cpu}")).unwrap_or_default();
    format!(
        "#!/bin/sh\ncase \"$0\" in */*) called=$0 ;; *) called=$(command -v \"$0\") ;; esac\nexec {}{cpu} -L {} -0 \"$called\" {} \"$@\"\n",
        quoted(qemu),
        quoted(root),
        quoted(elf)
    )
}

/// Lets pip read the ELF header of a 32-bit interpreter, by which it recognizes armv7l and i686: `sys.executable` is a
/// script here.
fn show_header(site: &Site<'_>, elf: &Path) -> Result<()> {
    let file = site.work.join(format!("usr/lib/python{}/sitecustomize.py", site.minor()));
    // Debian's file is a link to /etc, which this Python does not find.
    if fs_err::symlink_metadata(&file).is_ok() {
        fs_err::remove_file(&file)?;
    }
    fs_err::write(file, sitecustomize(elf))?;
    Ok(())
}

fn sitecustomize(elf: &Path) -> String {
    include_str!("assets/sitecustomize.py").replace("\"ELF\"", &debian::literal(&elf.display().to_string()))
}

/// Writes an executable script.
pub(super) fn executable(path: &Path, text: &str) -> Result<()> {
    fs_err::write(path, text)?;
    #[cfg(unix)]
    fs_err::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}

/// Creates a symbolic link called `name`.
pub(super) fn link(to: &Path, name: &Path) -> Result<()> {
    #[cfg(unix)]
    fs_err::os::unix::fs::symlink(to, name)?;
    #[cfg(not(unix))]
    let _ = (to, name);
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use monowheel_system::exec::CancelToken;

    use super::*;

    /// What pip's packaging does to know armv7l; the rest of it opens what it always does.
    const ASKS: &str = "import sys, vendored.packaging._manylinux as it, vendored.packaging.other as other
print(it.header(sys.executable), it.header(it.__file__), other.header(sys.executable) == b'\\x7fELF')";
    const READS: &str = "def header(path):\n    with open(path, 'rb') as file:\n        return file.read(4)\n";

    #[test]
    fn pip_gets_the_header_of_the_interpreter_and_nothing_else_does() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("it's a lab ").tempdir()?;
        let packaging = dir.path().join("vendored/packaging");
        fs_err::create_dir_all(&packaging)?;
        for file in ["_manylinux.py", "other.py"] {
            fs_err::write(packaging.join(file), READS)?;
        }
        let elf = dir.path().join("python3.13.elf");
        fs_err::write(&elf, "arm!")?;
        fs_err::write(dir.path().join("sitecustomize.py"), sitecustomize(&elf))?;
        let python = monowheel_system::exec::on_path("python3").expect("the tests need a python3");
        let said = Call::new(python)
            .args(["-c", ASKS])
            .env("PYTHONPATH", dir.path())
            .stdout(LIMIT, &CancelToken::default())?;
        assert_eq!(said.trim(), "b'arm!' b'def ' True");
        Ok(())
    }

    /// `echo` in qemu's place shows the words that it would get.
    #[test]
    fn the_script_survives_spaces_and_passes_its_name() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("it's a lab ").tempdir()?;
        let path = dir.path().join("python3.13");
        let elf = Path::new("/my root/p.elf");
        for (cpu, words) in [(Some("cortex-a72"), "-cpu cortex-a72 "), (None, "")] {
            executable(&path, &script(Path::new("/bin/echo"), cpu, Path::new("/my root"), elf))?;
            let said = Call::new(&path).args(["-c", "a b"]).stdout(LIMIT, &CancelToken::default())?;
            assert_eq!(said.trim(), format!("{words}-L /my root -0 {} /my root/p.elf -c a b", path.display()));
        }
        Ok(())
    }
}
