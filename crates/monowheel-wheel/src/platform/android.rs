//! The libraries that an app may load from Android itself (`android_libraries.tsv`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The first API level of each library.
static LIBRARIES: LazyLock<BTreeMap<&'static str, u16>> = LazyLock::new(|| {
    let rows = include_str!("android_libraries.tsv").lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|row| row.split_once('\t').and_then(|(name, api)| Some((name, api.parse().ok()?)))).collect()
});

/// The first API level that has a library; `None` if Android does not offer it to apps.
#[must_use]
pub fn library_since(name: &str) -> Option<u16> {
    LIBRARIES.get(name).copied()
}

/// Whether a library comes with Python for Android, which builds OpenSSL and SQLite under different names.
#[must_use]
pub fn is_pythons(name: &str) -> bool {
    name.starts_with("libpython3") || name.ends_with("_python.so")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        assert_eq!(LIBRARIES.len(), include_str!("android_libraries.tsv").lines().count() - 2);
        assert_eq!(library_since("libaaudio.so"), Some(26));
        assert_eq!((library_since("libc.so"), library_since("libc++_shared.so")), (Some(0), None));
        assert!(is_pythons("libpython3.13.so") && is_pythons("libcrypto_python.so") && !is_pythons("libcrypto.so"));
    }
}
