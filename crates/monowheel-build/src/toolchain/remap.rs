//! Names for this machine's directories in what is compiled, the same on every machine.
//!
//! | directory | name |
//! | --- | --- |
//! | the standard library's sources | `/rustc/COMMIT/library`, as in the libraries that rustup serves |
//! | `CARGO_HOME` | `/cargo` |
//! | sources of one registry, whose directory is named for the mirror | `/cargo/registry` |
//! | what a build adds | its own |
//!
//! rustc applies the last of several names that fit (`--remap-path-prefix`), so the directory within another
//! comes after it. What a crate asks for by `env!("CARGO_MANIFEST_DIR")` is a text that no compiler renames.

use std::path::{Path, PathBuf};

use monowheel_system::cargo;
use monowheel_wheel::binary::paths::build_prefixes;

use crate::toolchain::rust::Toolchain;

/// Directories and their names, in the order in which rustc is to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remap {
    names: Vec<(PathBuf, String)>,
    /// Whether compilers are told to keep the frame pointer, beside the names.
    frame_pointers: bool,
}

impl Remap {
    /// The names of what every build on this machine reads: the toolchain's sources and cargo's home.
    #[must_use]
    pub(crate) fn of(toolchain: &Toolchain) -> Self {
        let commit = toolchain.commit().unwrap_or("unknown");
        let mut remap = Self::default();
        remap.add(&toolchain.source(), &format!("{}/{commit}/library", build_prefixes::RUSTC));
        if let Some(home) = cargo::home() {
            remap.add(&home, build_prefixes::CARGO);
            let registries = fs_err::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
            let mut registries: Vec<PathBuf> = registries.map(|entry| entry.path()).collect();
            registries.sort();
            for registry in registries {
                remap.add(&registry, build_prefixes::REGISTRY);
            }
        }
        remap
    }

    /// Adds a directory, also by its path without links.
    pub(crate) fn add(&mut self, folder: &Path, name: &str) {
        self.names.push((folder.to_path_buf(), name.to_owned()));
        if let Ok(real) = fs_err::canonicalize(folder) {
            if real != folder {
                self.names.push((real, name.to_owned()));
            }
        }
    }

    /// The same, with the frame pointer kept in each function: what a profiler walks a stack by (PEP 831).
    #[must_use]
    pub(crate) fn with_frame_pointers(self, frame_pointers: bool) -> Self {
        Self { frame_pointers, ..self }
    }

    /// As arguments of rustc.
    #[must_use]
    pub(crate) fn flags(&self) -> Vec<String> {
        let mut flags = self.told("--remap-path-prefix");
        flags.extend(self.frame_pointers.then(|| "-Cforce-frame-pointers=yes".to_owned()));
        flags
    }

    /// As arguments of clang, for C and C++.
    #[must_use]
    pub(crate) fn c_flags(&self) -> Vec<String> {
        let mut flags = self.told("-ffile-prefix-map");
        if self.frame_pointers {
            flags.extend(["-fno-omit-frame-pointer", "-mno-omit-leaf-frame-pointer"].map(str::to_owned));
        }
        flags
    }

    /// As arguments of a compiler whose option this is. A directory with `=` in its path cannot be told and keeps it.
    #[must_use]
    pub(crate) fn told(&self, option: &str) -> Vec<String> {
        let tellable = self.names.iter().filter(|(folder, _)| !folder.to_string_lossy().contains('='));
        tellable.map(|(folder, name)| format!("{option}={}={name}", folder.display())).collect()
    }

    /// The names, in the order of [`flags`](Self::flags).
    pub(crate) fn names(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.names.iter().map(|(folder, name)| (folder.as_path(), name.as_str()))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_known_by_both_paths_and_order_is_kept() -> std::io::Result<()> {
        let dir = tempfile::tempdir()?;
        let real = fs_err::canonicalize(dir.path())?.join("real");
        fs_err::create_dir(&real)?;
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&real, &link)?;
        let mut remap = Remap::default();
        remap.add(&link, "/a");
        remap.add(&real.join("in=side"), "/b");
        remap.add(Path::new("/none"), "/c");
        let flags = [&link, &real].map(|path| format!("--remap-path-prefix={}=/a", path.display()));
        assert_eq!(remap.flags(), [&flags[..], &["--remap-path-prefix=/none=/c".to_owned()]].concat());
        Ok(())
    }
}
