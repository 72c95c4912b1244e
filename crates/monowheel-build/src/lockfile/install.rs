//! The commands that install a tool of a certain version. A third party's text becomes part of one only as a plain
//! version.

use super::form::{From, Rust};

/// The command for a package of this version.
#[must_use]
pub fn pip(package: &str, version: &str) -> Option<String> {
    is_version(version).then(|| format!("pip install '{package}=={version}'"))
}

/// The command for a compiler by the text after `rustc`: `1.96.0 (ac68faa20 2026-05-25)`.
#[must_use]
pub fn rustup(rustc: &str) -> Option<String> {
    let release = rustc.split(' ').next().filter(|release| is_version(release) && !release.contains('-'))?;
    Some(format!("rustup toolchain install {release}"))
}

/// The command that installs the compiler of a lock.
#[must_use]
pub(super) fn rust(rust: &Rust, needs_source: bool) -> String {
    let dated = rust.dated_channel().filter(|channel| is_plain(channel));
    let command = dated.map(|channel| format!("rustup toolchain install {channel}")).or_else(|| rustup(&rust.rustc));
    let command = command.map(|command| if needs_source { format!("{command} --component rust-src") } else { command });
    match (rust.from, command) {
        (From::Rustup, Some(command)) => command,
        (From::Rustup, None) => format!("install the toolchain {} with rustup", rust.rustc),
        (From::System, _) => format!(
            "install the distribution's rustc {} (Debian: apt-get install rustc-web cargo-web rust-web-src)",
            rust.version()
        ),
    }
}

fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && is_plain(text)
}

fn is_plain(text: &str) -> bool {
    text.len() < 64 && text.chars().all(|c| c.is_ascii_alphanumeric() || ".+-".contains(c))
}
