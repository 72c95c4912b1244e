//! Machine-independent names for this machine's directories in compiled code.
//!
//! | directory | name |
//! | --- | --- |
//! | the standard library's sources | `/rustc/COMMIT/library`, as in rustup's libraries |
//! | `CARGO_HOME` | `/cargo` |
//! | sources of one registry, whose directory is named after the mirror | `/cargo/registry` |
//! | directories that a build adds | their own names |
//!
//! rustc applies the last match (`--remap-path-prefix`), so a nested directory
//! comes after its parent. `env!("CARGO_MANIFEST_DIR")` in a crate is a text that no compiler remaps.

use std::path::{Path, PathBuf};

use monowheel_system::cargo;
use monowheel_wheel::binary::paths::build_prefixes;

use crate::toolchain::rust::Toolchain;

/// Directories and their names, in the order in which rustc gets them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remap {
    names: Vec<(PathBuf, String)>,
    /// Whether compilers keep the frame pointer.
    frame_pointers: bool,
    /// Whether compilers write line tables.
    line_tables: bool,
}

impl Remap {
    /// The names of the directories that every build on this machine reads: the toolchain's sources and cargo's home.
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

    /// The same, with the frame pointer kept in each function, with which a profiler walks the stack (PEP 831).
    #[must_use]
    pub(crate) fn with_frame_pointers(self, frame_pointers: bool) -> Self {
        Self { frame_pointers, ..self }
    }

    /// The same, with line tables. cargo does not learn of them: its own setting for debug information is part of the
    /// names of symbols, and with these of the order of functions.
    #[must_use]
    pub(crate) fn with_line_tables(self, line_tables: bool) -> Self {
        Self { line_tables, ..self }
    }

    /// Whether compilers write line tables.
    pub(crate) const fn has_line_tables(&self) -> bool {
        self.line_tables
    }

    /// As rustc arguments.
    #[must_use]
    pub(crate) fn flags(&self) -> Vec<String> {
        let mut flags = self.told("--remap-path-prefix");
        flags.extend(self.frame_pointers.then(|| "-Cforce-frame-pointers=yes".to_owned()));
        flags
    }

    /// As clang arguments, for C and C++.
    #[must_use]
    pub(crate) fn c_flags(&self) -> Vec<String> {
        let mut flags = self.told("-ffile-prefix-map");
        if self.frame_pointers {
            flags.extend(["-fno-omit-frame-pointer", "-mno-omit-leaf-frame-pointer"].map(str::to_owned));
        }
        flags.extend(self.line_tables.then(|| "-gline-tables-only".to_owned()));
        flags
    }

    /// As arguments with this option. A directory with `=` in its path cannot be passed and keeps its name.
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
