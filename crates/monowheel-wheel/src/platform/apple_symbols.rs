//! The exports of macOS' libSystem (`libsystem_symbols.tsv`). The table is read when a rule first needs it.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::abi::rows;

static LIBSYSTEM: LazyLock<FxHashSet<&'static str>> =
    LazyLock::new(|| rows(include_str!("libsystem_symbols.tsv")).filter_map(|row| row.first().copied()).collect());

/// Whether some macOS' libSystem has the symbol; every process has loaded libSystem.
#[must_use]
pub fn libsystem_has(symbol: &str) -> bool {
    // `open$UNIX2003`, `realpath$DARWIN_EXTSN`: variants of a function.
    LIBSYSTEM.contains(symbol.split('$').next().unwrap_or(symbol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_libsystem() {
        assert!(LIBSYSTEM.len() > 9000);
        assert!(libsystem_has("malloc") && libsystem_has("realpath$DARWIN_EXTSN") && libsystem_has("_Unwind_Resume"));
        assert!(!libsystem_has("tree_sitter_python_external_scanner_create"));
    }
}
