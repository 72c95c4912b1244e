//! The rule `classifier-unknown`.

use std::collections::BTreeSet;

use monowheel_wheel::classifier::{self, Standing};

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A classifier is none of the index's, or a deprecated one.
    ///
    /// # What it does
    /// Looks every `Classifier` up in the list of the index (trove-classifiers of September 2026). `Private :: …` is left
    /// alone: it keeps a wheel away from the index on purpose.
    ///
    /// # Why it matters
    /// The index refuses the file. An unknown one is only a warning here, for the index may have added it since.
    ///
    /// # Example
    /// `Programming Languages :: Rust`
    ///
    /// # Fix
    /// Take the name from <https://pypi.org/classifiers/>.
    pub(super) static RULE: "classifier-unknown", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(metadata) = &wheel.metadata else { return };
    let names: BTreeSet<&str> = metadata.classifiers().map(str::trim).collect();
    let mut unknown = Vec::new();
    let mut deprecated = Vec::new();
    for name in names {
        match classifier::standing(name) {
            Standing::Unknown => unknown.push(name),
            Standing::Deprecated("") => deprecated.push(name.to_owned()),
            Standing::Deprecated(instead) => deprecated.push(format!("{name} (now {instead})")),
            Standing::Known | Standing::Private => {}
        }
    }
    if !deprecated.is_empty() {
        found.add(
            Finding::new(
                Severity::Error,
                wheel.info("METADATA"),
                format!("the index refuses deprecated classifiers: {}", some_of(&deprecated)),
            )
            .details(deprecated)
            .fix("Remove or replace them in pyproject.toml."),
        );
    }
    if let Some(first) = unknown.first() {
        let message = format!("not in the index's list of {}: {}", classifier::DATE, some_of(&unknown));
        let fix = match classifier::nearest(first) {
            Some(meant) => format!("Write {meant:?} if that is what {first:?} means."),
            None => "Take the names from https://pypi.org/classifiers/.".to_owned(),
        };
        found.add(Finding::new(Severity::Warning, wheel.info("METADATA"), message).details(unknown).fix(fix));
    }
}
