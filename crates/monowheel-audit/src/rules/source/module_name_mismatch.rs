//! The rule `module-name-mismatch`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::{Backend, File, Module, Source};

rule! {
    /// No `#[pymodule]` has the name under which the wheel's file is imported.
    ///
    /// # What it does
    /// Takes the last component of `module-name` in `[tool.maturin]`, or else the library name, and looks for a `#[pymodule]`
    /// with that name (by its function, its `mod`, or `name = …`) in the crate that maturin builds. A key of that table with `_`
    /// (`module_name`), which maturin ignores, is a warning.
    ///
    /// # Why it matters
    /// Python looks for `PyInit_NAME`, where NAME is that of the file: `ImportError: dynamic module does not define
    /// module export function` (maturin#256). The crate compiles, and the wheel is built with a warning at most.
    /// Also reported in maturin#124, maturin#2460.
    ///
    /// # Example
    /// `module-name = "demo._native"` and `#[pymodule] fn demo(…)`.
    ///
    /// # Fix
    /// `#[pymodule(name = "_native")]`, or the other name in `[tool.maturin]`.
    pub(super) static RULE: "module-name-mismatch", Source, Error, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = &source.package else { return };
    let is_maturin = package.backend == Backend::Maturin;
    for key in package.ignored_keys.iter().filter(|_| is_maturin) {
        let message = format!("maturin ignores `{key}` in [tool.maturin]");
        let fix = format!("call it `{}`", key.replace('_', "-"));
        found.add(Finding::new(Severity::Warning, Place::member(&package.path), message).fix(fix));
    }
    for (index, krate) in source.crates.iter().enumerate().filter(|(_, krate)| krate.is_cdylib) {
        let modules: Vec<(&File, &Module)> = source
            .files
            .iter()
            .filter(|file| file.krate == Some(index))
            .flat_map(|file| file.modules.iter().map(move |module| (file, module)))
            .filter(|(_, module)| !module.is_inner)
            .collect();
        let wanted = match &package.module_name {
            Some(name) => name.rsplit('.').next().unwrap_or(name),
            None if is_maturin => &krate.library,
            None => continue,
        };
        // Not every library of a workspace is in the wheel.
        let is_the_one = source.crates.iter().filter(|krate| krate.is_cdylib).count() == 1;
        let Some((file, module)) = modules.first().filter(|_| is_the_one) else { continue };
        if modules.iter().any(|(_, module)| module.name == wanted) {
            continue;
        }
        let message = format!("the file is imported as `{wanted}`, but the module is called `{}`", module.name);
        found.add(
            file.finding(Severity::Error, &module.at, message)
                .fix(format!("name it #[pymodule(name = \"{wanted}\")], or change module-name of [tool.maturin]")),
        );
    }
}
