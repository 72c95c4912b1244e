//! The rule `license-file-missing`.

use std::collections::HashSet;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A `License-File` listed in METADATA is not in the wheel.
    ///
    /// # What it does
    /// Looks for each `License-File` below `.dist-info/licenses/` if METADATA states version 2.4 or later (PEP 639).
    /// Before that, setuptools wrote the field for files in the `.dist-info` itself, and maturin for files in
    /// `license_files/`.
    ///
    /// # Why it matters
    /// The index refuses the file, and most licenses require their text to be included.
    ///
    /// # Example
    /// `License-File: LICENSE` without `demo-1.0.dist-info/licenses/LICENSE`.
    ///
    /// # Fix
    /// Make sure that `license-files` in pyproject.toml names existing files, and keep them when you repack a wheel.
    pub(super) static RULE: "license-file-missing", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let (Some(metadata), Some(folder)) = (&wheel.metadata, wheel.dist_info()) else { return };
    let shipped: HashSet<&str> =
        wheel.members.iter().filter_map(|member| member.path.strip_prefix(folder)?.strip_prefix('/')).collect();
    let folder_counts = metadata.has_license_files_folder();
    let places: &[&str] = if folder_counts { &["licenses/"] } else { &["", "licenses/", "license_files/"] };
    let is_shipped = |file: &&str| places.iter().any(|place| shipped.contains(format!("{place}{file}").as_str()));
    let missing: Vec<&str> = metadata.license_files().map(str::trim).filter(|file| !is_shipped(file)).collect();
    if !missing.is_empty() {
        let (severity, place) = match folder_counts {
            true => (Severity::Error, "licenses/"),
            false => (Severity::Warning, ""),
        };
        found.add(
            Finding::new(severity, wheel.info("METADATA"), format!("not in {folder}/{place}: {}", some_of(&missing)))
                .details(missing)
                .fix("make sure that `license-files` in pyproject.toml names existing files"),
        );
    }
}
