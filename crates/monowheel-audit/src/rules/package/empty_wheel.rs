use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The wheel installs nothing but its metadata.
    ///
    /// # What it does
    /// Looks for a file outside of `*.dist-info/`. A wheel that requires other distributions is left alone: a
    /// metapackage is meant to be empty.
    ///
    /// # Why it matters
    /// `pip install` ends well, and `import` fails. It happens when the build backend does not find the package:
    /// another name, another directory, or a file list that excludes it.
    ///
    /// # Example
    /// deepmerge, rule34Py and pygeomag each published such a wheel (toumorokoshi/deepmerge#14, b3yc0d3/rule34Py#21,
    /// boxpet/pygeomag#17).
    ///
    /// # Fix
    /// Tell the build backend where the package is (`python-source` and `module-name` of maturin, `packages` of
    /// setuptools and hatchling), and list the wheel before you publish it: `python -m zipfile -l`.
    pub(super) static RULE: "empty-wheel", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let is_info = |path: &str| path.split('/').next().is_some_and(|first| first.ends_with(".dist-info"));
    let installs = wheel.members.iter().any(|member| !member.is_folder && !is_info(&member.path));
    // Without a dist-info, or with one that cannot be read, other rules say more.
    let Some(metadata) = &wheel.metadata else { return };
    if installs || metadata.headers.all("Requires-Dist").next().is_some() {
        return;
    }
    found.add(
        Finding::new(Severity::Warning, Place::file(), "the wheel installs nothing but its metadata")
            .fix("Tell the build backend where the package is, and list the wheel before you publish it."),
    );
}
