//! The table of crates that bring types.

use std::sync::LazyLock;

use monowheel_error::near_names::nearest;
use monowheel_error::{Error, ErrorKind, Result};

use super::types::ProbeType;

/// A crate, as `crates.tsv` describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProbeCrate {
    /// Its name.
    pub(super) name: &'static str,
    /// The requirement.
    requirement: &'static str,
    /// The feature of `PyO3` that converts its types; none of a crate that depends on `PyO3` itself.
    pub(super) feature: Option<&'static str>,
    /// The module of Python that its values need.
    pub(super) module: Option<&'static str>,
}

impl ProbeCrate {
    /// Its line in `[dependencies]`.
    pub(super) fn dependency(&self) -> String {
        // PyO3 turns on what its conversions need.
        let features = if self.feature.is_some() { ", default-features = false" } else { "" };
        format!("{} = {{ version = \"{}\"{features} }}\n", self.name, self.requirement)
    }
}

static CRATES: LazyLock<Vec<ProbeCrate>> = LazyLock::new(|| {
    let rows = include_str!("crates.tsv").lines().filter(|line| !line.starts_with('#'));
    let stated = |text: &'static str| (text != "-").then_some(text);
    let parse = |row: &'static str| match *row.split('\t').collect::<Vec<_>>() {
        [name, requirement, feature, module] => {
            Some(ProbeCrate { name, requirement, feature: stated(feature), module: stated(module) })
        }
        _ => None,
    };
    rows.filter_map(parse).collect()
});

/// The crate of this name.
///
/// # Errors
/// [`ErrorKind::Usage`] for one that is not in the table.
pub(super) fn named(name: &str) -> Result<&'static ProbeCrate> {
    let names = || CRATES.iter().map(|one| one.name);
    CRATES.iter().find(|one| one.name == name.replace('_', "-") || one.name == name).ok_or_else(|| {
        let next = match nearest(name, names()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("name one of these: {}", names().collect::<Vec<_>>().join(", ")),
        };
        Error::new(ErrorKind::Usage, format!("no types of the crate {name} are known")).next(next)
    })
}

/// The module of Python of this name, if a crate has values that need it.
pub(super) fn module(name: &str) -> Option<&'static str> {
    CRATES.iter().filter_map(|one| one.module).find(|module| *module == name)
}

/// The crates that these types need, each once.
pub(super) fn of(types: &[&'static ProbeType]) -> Vec<&'static ProbeCrate> {
    CRATES.iter().filter(|one| types.iter().any(|ty| ty.of == Some(one.name))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::types::chosen;
    use super::*;

    #[test]
    fn each_row_is_read_and_has_types() {
        let rows = include_str!("crates.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(CRATES.len(), rows);
        for one in CRATES.iter() {
            let types = chosen(&[], &[one.name.to_owned()]).unwrap();
            assert_eq!(of(&types), [one], "{}", one.name);
        }
    }

    #[test]
    fn a_crate_is_found_with_a_hyphen_or_an_underscore() {
        assert_eq!(named("num_bigint").unwrap().name, "num-bigint");
        assert_eq!(named("rust_decimal").unwrap().name, "rust_decimal");
        assert!(named("chrono2").unwrap_err().to_string().contains("did you mean chrono?"));
    }
}
