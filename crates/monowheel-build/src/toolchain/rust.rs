//! Rust toolchains: rustup's and the system's, and the components installed in each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_system::exec::executable;
use monowheel_system::exec::on_path;
use monowheel_system::exec::{Call, CancelToken};
use monowheel_system::threads;

use crate::toolchain::choice::Std;

const LIMIT: Duration = Duration::from_secs(30);

/// A compiler with its cargo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    /// The user's name for it: rustup's name, or `system`.
    pub name: String,
    /// The compiler itself, never a rustup proxy.
    pub rustc: PathBuf,
    /// Its cargo.
    pub cargo: PathBuf,
    /// The complete output of `rustc -vV`, which identifies the compiler.
    pub verbose_version: String,
    /// The directory that contains `lib/rustlib`.
    pub sysroot: PathBuf,
    /// Rust targets whose standard library is installed.
    pub installed: BTreeSet<String>,
    /// Whether the standard library's source is installed (component rust-src).
    pub has_source: bool,
    /// Whether `rustup target add` works for it.
    pub by_rustup: bool,
    /// Whether it is rustup's default toolchain.
    pub is_default: bool,
    /// The origin of each Rust target's standard library that a lock requires.
    pub std: BTreeMap<String, Std>,
}

impl Toolchain {
    /// The version, such as `1.96.0`.
    #[must_use]
    pub fn release(&self) -> &str {
        self.value("release: ").unwrap_or("unknown")
    }

    /// Whether it is a release, neither a nightly nor a custom build of the compiler.
    #[must_use]
    pub fn is_released(&self) -> bool {
        !["nightly", "dev"].iter().any(|word| self.release().contains(word))
    }

    /// The first line of `rustc -vV` without its first word: version, commit and date.
    #[must_use]
    pub fn line(&self) -> &str {
        let line = self.verbose_version.lines().next().unwrap_or_default();
        line.strip_prefix("rustc ").unwrap_or(line)
    }

    /// The installed targets whose standard library is used: not those that a lock requires to be built from source.
    pub(crate) fn used(&self) -> impl Iterator<Item = &String> {
        self.installed.iter().filter(|triple| self.std.get(*triple) != Some(&Std::Source))
    }

    /// The Rust target of this machine, as reported by the compiler.
    #[must_use]
    pub(crate) fn host(&self) -> &str {
        self.value("host: ").unwrap_or("unknown")
    }

    /// The path for the standard library's source.
    #[must_use]
    pub(crate) fn source(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib/src/rust/library")
    }

    /// The commit of the compiler, if it reports one.
    #[must_use]
    pub(crate) fn commit(&self) -> Option<&str> {
        self.value("commit-hash: ").filter(|commit| *commit != "unknown")
    }

    /// The same toolchain with its current components (after `rustup target add`).
    #[must_use]
    pub(crate) fn looked_at_again(&self) -> Self {
        Self { installed: installed(&self.sysroot), ..self.clone() }
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.verbose_version.lines().find_map(|line| line.strip_prefix(key))
    }

    /// Queries a toolchain; `None` if it does not respond.
    fn ask(name: &str, bin: &Path, by_rustup: bool, is_default: bool, stop: &CancelToken) -> Option<Self> {
        let (rustc, cargo) = (bin.join(executable("rustc")), bin.join(executable("cargo")));
        if !cargo.is_file() {
            return None;
        }
        // An undetected proxy would use the toolchain that a file in the current directory names.
        let rustc_call = Call::new(&rustc).in_empty_dir().ok()?;
        let verbose_version = rustc_call.clone().arg("-vV").stdout(LIMIT, stop).ok()?;
        // rustup's layout reveals the sysroot; a distribution's does not.
        let sysroot = match bin.parent() {
            Some(root) if by_rustup => root.to_path_buf(),
            _ => PathBuf::from(rustc_call.args(["--print", "sysroot"]).stdout(LIMIT, stop).ok()?.trim()),
        };
        let mut toolchain = Self {
            name: name.to_owned(),
            rustc,
            cargo,
            verbose_version,
            installed: installed(&sysroot),
            has_source: false,
            sysroot,
            by_rustup,
            is_default,
            std: BTreeMap::new(),
        };
        toolchain.has_source = toolchain.source().join("Cargo.lock").is_file();
        Some(toolchain)
    }
}

/// Every toolchain of rustup and the one on PATH or in `/usr/bin`, queried in parallel.
pub(crate) fn discover(stop: &CancelToken) -> Result<Vec<Toolchain>> {
    let named = std::env::var_os("RUSTUP_HOME").map(PathBuf::from).filter(|home| home.is_absolute());
    let home = named.or_else(|| home().map(|home| home.join(".rustup")));
    let default = home.as_deref().and_then(default_toolchain);
    let mut places: Vec<(String, PathBuf, bool)> = Vec::new();
    if let Some(folders) = home.and_then(|home| fs_err::read_dir(home.join("toolchains")).ok()) {
        places.extend(
            folders
                .flatten()
                .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path().join("bin"), true)),
        );
    }
    // Debian's rustup also installs its proxies in /usr/bin.
    let mut system = on_path("rustc").into_iter().chain([PathBuf::from("/usr/bin/rustc")]);
    let compiler = system.find(|rustc| rustc.is_file() && !is_proxy(rustc));
    places.extend(compiler.and_then(|rustc| Some(("system".to_owned(), rustc.parent()?.to_path_buf(), false))));
    places.sort();
    std::thread::scope(|scope| {
        let asked: Result<Vec<_>> = places
            .iter()
            .map(|(name, bin, by_rustup)| {
                let is_default = default.as_deref().is_some_and(|default| name.starts_with(default));
                threads::scoped(scope, move || Toolchain::ask(name, bin, *by_rustup, is_default, stop))
            })
            .collect();
        Ok(asked?.into_iter().filter_map(|thread| thread.join().ok().flatten()).collect())
    })
}

fn home() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
    home.filter(|home| home.is_absolute())
}

/// rustup's default toolchain, from its settings (RUSTUP_TOOLCHAIN takes precedence).
fn default_toolchain(home: &Path) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Settings {
        default_toolchain: Option<String>,
    }
    if let Ok(name) = std::env::var("RUSTUP_TOOLCHAIN") {
        return Some(name);
    }
    let text = fs_err::read_to_string(home.join("settings.toml")).ok()?;
    toml::from_str::<Settings>(&text).ok()?.default_toolchain
}

/// Whether `rustc` is rustup's proxy, which would choose a toolchain by directory instead of ours.
fn is_proxy(rustc: &Path) -> bool {
    rustc.with_file_name(executable("rustup")).exists()
}

/// The targets whose `core` is in the sysroot.
fn installed(sysroot: &Path) -> BTreeSet<String> {
    let Ok(targets) = fs_err::read_dir(sysroot.join("lib/rustlib")) else { return BTreeSet::new() };
    let has_core = |folder: &Path| {
        fs_err::read_dir(folder.join("lib")).is_ok_and(|files| {
            files.flatten().any(|file| {
                let name = file.file_name().to_string_lossy().into_owned();
                name.starts_with("libcore-") && name.ends_with(".rlib")
            })
        })
    };
    targets
        .flatten()
        .filter(|entry| has_core(&entry.path()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A toolchain as a test needs it, without a compiler behind it.
    pub(crate) fn toolchain(
        name: &str,
        release: &str,
        installed: &[&str],
        has_source: bool,
        by_rustup: bool,
    ) -> Toolchain {
        Toolchain {
            name: name.to_owned(),
            rustc: PathBuf::from("/toolchain/bin/rustc"),
            cargo: PathBuf::from("/toolchain/bin/cargo"),
            verbose_version: format!("rustc {release}\nhost: x86_64-unknown-linux-gnu\nrelease: {release}\n"),
            sysroot: PathBuf::from("/toolchain"),
            installed: installed.iter().map(ToString::to_string).collect(),
            has_source,
            by_rustup,
            is_default: false,
            std: BTreeMap::new(),
        }
    }
}
