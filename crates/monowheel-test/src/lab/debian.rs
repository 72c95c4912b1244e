//! Debian's Pythons, newer than the machine's or for 32 bits: extracted with their own C library, and
//! relocated.
//!
//! Debian's executables name their loader by an absolute path, and find libraries in the system's
//! directories. patchelf replaces both. The only remaining use of `/usr` is one line of the build's
//! settings, by which ensurepip finds pip's wheel.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::Call;

use super::entry::{Made, Runner};
use super::{Apt, Site, apt, pins};

/// Part of the recipe's key: increment it when the result changes.
pub(super) const REVISION: &str = "debian 1";

/// The suite with all of them.
const SUITE: &str = "sid";
/// Files that no test needs.
const UNWANTED: &[&str] =
    &["usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/lintian", "usr/share/perl5"];

/// A native Debian Python.
///
/// # Errors
/// When it cannot be downloaded or patched.
pub(super) fn make(site: &Site<'_>) -> Result<Made> {
    let source = unpack(site, SUITE, "amd64")?;
    let python = relocate(site, "usr/lib64/ld-linux-x86-64.so.2", "usr/lib/x86_64-linux-gnu")?;
    Ok(Made { runner: Runner::Native, python: python.into(), launch: Vec::new(), shared: Vec::new(), source })
}

/// Points the executable to the loader and the libraries that were extracted next to it. Returns its path.
///
/// # Errors
/// When patchelf cannot be downloaded, or fails.
pub(super) fn relocate(site: &Site<'_>, loader: &str, libraries: &str) -> Result<String> {
    let patchelf = pins::patchelf(site)?;
    let python = format!("usr/bin/python{}", site.minor());
    let call = Call::new(patchelf)
        .arg("--set-interpreter")
        .arg(site.home.join(loader))
        // Unlike a RUNPATH, an RPATH also applies to indirect dependencies.
        .args(["--force-rpath", "--set-rpath"])
        .arg(site.home.join(libraries))
        .arg(site.work.join(&python));
    site.run(&call, &format!("could not patch {python}"))?;
    Ok(python)
}

/// Extracts Debian's Python of the wanted version with all its dependencies, and changes its settings to
/// the final directory. Returns its source.
///
/// # Errors
/// When it cannot be downloaded or extracted.
pub(super) fn unpack(site: &Site<'_>, suite: &'static str, arch: &'static str) -> Result<String> {
    let apt = Apt::open(site, suite, arch)?;
    let name = format!("python{}", site.minor());
    let debs = apt.fetch_all(site, &[&name, &format!("{name}-venv")])?;
    site.say("extracting");
    apt::extract(site, &debs, &site.work)?;
    for folder in UNWANTED {
        super::gone(&site.work.join(folder))?;
    }
    let stdlib = site.work.join("usr/lib").join(&name);
    aim(&stdlib, &site.home)?;
    let arch = if arch == "amd64" { String::new() } else { format!(" {arch}") };
    Ok(format!("Debian {suite}{arch} {name} {}", apt::version_of(&debs, &name)))
}

/// Debian's directory of the wheels of ensurepip, as in a build's settings.
const WHEELS: &str = "'/usr/share/python-wheels/'";

fn aim(stdlib: &Path, home: &Path) -> Result<()> {
    let mut aimed = false;
    for file in fs_err::read_dir(stdlib)? {
        let path = file?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with("_sysconfigdata_") || path.is_symlink() {
            continue;
        }
        let text = fs_err::read_to_string(&path)?;
        aimed |= text.contains(WHEELS);
        fs_err::write(
            &path,
            text.replace(WHEELS, &literal(&format!("{}/", home.join("usr/share/python-wheels").display()))),
        )?;
    }
    if aimed {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Tool, format!("no setting of this Python contains {WHEELS}, where ensurepip finds pip"))
        .at(stdlib.display())
        .next("try a newer monowheel: Debian changed its package"))
}

/// A path as a Python string.
pub(super) fn literal(path: &str) -> String {
    format!("'{}'", path.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ensurepip_s_wheels_are_found_where_they_lie() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let file = dir.path().join("_sysconfigdata__linux_x86_64-linux-gnu.py");
        fs_err::write(&file, "build_time_vars = {'WHEEL_PKG_DIR': '/usr/share/python-wheels/', 'prefix': '/usr'}")?;
        aim(dir.path(), Path::new("/my lab/it's"))?;
        let text = fs_err::read_to_string(&file)?;
        assert!(text.contains(r"'WHEEL_PKG_DIR': '/my lab/it\'s/usr/share/python-wheels/', 'prefix'"), "{text}");
        // Nothing to change: the package is not as the recipe expects.
        assert!(aim(dir.path(), Path::new("/x")).is_err_and(|error| error.to_string().contains("ensurepip")));
        Ok(())
    }
}
