//! The C libraries that `-sys` crates link: how each crate builds its own copy, and the requirements of its license.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use monowheel_manifest::graph::Packages;
use monowheel_project::tables::native::{Library as Own, Table as Config};
use serde::Deserialize;

use crate::blocked::Blocked;

/// A row of `libraries.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Library {
    /// The crate that links it.
    #[serde(rename = "crate")]
    pub(crate) krate: String,
    /// The library.
    pub(crate) name: String,
    /// Its license, an SPDX expression.
    pub(crate) license: String,
    /// The origin of its copy.
    pub(crate) copy: Copy,
    /// The feature of the crate that enables the copy.
    #[serde(default)]
    pub(crate) feature: String,
    /// Variables that enable the copy.
    #[serde(default)]
    pub(crate) variables: BTreeMap<String, String>,
    /// Why only Microsoft's compiler can build it for Windows.
    #[serde(default)]
    pub(crate) msvc_only: String,
}

/// The origin of the copy of a library that a crate links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Copy {
    /// The crate contains the sources and compiles them.
    Always,
    /// It does if a variable is set, which monowheel sets.
    Variable,
    /// It does with a feature, which the project has to enable.
    Feature,
    /// monowheel builds it.
    Monowheel,
    /// It has no sources: the system's library is linked.
    System,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    library: Vec<Library>,
}

#[expect(clippy::expect_used, reason = "the table is compiled in, and a test parses it")]
static LIBRARIES: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("libraries.toml")).expect("libraries.toml parses"));

/// The consequences of a build's libraries.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Variables for build scripts.
    pub(crate) variables: BTreeMap<String, String>,
    /// A license that forbids the build with the current settings.
    pub(crate) blocked: Option<Blocked>,
    /// Notes for the user.
    pub(crate) notes: Vec<String>,
    /// The crates that only Microsoft's compiler builds for Windows, and why.
    pub(crate) msvc_only: Vec<(String, String)>,
}

impl From<(&String, &Own)> for Library {
    fn from((krate, own): (&String, &Own)) -> Self {
        Self {
            krate: krate.clone(),
            name: own.name.clone(),
            license: own.license.clone(),
            copy: if own.variables.is_empty() { Copy::Always } else { Copy::Variable },
            feature: String::new(),
            variables: own.variables.clone(),
            msvc_only: own.msvc_only.clone(),
        }
    }
}

/// The feature that makes a crate build its own copy of its library, if it needs one.
pub(crate) fn feature_of(krate: &str) -> Option<&'static str> {
    let row = LIBRARIES.library.iter().find(|row| row.krate == krate)?;
    (row.copy == Copy::Feature).then_some(row.feature.as_str())
}

/// The rows of a project: its own, and the others.
fn rows(config: &Config) -> impl Iterator<Item = Library> {
    let others = LIBRARIES.library.iter().filter(|row| !config.libraries.contains_key(&row.krate));
    config.libraries.iter().map(Library::from).chain(others.cloned())
}

/// The consequences of the libraries among `packages` for a crate that is itself under `license`.
pub(crate) fn of(packages: &Packages, config: &Config, license: Option<&str>) -> Found {
    let mut found = Found::default();
    for row in rows(config).filter(|row| packages.has(&row.krate)) {
        if asks_for_more(&row.license) && !license.is_some_and(|license| license.contains("GPL")) {
            match config.accept.iter().find(|accepted| accepted.krate == row.krate) {
                Some(accepted) => found.notes.push(format!(
                    "{} ({}) is linked statically, which the project accepts: {}",
                    row.name, row.license, accepted.reason
                )),
                None => found.blocked = found.blocked.or_else(|| Some(forbidden(&row))),
            }
        }
        if row.copy == Copy::System {
            found.notes.push(format!(
                "{} links the system's {}: only this machine's platform has it, and the wheel works only where the audit \
                 says so",
                row.krate, row.name
            ));
        }
        if !row.msvc_only.is_empty() {
            found.msvc_only.push((row.krate.clone(), row.msvc_only.clone()));
        }
        found.variables.extend(row.variables);
    }
    found
}

/// Whether a notice alone is not enough to link the library statically under its license: (L)GPL without an exception,
/// and no other license to choose.
fn asks_for_more(expression: &str) -> bool {
    let is_copyleft = |part: &str| {
        ["GPL-", "LGPL-", "AGPL-"].iter().any(|family| part.trim().trim_start_matches('(').starts_with(family))
            && !part.contains(" WITH ")
    };
    expression.split(" OR ").all(|choice| choice.split(" AND ").any(is_copyleft))
}

fn forbidden(row: &Library) -> Blocked {
    let Library { krate, name, license, .. } = row;
    Blocked {
        why: format!(
            "{krate} links {name} into the extension, and its license ({license}) does not allow that in a project under \
             another license unless users can replace the library"
        ),
        next_step: format!(
            "use a crate without {name}, or state why it is allowed: [tool.monowheel.native] accept = [{{ crate = \
             \"{krate}\", reason = \"…\" }}]"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_row_for_each_crate_and_each_says_what_its_kind_needs() {
        let mut crates = BTreeSet::new();
        for row in &LIBRARIES.library {
            assert!(crates.insert(&row.krate), "{} has two rows", row.krate);
            assert_eq!(row.copy == Copy::Feature, !row.feature.is_empty(), "{}", row.krate);
            assert!(row.copy != Copy::Variable || !row.variables.is_empty(), "{}", row.krate);
        }
        let sorted = LIBRARIES.library.windows(2).all(|rows| rows[0].krate < rows[1].krate);
        assert!(sorted, "in the order of their names");
    }

    #[test]
    fn a_choice_or_an_exception_makes_a_license_usable() {
        for license in ["GPL-2.0-only", "LGPL-3.0-or-later", "LGPL-3.0-only AND MIT", "GPL-2.0-only OR LGPL-2.1-only"] {
            assert!(asks_for_more(license), "{license}");
        }
        for license in ["MIT", "Zlib", "LGPL-2.1-only OR MIT", "GPL-2.0-only WITH GCC-exception-2.0", "MPL-2.0"] {
            assert!(!asks_for_more(license), "{license}");
        }
    }
}
