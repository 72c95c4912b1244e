use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The wheel installs only its metadata.
    ///
    /// # What it does
    /// Looks for a file outside `*.dist-info/`. Wheels that require other distributions are ignored: a metapackage is
    /// meant to be empty.
    ///
    /// # Why it matters
    /// `pip install` succeeds and `import` fails. This happens when the build backend does not find the package because
    /// of another name, another directory, or a file list that excludes it.
    ///
    /// # Example
    /// deepmerge, rule34Py and pygeomag each published such a wheel (toumorokoshi/deepmerge#14, b3yc0d3/rule34Py#21,
    /// boxpet/pygeomag#17).
    ///
    /// # Fix
    /// Configure the build backend to find the package (`python-source` and `module-name` in maturin, `packages` in
    /// setuptools and hatchling), and list the wheel before you publish it: `python -m zipfile -l`.
    pub(super) static RULE: "empty-wheel", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let is_info = |path: &str| path.split('/').next().is_some_and(|first| first.ends_with(".dist-info"));
    let installs = wheel.members.iter().any(|member| !member.is_folder && !is_info(&member.path));
    // If the dist-info is missing or unreadable, other rules report it.
    let Some(metadata) = &wheel.metadata else { return };
    if installs || metadata.headers.all("Requires-Dist").next().is_some() {
        return;
    }
    found.add(
        Finding::new(Severity::Warning, Place::file(), "the wheel installs only its metadata")
            .fix("configure the build backend to find the package, and list the wheel before you publish it"),
    );
}
