//! Building with `configure` and `make`, which do not support spaces in paths.
//!
//! The tools see the build directory through a link in the system's temporary directory, whose path has
//! none. Files are installed into `DESTDIR` and moved from there. The result is relocatable: CPython
//! looks for its library relative to its executable.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::Call;

use super::{Site, qemu};

/// A directory to build in.
#[derive(Debug)]
pub(super) struct Bench {
    /// Contains the link, and is removed with it.
    _folder: tempfile::TempDir,
    /// The directory, by a path that every tool supports.
    pub(super) path: PathBuf,
    /// `--prefix`: the final directory, or a placeholder if that has a space.
    pub(super) prefix: PathBuf,
    /// What `make altinstall` adds to the options of compileall.
    bytecode: &'static str,
}

impl Bench {
    /// A directory below the one that becomes the entry; [`finish`](Self::finish) leaves only the result.
    ///
    /// # Errors
    /// When it cannot be created, or the path of the system's temporary directory contains a space.
    pub(super) fn new(site: &Site<'_>) -> Result<Self> {
        let real = site.work.join("build");
        fs_err::create_dir_all(&real)?;
        let folder = tempfile::Builder::new().prefix("monowheel-lab-").tempdir()?;
        if !is_plain(folder.path()) {
            let what = "make cannot build in a temporary directory with a space or a quote in its path";
            return Err(Error::new(ErrorKind::Toolchain, what)
                .at(folder.path().display())
                .next("set TMPDIR to another directory, such as /tmp"));
        }
        let path = folder.path().join("build");
        qemu::link(&real, &path)?;
        let prefix = if is_plain(&site.home) { site.home.clone() } else { Path::new("/opt/monowheel").join(site.id) };
        Ok(Self { _folder: folder, path, prefix, bytecode: "-j0 -q" })
    }

    /// The same, but without bytecode of the standard library, which a slow interpreter would compile three times. It is
    /// written on first use.
    pub(super) fn without_bytecode(self) -> Self {
        // The Makefile has an own -x after these options, so that nothing else leaves out all files.
        Self { bytecode: "--help", ..self }
    }

    /// Unpacks a tarball into the directory `name`, without its top-level directory.
    ///
    /// # Errors
    /// When tar fails.
    pub(super) fn unpack(&self, site: &Site<'_>, tarball: &Path, name: &str) -> Result<PathBuf> {
        let folder = self.path.join(name);
        fs_err::create_dir_all(&folder)?;
        let call = Call::new("tar").arg("-C").arg(&folder).args(["--strip-components=1", "-xf"]).arg(tarball);
        site.run(&call, &format!("could not unpack {}", tarball.display()))?;
        if !folder.join("configure").is_file() {
            return Err(Error::new(ErrorKind::Tool, "this source has no configure script, unlike upstream releases")
                .at(tarball.display())
                .next("use another mirror, or a newer monowheel: this mirror no longer has the pinned source"));
        }
        Ok(folder)
    }

    /// A make command that uses every core.
    pub(super) fn make(folder: &Path) -> Call {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        own(Call::new("make").arg(format!("-j{cores}")).dir(folder))
    }

    /// Installs CPython from `folder` with pip, and removes the build files.
    ///
    /// # Errors
    /// When make fails, or an installed file is missing.
    pub(super) fn finish(self, site: &Site<'_>, folder: &Path, renamed: &[(&str, &str)]) -> Result<()> {
        let out = self.path.join("out");
        let compileall = format!("COMPILEALL_OPTS={}", self.bytecode);
        let call = own(Call::new("make").args(["altinstall", &compileall]).dir(folder));
        site.run(&call.arg(format!("DESTDIR={}", out.display())), "could not install CPython")?;
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

/// Rewrites the build settings of the CPython in `installed`: the first text of each pair becomes the second.
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

/// The files that contain the build's paths: sysconfig's data, and the settings to build extensions.
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

/// A command without the compiler settings of the environment, which belong to another project.
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
