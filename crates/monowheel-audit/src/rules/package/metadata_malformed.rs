//! The rule `metadata-malformed`.

use std::collections::HashMap;

use monowheel_wheel::field::{Field, INDEX_VERSIONS, NEWEST_VERSION};
use monowheel_wheel::metadata::Metadata;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// METADATA is not well-formed core metadata.
    ///
    /// # What it does
    /// Reads METADATA as Python's `email.parser` does and looks for lines that are not fields, bytes that are not
    /// UTF-8, an unknown metadata version, and fields that are unknown, repeated, or newer than the version that
    /// METADATA states. `License-File` before 2.4 is ignored: setuptools wrote it for years.
    ///
    /// # Why it matters
    /// A line that is not a field ends the fields, and installers do not see the rest. pip refuses bytes that are not
    /// UTF-8. The index refuses unknown versions, repeated fields and fields newer than the stated version; twine also
    /// refuses unknown fields.
    ///
    /// # Example
    /// `Metadata-Version: 2.1` with `License-Expression: MIT`, which 2.4 introduced.
    ///
    /// # Fix
    /// Update the build backend.
    pub(super) static RULE: "metadata-malformed", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(metadata) = &wheel.metadata else { return };
    let mut say = |severity, message: String, details: Vec<String>, fix: &str| {
        found.add(Finding::new(severity, wheel.info("METADATA"), message).details(details).fix(fix));
    };
    if let Some((line, why)) = metadata.headers.broken.first() {
        // pip stops at bytes that are not UTF-8. It skips the other lines, with everything they hide.
        let severity = if metadata.headers.not_utf8 { Severity::Error } else { Severity::Warning };
        let details = metadata.headers.broken.iter().map(|(line, why)| format!("line {line} {why}")).collect();
        let fix = "let the build backend write METADATA; a line that is not a field hides everything after it";
        say(severity, format!("line {line} of METADATA {why}"), details, fix);
    }
    let version = metadata.metadata_version().unwrap_or_default();
    if !version.is_empty() && !INDEX_VERSIONS.contains(&version) {
        let (severity, why) = match version == NEWEST_VERSION {
            true => (Severity::Warning, "which the index did not accept as of August 2026"),
            false => (Severity::Error, "which is not a core metadata version"),
        };
        let message = format!("METADATA states version {version:?}, {why}");
        say(severity, message, vec![], "use a version of the build backend that writes 2.5 or older");
    }
    let fields = Fields::of(metadata);
    if !fields.unknown.is_empty() {
        let message = format!("METADATA contains unknown fields: {}", some_of(&fields.unknown));
        say(Severity::Warning, message, fields.unknown, "remove the fields; twine refuses to upload them");
    }
    if !fields.repeated.is_empty() {
        let message = format!("METADATA repeats: {}", some_of(&fields.repeated));
        say(Severity::Error, message, fields.repeated, "keep one of each");
    }
    if !fields.newer.is_empty() {
        let message =
            format!("METADATA states version {version} but contains newer fields: {}", some_of(&fields.newer));
        say(
            Severity::Error,
            message,
            fields.newer,
            "update the build backend, so that it states the version it writes",
        );
    }
}

/// Fields that should not be there.
struct Fields {
    unknown: Vec<String>,
    repeated: Vec<String>,
    newer: Vec<String>,
}

impl Fields {
    fn of(metadata: &Metadata) -> Self {
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut order = Vec::new();
        for (name, _) in &metadata.headers.fields {
            let count = counts.entry(name.to_ascii_lowercase()).or_default();
            if *count == 0 {
                order.push(name.as_str());
            }
            *count += 1;
        }
        // The body is a second description.
        if !metadata.headers.body.trim().is_empty() {
            counts.get_mut("description").into_iter().for_each(|count| *count += 1);
        }
        let version = metadata.stated_version();
        let mut fields = Self { unknown: vec![], repeated: vec![], newer: vec![] };
        for name in order {
            let Some(field) = Field::named(name) else {
                fields.unknown.push(name.to_owned());
                continue;
            };
            if !field.multiple && counts.get(&name.to_ascii_lowercase()).is_some_and(|count| *count > 1) {
                fields.repeated.push(field.name.to_owned());
            }
            if version.is_some_and(|version| field.since > version) && field.name != "License-File" {
                let (major, minor) = field.since;
                fields.newer.push(format!("{} ({major}.{minor})", field.name));
            }
        }
        fields
    }
}
