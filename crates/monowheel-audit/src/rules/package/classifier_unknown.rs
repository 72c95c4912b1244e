//! The rule `classifier-unknown`.

use std::collections::BTreeSet;

use monowheel_wheel::classifier::{self, Standing};

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A classifier is unknown to the index or deprecated.
    ///
    /// # What it does
    /// Looks up every `Classifier` in the index's list (trove-classifiers of September 2026). `Private :: …` is
    /// ignored: it keeps a wheel off the index on purpose.
    ///
    /// # Why it matters
    /// The index refuses the file. An unknown classifier is only a warning, because the index may have added it since.
    ///
    /// # Example
    /// `Programming Languages :: Rust`
    ///
    /// # Fix
    /// Choose one from <https://pypi.org/classifiers/>.
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
            .fix("remove or replace them in pyproject.toml"),
        );
    }
    if let Some(first) = unknown.first() {
        let message = format!("not in the index's list of {}: {}", classifier::DATE, some_of(&unknown));
        let fix = match classifier::nearest(first) {
            Some(meant) => format!("write {meant:?} if that is what {first:?} means"),
            None => "choose classifiers from https://pypi.org/classifiers/".to_owned(),
        };
        found.add(Finding::new(Severity::Warning, wheel.info("METADATA"), message).details(unknown).fix(fix));
    }
}
