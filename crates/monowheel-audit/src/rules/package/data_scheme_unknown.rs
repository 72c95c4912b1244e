//! The rule `data-scheme-unknown`.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

/// The keys known to pip and uv (binary distribution format; pip 26.3, `_internal/models/scheme.py`).
const SCHEMES: [&str; 5] = ["data", "headers", "platlib", "purelib", "scripts"];

rule! {
    /// The `.data` directory contains something that no installer knows where to put.
    ///
    /// # What it does
    /// Checks the entries directly below each top-level `*.data/`. The specification defines the directories `data`,
    /// `headers`, `platlib`, `purelib` and `scripts`.
    ///
    /// # Why it matters
    /// pip ("Unknown scheme key", "Unexpected file") and uv ("Unknown wheel data type") stop the install.
    ///
    /// # Example
    /// `demo-1.0.data/bin/demo` instead of `demo-1.0.data/scripts/demo`.
    ///
    /// # Fix
    /// Move the files into one of the five directories.
    pub(super) static RULE: "data-scheme-unknown", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let strangers: BTreeSet<&str> = wheel
        .members
        .iter()
        .filter(|member| !member.is_folder)
        .filter_map(|member| {
            let (top, rest) = member.path.split_once('/')?;
            let scheme = rest.split_once('/').map_or("", |(scheme, _)| scheme);
            (top.ends_with(".data") && !SCHEMES.contains(&scheme)).then(|| match scheme {
                "" => member.path.as_str(),
                scheme => member.path.get(..top.len() + 1 + scheme.len()).unwrap_or(scheme),
            })
        })
        .collect();
    if !strangers.is_empty() {
        let strangers: Vec<&str> = strangers.into_iter().collect();
        found.add(
            Finding::new(
                Severity::Error,
                Place::file(),
                format!("no installer knows where to put {}", some_of(&strangers)),
            )
            .details(strangers)
            .fix("move the files into data, headers, platlib, purelib or scripts in the .data directory"),
        );
    }
}
