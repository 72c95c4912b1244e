//! Which wheels this machine can install.

use monowheel_project::target::{System, Target};

/// Whether a machine that runs programs of this Rust target can install the wheel.
pub(crate) fn installs_on(target: &Target, host: &str) -> bool {
    if target.triples.iter().any(|triple| triple == host) {
        return true;
    }
    // Rust's own programs for Windows are those of msvc, what zig links is for gnullvm; Python takes both.
    let arch = host.split('-').next().unwrap_or_default();
    let is_of_arch = target.triples.iter().any(|triple| triple.split('-').next() == Some(arch));
    target.system == System::Win && host.contains("-windows-") && is_of_arch
}
