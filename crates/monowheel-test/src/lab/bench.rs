//! Building with `configure` and `make`, which know no spaces in paths.
//!
//! The tools are shown the build's folder by a link in the system's temporary folder, whose path has
//! none. What is installed goes into `DESTDIR`, is taken from there, and finds itself where it lies:
//! CPython looks for its library from its executable's folder.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::Call;

use super::{Site, qemu};

/// A folder to build in.
#[derive(Debug)]
pub(super) struct Bench {
    /// Holds the link, and ends with it.
    _folder: tempfile::TempDir,
    /// The folder, by a path that every tool can take.
    pub(super) path: PathBuf,
    /// `--prefix`: the final folder, or a name for it where that has a space.
    pub(super) prefix: PathBuf,
}

impl Bench {
    /// A folder below the one that becomes the entry; [`finish`](Self::finish) leaves only the result.
    ///
    /// # Errors
    /// When it cannot be made, or the system's temporary folder has a space in its path.
    pub(super) fn new(site: &Site<'_>) -> Result<Self> {
        let real = site.work.join("build");
        fs_err::create_dir_all(&real)?;
        let folder = tempfile::Builder::new().prefix("monowheel-lab-").tempdir()?;
        if !is_plain(folder.path()) {
            let what = "make cannot build in a temporary folder with a space or a quote in its path";
            return Err(Error::new(ErrorKind::Toolchain, what)
                .at(folder.path().display())
                .next("set TMPDIR to another folder, such as /tmp"));
        }
        let path = folder.path().join("build");
        qemu::link(&real, &path)?;
        let prefix = if is_plain(&site.home) { site.home.clone() } else { Path::new("/opt/monowheel").join(site.id) };
        Ok(Self { _folder: folder, path, prefix })
    }

    /// Unpacks a tarball into the folder `name`, without the folder that it has around everything.
    ///
    /// # Errors
    /// When tar fails.
    pub(super) fn unpack(&self, site: &Site<'_>, tarball: &Path, name: &str) -> Result<PathBuf> {
        let folder = self.path.join(name);
        fs_err::create_dir_all(&folder)?;
        let call = Call::new("tar").arg("-C").arg(&folder).args(["--strip-components=1", "-xf"]).arg(tarball);
        site.run(&call, &format!("{} could not be unpacked", tarball.display()))?;
        if !folder.join("configure").is_file() {
            return Err(Error::new(ErrorKind::Tool, "this source has no configure, as upstream's releases have")
                .at(tarball.display())
                .next("the pinned source is not on this mirror any more: use another mirror, or a newer monowheel"));
        }
        Ok(folder)
    }

    /// A call of make with every core.
    pub(super) fn make(folder: &Path) -> Call {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        own(Call::new("make").arg(format!("-j{cores}")).dir(folder))
    }

    /// Installs CPython from `folder`, leaves nothing of the build, and puts its pip in.
    ///
    /// # Errors
    /// When make fails, or what is installed is not where it must be.
    pub(super) fn finish(self, site: &Site<'_>, folder: &Path, renamed: &[(&str, &str)]) -> Result<()> {
        let out = self.path.join("out");
        // Byte code is written when a module is first used: all of it, three times, takes longer than make.
        let call = own(Call::new("make").args(["altinstall", "COMPILEALL_OPTS=-j1 -q -x ."]).dir(folder));
        site.run(&call.arg(format!("DESTDIR={}", out.display())), "CPython could not be installed")?;
        let installed = out.join(self.prefix.strip_prefix("/").unwrap_or(&self.prefix));
        let (prefix, home) = (self.prefix.display().to_string(), site.home.display().to_string());
        let mut renamed = renamed.to_vec();
        renamed.push((&prefix, &home));
        aim(&installed, &site.minor(), &renamed)?;
        for entry in fs_err::read_dir(&installed)? {
            let entry = entry?;
            fs_err::rename(entry.path(), site.work.join(entry.file_name()))?;
        }
        super::gone(&site.work.join("build"))
    }
}

/// Writes what stands in the settings of the CPython in `installed` anew: each pair's first as its second.
///
/// # Errors
/// When they cannot be read or written.
pub(super) fn aim(installed: &Path, minor: &str, renamed: &[(&str, &str)]) -> Result<()> {
    for file in settings(installed, minor)? {
        let text = fs_err::read_to_string(&file)?;
        fs_err::write(&file, renamed.iter().fold(text, |text, (from, to)| text.replace(from, to)))?;
    }
    Ok(())
}

/// Where the build's paths are written down: what sysconfig says, and what extensions are built by.
fn settings(installed: &Path, minor: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(installed.join("lib"))?.flatten() {
        let stdlib = entry.path();
        if !entry.file_name().to_string_lossy().starts_with(&format!("python{minor}")) {
            continue;
        }
        for entry in fs_err::read_dir(&stdlib)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("_sysconfig") && !entry.path().is_dir() {
                found.push(entry.path());
            } else if name.starts_with("config-") {
                found.push(entry.path().join("Makefile"));
            }
        }
    }
    Ok(found)
}

/// A call that the compiler settings around us do not reach: they are another project's.
pub(super) fn own(call: Call) -> Call {
    let names = ["CFLAGS", "CPPFLAGS", "LDFLAGS", "MAKEFLAGS", "MFLAGS", "PYTHONPATH", "PYTHONHOME", "CONFIG_SITE"];
    names.iter().fold(call, |call, name| call.without_env(name))
}

fn is_plain(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.+~".contains(&byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn make_knows_no_spaces() {
        assert!(is_plain(Path::new("/home/a_b/.cache/monowheel/lab/cpython-3.15t")));
        for odd in ["/my lab", "/it's", "/a$b", "/a:b", "/ä"] {
            assert!(!is_plain(Path::new(odd)), "{odd}");
        }
    }

    #[test]
    fn settings_are_found_in_every_form_of_a_library() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let stdlib = dir.path().join("lib/python3.15t");
        fs_err::create_dir_all(stdlib.join("config-3.15t-x86_64-linux-gnu"))?;
        for name in ["_sysconfigdata_t_linux_.py", "_sysconfig_vars_t_linux_.json", "os.py"] {
            fs_err::write(stdlib.join(name), "")?;
        }
        let mut found = settings(dir.path(), "3.15")?;
        found.sort();
        let names: Vec<_> = found.iter().filter_map(|path| path.strip_prefix(&stdlib).ok()).collect();
        let wanted =
            ["_sysconfig_vars_t_linux_.json", "_sysconfigdata_t_linux_.py", "config-3.15t-x86_64-linux-gnu/Makefile"];
        assert_eq!(names, wanted.map(Path::new));
        Ok(())
    }
}
