//! The names of a build's directories in compiled code, which are the same on every machine.
//! `toolchain::remap` sets them; code that searches for paths of a machine must know them.

/// Rust's own sources: the name in rustup's libraries.
pub const RUSTC: &str = "/rustc";
/// cargo's home.
pub const CARGO: &str = "/cargo";
/// The sources of a registry, within cargo's home.
pub const REGISTRY: &str = "/cargo/registry";
/// The unpacked sdist.
pub const SOURCE: &str = "/source";
/// cargo's target directory.
pub const TARGET: &str = "/target";

/// Whether a path, with `/`, is below one of them.
pub(super) fn is_below(path: &str) -> bool {
    [RUSTC, CARGO, SOURCE, TARGET].iter().filter_map(|name| path.strip_prefix(name)).any(|rest| rest.starts_with('/'))
}
