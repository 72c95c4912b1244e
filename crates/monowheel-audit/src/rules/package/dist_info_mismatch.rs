//! The rule `dist-info-mismatch`.

use monowheel_wheel::filename::same_version;
use monowheel_wheel::names::normalized_name;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The name of the `.dist-info` directory does not match the file name.
    ///
    /// # What it does
    /// Compares the directory's name with `NAME-VERSION.dist-info`, exactly as spelled in the file name.
    ///
    /// # Why it matters
    /// The index looks for exactly that directory and refuses the file if METADATA, WHEEL or RECORD is not in it. pip
    /// and uv refuse the `.dist-info` of another project; if only the version differs, they install the version that
    /// the directory states.
    ///
    /// # Example
    /// `demo-1.0-py3-none-any.whl` with `demo-1.1.dist-info/`.
    ///
    /// # Fix
    /// Rebuild the wheel; do not rename a wheel to give it another version.
    pub(super) static RULE: "dist-info-mismatch", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let (Some(name), Some(folder)) = (&wheel.name, wheel.dist_info()) else { return };
    let expected = format!("{}-{}.dist-info", name.name, name.version);
    if folder == expected {
        return;
    }
    let stem = folder.strip_suffix(".dist-info").unwrap_or(folder);
    let (project, version) = stem.split_once('-').unwrap_or((stem, ""));
    let what = if normalized_name(project) != normalized_name(&name.name) {
        "another project name"
    } else if same_version(version, &name.version) == Some(true) {
        "another spelling"
    } else {
        "another version"
    };
    found.add(
        Finding::new(
            Severity::Error,
            Place::member(folder),
            format!("the directory {folder} has {what}: the index looks for {expected}"),
        )
        .fix("rebuild the wheel; do not rename one"),
    );
}
