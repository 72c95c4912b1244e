use std::collections::BTreeSet;

use crate::facts::{Facts, site_path};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::gather::first_imports;
use crate::rule::{Found, rule};

rule! {
    /// A package imports a module of its own that is not in the wheel.
    ///
    /// # What it does
    /// Reads the beginning of each top-level package's `__init__.py` (4 KiB) and looks for `from .NAME import …`
    /// outside of any block. The wheel has to contain `NAME` as a module, an extension module or a directory. Imports
    /// in `try` or `if` are ignored, and packages that change their `__path__`.
    ///
    /// # Why it matters
    /// `import` fails with `ModuleNotFoundError` for everybody, while it works in the checkout: the build backend left
    /// out a subpackage without `__init__.py`, a generated file such as `_version.py`, or the extension module.
    ///
    /// # Example
    /// `from .core import run` in a wheel without `demo/core.py` (BodenmillerGroup/steinbock#128, eto-ai/rikai#217).
    ///
    /// # Fix
    /// Include the module (`packages.find` in setuptools, `include` in maturin), and import the installed wheel in a
    /// test.
    pub(super) static RULE: "relative-import-missing", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    for (path, head) in &wheel.heads {
        let Some(package) = crate::gather::package_of(path) else { continue };
        let wanted = first_imports(head);
        if wanted.is_empty() {
            continue;
        }
        let inside: BTreeSet<&str> = wheel
            .members
            .iter()
            .filter_map(|member| module_of(site_path(&member.path)?.strip_prefix(package)?.strip_prefix('/')?))
            .collect();
        let missing: Vec<&str> = wanted.into_iter().filter(|name| !inside.contains(name)).collect();
        if missing.is_empty() {
            continue;
        }
        let message = format!("imports modules that are not in the wheel: {}", some_of(&missing));
        found.add(
            Finding::new(Severity::Error, Place::member(path), message)
                .details(missing.into_iter().map(str::to_owned))
                .fix("include the module in the wheel, or remove the import"),
        );
    }
}

/// The module or the directory below a package to which a path belongs.
fn module_of(path: &str) -> Option<&str> {
    match path.split_once('/') {
        Some((directory, _)) => Some(directory),
        None => {
            let (stem, suffix) = path.split_once('.')?;
            let end = suffix.rsplit('.').next().unwrap_or_default();
            ["py", "pyc", "so", "pyd"].contains(&end).then_some(stem)
        }
    }
}
