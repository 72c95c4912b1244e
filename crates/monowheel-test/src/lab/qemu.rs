//! Debian's arm64 Pythons, run by qemu-user: without a chroot, without binfmt, without root.
//!
//! The executable is a script that calls qemu with the real one. What that starts in turn (the
//! interpreter of a virtual environment is a link to the script) is run by the script again.

use std::path::Path;

use monowheel_error::Result;
use monowheel_system::exec::quoted;

use super::entry::Made;
use super::{Apt, Site, apt, debian};

/// Part of the recipe: raise it when what comes out changes.
pub(super) const REVISION: &str = "qemu 1";

/// The suite whose qemu-user is one static file that knows the system calls of today's C libraries.
const QEMU_SUITE: &str = "trixie";

/// An aarch64 Python.
///
/// # Errors
/// When it, or qemu, cannot be fetched.
pub(super) fn make(site: &Site<'_>) -> Result<Made> {
    let qemu = site.piece("qemu-aarch64", REVISION, |work, _| {
        let debs = Apt::open(site, QEMU_SUITE, "amd64")?.fetch_only(site, &["qemu-user"])?;
        let all = work.join("all");
        site.say("extracting qemu");
        apt::extract(site, &debs, &all)?;
        fs_err::rename(all.join("usr/bin/qemu-aarch64"), work.join("qemu-aarch64"))?;
        apt::forget(&debs)?;
        super::gone(&all)
    })?;
    // trixie has 3.13, and what is newer is in sid.
    let suite = if site.version <= (3, 13) { "trixie" } else { "sid" };
    let source = debian::unpack(site, suite, "arm64")?;
    // Its loader is asked for as /lib/ld-linux-aarch64.so.1, and suites of today have only /usr/lib.
    let lib = site.work.join("lib");
    if fs_err::symlink_metadata(&lib).is_err() {
        link(Path::new("usr/lib"), &lib)?;
    }
    let python = format!("usr/bin/python{}", site.minor());
    fs_err::rename(site.work.join(&python), site.work.join(format!("{python}.elf")))?;
    let script = script(&qemu.join("qemu-aarch64"), &site.home, &site.home.join(format!("{python}.elf")));
    executable(&site.work.join(&python), &script)?;
    Ok(Made { python: python.into(), launch: Vec::new(), shared: vec![qemu], source })
}

/// The words of the executable. Python is told the name it was called by (`-0`), by which it finds its
/// virtual environment. The default processor signs pointers, which costs eight times as much to emulate.
fn script(qemu: &Path, root: &Path, elf: &Path) -> String {
    format!(
        "#!/bin/sh\ncase \"$0\" in */*) called=$0 ;; *) called=$(command -v \"$0\") ;; esac\nexec {} -cpu cortex-a72 -L {} -0 \"$called\" {} \"$@\"\n",
        quoted(qemu),
        quoted(root),
        quoted(elf)
    )
}

/// Writes a script that can be run.
pub(super) fn executable(path: &Path, text: &str) -> Result<()> {
    fs_err::write(path, text)?;
    #[cfg(unix)]
    fs_err::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}

/// Makes a symbolic link called `name`.
pub(super) fn link(to: &Path, name: &Path) -> Result<()> {
    #[cfg(unix)]
    fs_err::os::unix::fs::symlink(to, name)?;
    #[cfg(not(unix))]
    let _ = (to, name);
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Duration;

    use monowheel_system::exec::{Call, CancelToken};

    use super::*;

    /// `echo` in qemu's place shows the words that it would get.
    #[test]
    fn the_script_survives_spaces_and_passes_its_name() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("it's a lab ").tempdir()?;
        let path = dir.path().join("python3.13");
        executable(&path, &script(Path::new("/bin/echo"), Path::new("/my root"), Path::new("/my root/p.elf")))?;
        let said = Call::new(&path).args(["-c", "a b"]).stdout(Duration::from_secs(20), &CancelToken::default())?;
        assert_eq!(said.trim(), format!("-cpu cortex-a72 -L /my root -0 {} /my root/p.elf -c a b", path.display()));
        Ok(())
    }
}
