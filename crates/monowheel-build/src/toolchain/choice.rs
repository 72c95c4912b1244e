//! Chooses a toolchain for a build, and the origin of the standard library for each target.

use monowheel_error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use crate::toolchain::rust::Toolchain;
use crate::toolchain::std_cache::StdCache;

/// How the standard library of one Rust target is obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StdFrom {
    /// It comes with the toolchain.
    Installed,
    /// monowheel built it from source before.
    Cache,
    /// It will be built from rust-src, once.
    Source,
    /// `rustup target add` will fetch it.
    Rustup,
    /// It cannot be obtained on this machine.
    Nowhere,
}

/// The origin of a standard library: two with the same origin have the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Std {
    /// It belongs to the toolchain: rustup's, or a distribution's.
    Toolchain,
    /// monowheel built it from the toolchain's sources.
    Source,
}

impl Std {
    /// As written in a lock.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Toolchain => "toolchain",
            Self::Source => "source",
        }
    }
}

/// How `toolchain` supports `triple` now: a library that could be built from source is fetched if rustup's server
/// responds, which takes seconds instead of minutes; a lock decides it. The choice of the toolchain does not depend on
/// it (see [`choose`]).
#[must_use]
pub fn std_now(toolchain: &Toolchain, triple: &str, cache: &StdCache) -> StdFrom {
    match std_for(toolchain, triple, cache) {
        StdFrom::Source if !toolchain.std.contains_key(triple) && cache.is_fetched(toolchain) => StdFrom::Rustup,
        from => from,
    }
}

/// How `toolchain` supports `triple`: as a lock says, if there is one.
#[must_use]
pub fn std_for(toolchain: &Toolchain, triple: &str, cache: &StdCache) -> StdFrom {
    match toolchain.std.get(triple) {
        None => {}
        Some(Std::Toolchain) if toolchain.installed.contains(triple) => return StdFrom::Installed,
        Some(Std::Toolchain) if toolchain.by_rustup => return StdFrom::Rustup,
        Some(Std::Source) if cache.has(toolchain, triple) => return StdFrom::Cache,
        Some(Std::Source) if toolchain.has_source => return StdFrom::Source,
        Some(_) => return StdFrom::Nowhere,
    }
    // One that was built before stays in the sysroot, even when the toolchain gets its own afterwards.
    if cache.has(toolchain, triple) {
        StdFrom::Cache
    } else if toolchain.installed.contains(triple) {
        StdFrom::Installed
    } else if toolchain.has_source {
        StdFrom::Source
    } else if toolchain.by_rustup {
        StdFrom::Rustup
    } else {
        StdFrom::Nowhere
    }
}

/// The criteria for a toolchain.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// The Rust targets of all platforms of a project, whichever are built now.
    pub triples: &'a [&'a str],
    /// `--toolchain`.
    pub wanted: Option<&'a str>,
    /// The crate's `rust-version`.
    pub rust_version: Option<&'a str>,
    /// The names of those that may be chosen, if not all may.
    pub among: Option<&'a [String]>,
    /// Standard libraries that were built before.
    pub cache: &'a StdCache,
}

/// The toolchain that supports most of the targets, or why there is none.
///
/// Certain origins count first: an installed standard library, or its source. Then possible downloads, then fewer
/// builds from source, then rustup's default, then the newest. Libraries that earlier builds left in the cache do not
/// count: the next build would choose differently. Nightly is used only by name.
///
/// # Errors
/// [`ErrorKind::Toolchain`] when there is no toolchain, none of that name, or none that is new enough
/// for the crate's `rust-version`.
pub fn choose<'a>(toolchains: &'a [Toolchain], choice: &Choice<'_>) -> Result<&'a Toolchain> {
    if toolchains.is_empty() {
        return Err(Error::new(ErrorKind::Toolchain, "no Rust toolchain found (rustc and cargo)").next(INSTALL_RUST));
    }
    if let Some(wanted) = choice.wanted {
        return toolchains
            .iter()
            .find(|toolchain| toolchain.name == wanted || toolchain.name.starts_with(&format!("{wanted}-")))
            .ok_or_else(|| {
                let names: Vec<&str> = toolchains.iter().map(|toolchain| toolchain.name.as_str()).collect();
                Error::new(ErrorKind::Usage, format!("no Rust toolchain is named {wanted}"))
                    .next(format!("choose one of: {}", names.join(", ")))
            });
    }
    let oldest = choice.rust_version.map(numbers).unwrap_or_default();
    let fits = |toolchain: &&Toolchain| {
        let is_among = choice.among.is_none_or(|names| names.contains(&toolchain.name));
        is_among && toolchain.is_released() && numbers(toolchain.release()) >= oldest
    };
    let rank = |toolchain: &Toolchain| {
        let count = |wanted: fn(StdFrom) -> bool| {
            choice.triples.iter().filter(|triple| wanted(std_for(toolchain, triple, choice.cache))).count()
        };
        (
            count(|from| from <= StdFrom::Source),
            count(|from| from <= StdFrom::Rustup),
            count(|from| from == StdFrom::Installed),
            toolchain.is_default,
            numbers(toolchain.release()),
        )
    };
    toolchains.iter().filter(fits).max_by_key(|toolchain| rank(toolchain)).ok_or_else(|| {
        let names: Vec<String> =
            toolchains.iter().map(|toolchain| format!("{} ({})", toolchain.name, toolchain.release())).collect();
        Error::new(
            ErrorKind::Toolchain,
            format!(
                "no stable Rust toolchain of {} or newer: {}",
                choice.rust_version.unwrap_or("any version"),
                names.join(", ")
            ),
        )
        .next("rustup update stable, or name one with --toolchain NAME")
    })
}

/// The commands that install Rust, if a machine has none.
pub const INSTALL_RUST: &str =
    "install rustup from https://rustup.rs, or on Debian: apt-get install rustc-web cargo-web rust-web-src";

/// The numbers of a version, in order: `1.96.0` is `[1, 96, 0]`.
pub fn numbers(version: &str) -> Vec<u64> {
    version.split(|c: char| !c.is_ascii_digit()).map_while(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::toolchain::rust::tests::toolchain;
    use crate::toolchain::rustup::Rustup;

    fn chosen<'a>(toolchains: &'a [Toolchain], wanted: Option<&str>, oldest: Option<&str>) -> Result<&'a str> {
        let cache = StdCache::at(PathBuf::from("/nowhere"));
        let choice = Choice { triples: &["a", "b"], wanted, rust_version: oldest, among: None, cache: &cache };
        choose(toolchains, &choice).map(|toolchain| toolchain.name.as_str())
    }

    #[test]
    fn certainty_goes_before_a_download() -> Result<()> {
        let both =
            [toolchain("stable-x", "1.97.0", &["a"], false, true), toolchain("system", "1.96.0", &["a"], true, false)];
        assert_eq!(chosen(&both, None, None)?, "system");
        assert_eq!(chosen(&both[..1], None, None)?, "stable-x");
        Ok(())
    }

    #[test]
    fn an_open_network_fetches_what_could_be_built_and_changes_no_choice_of_a_toolchain() -> Result<()> {
        let cache = |answers| StdCache::at(PathBuf::from("/nowhere")).with_rustup(Rustup::that_answers(answers));
        let both =
            [toolchain("stable-x", "1.97.0", &["a"], true, true), toolchain("system", "1.96.0", &["a"], true, false)];
        for (answers, from) in [(true, StdFrom::Rustup), (false, StdFrom::Source)] {
            assert_eq!(std_now(&both[0], "b", &cache(answers)), from);
            assert_eq!(std_now(&both[0], "a", &cache(answers)), StdFrom::Installed);
            // rustup adds nothing to a distribution's toolchain.
            assert_eq!(std_now(&both[1], "b", &cache(answers)), StdFrom::Source);
            let cache = cache(answers);
            let choice = Choice { triples: &["a", "b"], wanted: None, rust_version: None, among: None, cache: &cache };
            assert_eq!(choose(&both, &choice)?.name, "stable-x");
        }
        assert_eq!(std_now(&both[0], "b", &cache(true).without_rustup()), StdFrom::Source);
        // A lock decides it, independent of the network.
        let mut locked = both[0].clone();
        locked.std.insert("b".to_owned(), Std::Source);
        assert_eq!(std_now(&locked, "b", &cache(true)), StdFrom::Source);
        Ok(())
    }

    #[test]
    fn installed_goes_before_a_build_from_source() -> Result<()> {
        let both = [
            toolchain("stable-x", "1.90.0", &["a", "b"], false, true),
            toolchain("system", "1.96.0", &["a"], true, false),
        ];
        assert_eq!(chosen(&both, None, None)?, "stable-x");
        Ok(())
    }

    #[test]
    fn nightly_only_by_name_and_the_crates_version_counts() -> Result<()> {
        let both = [
            toolchain("nightly-x", "1.98.0-nightly", &["a", "b"], true, true),
            toolchain("1.85.0-x", "1.85.0", &[], false, true),
        ];
        assert_eq!(chosen(&both, None, None)?, "1.85.0-x");
        assert_eq!(chosen(&both, Some("nightly"), None)?, "nightly-x");
        let error = chosen(&both, None, Some("1.86")).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("1.86") && error.contains("rustup update"), "{error}");
        assert!(chosen(&both, Some("1.60"), None).is_err());
        Ok(())
    }

    #[test]
    fn no_rust_at_all_names_the_commands() {
        assert!(chosen(&[], None, None).is_err_and(|error| error.to_string().contains("rustup.rs")));
    }
}
