//! The Pythons and ABIs that each minor version of PyO3 supports.

use crate::bindings::Bindings;

/// The CPythons of one version of PyO3, as minor versions of Python 3: `SUPPORTED_VERSIONS_CPYTHON`,
/// `MIN_FREE_THREADED_VERSION` and the `abi3-*` features in its pyo3-ffi.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Support {
    /// The oldest and the newest one.
    pub versions: (u8, u8),
    /// The oldest and the newest one without the GIL.
    pub free_threaded: Option<(u8, u8)>,
    /// The lowest and the highest floor of abi3.
    pub abi3: (u8, u8),
    /// Whether there is abi3t (PEP 803).
    pub abi3t: bool,
    /// Whether an extension for Windows needs an import library of Python: 0.29 links with `raw-dylib`.
    pub import_library: bool,
    /// Whether an extension links against libpython unless the feature `extension-module` is enabled: since 0.26, a
    /// variable of maturin controls it. No platform tag of Linux allows a wheel to link against it.
    pub needs_extension_module: bool,
}

/// From the last release of each on crates.io (0.22.6, 0.23.5, 0.24.2, 0.25.1, 0.26.0, 0.27.2, 0.28.3, 0.29.3, 0.30.1).
/// A version without a row is treated like the next older one; one before the first, like the first.
const ROWS: [((u64, u64), Support); 7] = [
    ((0, 22), old((7, 13), None, (7, 12), true)),
    ((0, 23), old((7, 13), Some((13, 13)), (7, 12), true)),
    ((0, 24), old((7, 13), Some((13, 13)), (7, 13), true)),
    ((0, 25), old((7, 14), Some((13, 14)), (7, 14), true)),
    ((0, 26), old((7, 14), Some((13, 14)), (7, 14), false)),
    ((0, 29), new(8)),
    ((0, 30), new(9)),
];

/// Before abi3t and `raw-dylib`.
const fn old(
    versions: (u8, u8),
    free_threaded: Option<(u8, u8)>,
    abi3: (u8, u8),
    needs_extension_module: bool,
) -> Support {
    Support { versions, free_threaded, abi3, abi3t: false, import_library: true, needs_extension_module }
}

const fn new(oldest: u8) -> Support {
    Support {
        versions: (oldest, 15),
        free_threaded: Some((14, 15)),
        abi3: (oldest, 15),
        abi3t: true,
        import_library: false,
        needs_extension_module: false,
    }
}

impl Support {
    /// The row of the version that a crate uses.
    #[must_use]
    pub fn of(bindings: &Bindings) -> Self {
        Self::of_version(bindings.version)
    }

    /// Whether the version that a crate uses is known: unknown is a repository without a lock file.
    #[must_use]
    pub fn is_known(bindings: &Bindings) -> bool {
        bindings.version != (0, 0)
    }

    /// The first version that has abi3 with the floor 3.`minor`.
    #[must_use]
    pub fn first_with_floor(minor: u8) -> Option<(u64, u64)> {
        ROWS.iter().find(|(_, support)| (support.abi3.0..=support.abi3.1).contains(&minor)).map(|(version, _)| *version)
    }

    /// The row of a minor version; `(0, 0)` is unknown.
    #[must_use]
    pub fn of_version(version: (u64, u64)) -> Self {
        let [(_, first), .., (_, newest)] = ROWS;
        // A repository without a lock file: most likely its newest version.
        if version == (0, 0) {
            return newest;
        }
        ROWS.iter().rev().find(|(since, _)| *since <= version).map_or(first, |(_, support)| *support)
    }

    /// The range of one kind of build.
    #[must_use]
    pub const fn range(&self, free_threaded: bool) -> Option<(u8, u8)> {
        if free_threaded { self.free_threaded } else { Some(self.versions) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_without_a_row_is_like_the_older_one() {
        assert_eq!(Support::of_version((0, 28)), Support::of_version((0, 26)));
        assert_eq!(Support::of_version((0, 31)), Support::of_version((0, 30)));
        assert_eq!(Support::of_version((0, 20)), Support::of_version((0, 22)));
        assert_eq!(Support::of_version((0, 22)).range(true), None);
    }
}
