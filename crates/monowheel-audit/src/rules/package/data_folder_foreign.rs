use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A `.data` directory does not have the name of the wheel's `.dist-info`.
    ///
    /// # What it does
    /// Compares the name of each top-level `*.data` directory with that of the `.dist-info`.
    ///
    /// # Why it matters
    /// pip installs the contents of every `*.data` directory into the environment (scripts, headers). uv and
    /// `installer` do so for `NAME-VERSION.data` only, and copy any other into site-packages unchanged, so the command
    /// is missing.
    ///
    /// # Example
    /// `other-1.0.data/scripts/tool` in a wheel with `demo-1.0.dist-info`.
    ///
    /// # Fix
    /// Name it like the `.dist-info`, and rename both together when you change the version of a wheel.
    pub(super) static RULE: "data-folder-foreign", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(own) = wheel.dist_info().and_then(|folder| folder.strip_suffix(".dist-info")) else { return };
    let tops = wheel.members.iter().filter_map(|member| member.path.split_once('/').map(|(top, _)| top));
    let foreign: BTreeSet<&str> =
        tops.filter(|top| top.strip_suffix(".data").is_some_and(|name| name != own && !name.is_empty())).collect();
    if !foreign.is_empty() {
        let foreign: Vec<&str> = foreign.into_iter().collect();
        let message =
            format!("only pip installs the contents of {}; other installers look for {own}.data", some_of(&foreign));
        found.add(
            Finding::new(Severity::Warning, Place::file(), message).details(foreign).fix(format!("name it {own}.data")),
        );
    }
}
