//! The facts that only a loader needs: the provided names, and what it rejects or binds by.

use std::hash::Hasher as _;

use rustc_hash::{FxHashSet, FxHasher};
use serde::{Deserialize, Serialize};

/// Reasons for a loader to reject a file, or to find a symbol in it. Everything is empty or `false` in an ordinary one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Link {
    /// ELF: `.gnu.version_d`, the versions that it defines, except for its own name.
    pub defined_versions: Vec<String>,
    /// A program, which loaders do not accept as a library. ELF: `ET_EXEC` or `DF_1_PIE`; Mach-O: `MH_EXECUTE`; PE: without
    /// `IMAGE_FILE_DLL`.
    pub is_program: bool,
    /// ELF: it has relative relocations in the packed form (`DT_RELR`).
    pub packed_relocations: bool,
    /// ELF: `DF_STATIC_TLS`, and how many bytes of thread-local storage it has.
    pub static_tls: Option<u64>,
    /// ELF: it has thread-local variables that are found at run time (`PT_TLS` without `DF_STATIC_TLS`).
    pub dynamic_tls: bool,
    /// ELF: functions that the loader has to choose (`STT_GNU_IFUNC`): a relocation of the type `IRELATIVE`.
    pub indirect_functions: bool,
    /// ELF: the smallest alignment of a `LOAD` segment, where it is below 64 KiB, the largest page of any system.
    pub small_alignment: Option<u64>,
    /// ELF: a `LOAD` segment whose address and offset differ within a page, which no system can map.
    pub is_incongruent: bool,
    /// ELF: the `LOAD` segments are not sorted by address, as the ELF specification requires.
    pub is_unsorted: bool,
    /// ELF: the run paths are those of `DT_RPATH`, which the libraries that it loads inherit.
    pub inherits_run_paths: bool,
    /// Mach-O: the libraries whose symbols it passes on as its own (`LC_REEXPORT_DYLIB`).
    pub reexports: Vec<String>,
    /// Mach-O: it has `LC_DYLD_CHAINED_FIXUPS`.
    pub chained_fixups: bool,
}

/// The names of symbols, as 64-bit hashes: a library may export hundreds of thousands, of which a few are queried.
/// An ELF symbol with a version counts twice, also as `name@VERSION`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Names(Vec<u64>);

/// [`Names`] that can be queried.
#[derive(Clone, Debug, Default)]
pub struct NameSet(FxHashSet<u64>);

impl Names {
    /// Adds a name.
    pub fn add(&mut self, name: &[u8]) {
        self.0.push(hash(name));
    }

    /// Adds the name of a symbol with a version.
    pub(super) fn add_versioned(&mut self, name: &[u8], version: &str) {
        self.0.push(versioned(name, version));
    }

    /// The same, for queries.
    #[must_use]
    pub fn index(&self) -> NameSet {
        NameSet(self.0.iter().copied().collect())
    }

    /// Whether the name exists. For a few queries; for more, use [`Names::index`].
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&hash(name.as_bytes()))
    }
}

/// Independent of the order, and of how often a name was added.
impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.index().0 == other.index().0
    }
}

impl Eq for Names {}

impl NameSet {
    /// Whether the name exists.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&hash(name.as_bytes()))
    }

    /// Whether the name exists with this version.
    #[must_use]
    pub fn has_version(&self, name: &str, version: &str) -> bool {
        self.0.contains(&versioned(name.as_bytes(), version))
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<T: IntoIterator<Item = &'a str>>(names: T) -> Self {
        let mut all = Self::default();
        names.into_iter().for_each(|name| all.add(name.as_bytes()));
        all
    }
}

// Written to the hasher directly, so that a hash that is kept does not depend on the standard library.

fn hash(name: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.finish()
}

fn versioned(name: &[u8], version: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.write(version.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_and_without_their_version() {
        let mut names: Names = ["malloc", "free"].into_iter().collect();
        names.add_versioned(b"malloc", "GLIBC_2.17");
        let index = names.index();
        assert!(names.has("free") && index.has("malloc") && !index.has("calloc"));
        assert!(index.has_version("malloc", "GLIBC_2.17") && !index.has_version("free", "GLIBC_2.17"));
        assert!(!index.has_version("malloc", "GLIBC_2.18"));
    }
}
