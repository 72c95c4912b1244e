use crate::facts::{Facts, WheelFacts, site_path};
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The wheel installs only its metadata, or nothing that can be imported or run.
    ///
    /// # What it does
    /// Looks for a file outside `*.dist-info/`, and in wheels that install only into site-packages for a Python file, a
    /// stub, a `.pth` file or a binary. Wheels that require other distributions are ignored: a metapackage is meant to
    /// be empty.
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
    if metadata.headers.all("Requires-Dist").next().is_some() || (installs && has_content(facts, wheel)) {
        return;
    }
    let message = match installs {
        true => "the wheel installs data only: no Python file, stub or binary",
        false => "the wheel installs only its metadata",
    };
    found.add(
        Finding::new(Severity::Warning, Place::file(), message)
            .fix("configure the build backend to find the package, and list the wheel before you publish it"),
    );
}

/// Whether it contains code, or anything that is installed outside site-packages.
fn has_content(facts: &Facts, wheel: &WheelFacts) -> bool {
    let is_code = |path: &str| {
        [".py", ".pyi", ".pyc", ".pth", ".so", ".pyd", ".dll", ".dylib", ".exe"].iter().any(|end| path.ends_with(end))
    };
    let is_outside = |path: &str| path.contains(".data/") && site_path(path).is_none();
    let mut files = wheel.members.iter().filter(|member| !member.is_folder).map(|member| member.path.as_str());
    // Programs have no extension; the rules on binaries do not know those of a package.
    !facts.binaries.is_empty() || files.any(|path| is_code(path) || is_outside(path) || may_be_program(path))
}

/// Whether a file is named like a program, and not like one of the texts that have no extension.
fn may_be_program(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    !path.contains(".dist-info/") && !file.contains('.') && !file.chars().any(|letter| letter.is_ascii_uppercase())
}
