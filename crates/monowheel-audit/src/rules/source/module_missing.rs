//! The rule `module-missing`.

use monowheel_wheel::abi::hook::{INIT, symbol};

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::{Crate, Source};

rule! {
    /// The crate that becomes the extension defines no Python module.
    ///
    /// # What it does
    /// Looks in all files of the crate, and of the project's crates that it depends on, for `#[pymodule]` and for
    /// functions called `PyInit_NAME` or `PyModExport_NAME`. Nothing is reported if one may be out of sight: behind a
    /// macro or an attribute of another crate, `include!`, a file written by a build script, or a dependency that is
    /// linked or re-exported.
    ///
    /// # Why it matters
    /// The crate compiles and maturin packs a wheel, with a warning at most. Python finds the file but no function to
    /// initialize it: `ImportError: dynamic module does not define module export function`. `monowheel build` rejects
    /// that wheel.
    ///
    /// # Example
    /// A crate whose functions are `#[pyfunction]`, without `#[pymodule] fn demo(…)`; a crate that uses only pyo3-ffi
    /// and has no `PyInit_demo`.
    ///
    /// # Fix
    /// Add the module, under the name of the file that Python imports: `#[pymodule] mod demo { … }`.
    pub(super) static RULE: "module-missing", Source, Error, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = &source.package else { return };
    let mut libraries = source.crates.iter().enumerate().filter(|(_, krate)| krate.is_cdylib);
    let (Some((index, krate)), None) = (libraries.next(), libraries.next()) else { return };
    if is_out_of_sight(source, krate) {
        return;
    }
    let Some(root) = source.files.iter().find(|file| file.krate == Some(index)) else { return };
    let wanted = package.module_name.as_deref().unwrap_or(&krate.library);
    let name = wanted.rsplit('.').next().unwrap_or(wanted);
    let message =
        format!("no #[pymodule] and no {} in this crate: Python cannot import what it builds", symbol(INIT, name));
    found.add(
        Finding::new(Severity::Error, Place::member(&root.path), message)
            .fix(format!("add the module: #[pymodule] mod {name} {{ … }}, or #[pymodule] fn {name}(…)")),
    );
}

/// Whether a module exists, or may exist in a place that is not read.
fn is_out_of_sight(source: &Source, krate: &Crate) -> bool {
    let is_linked = |name: &String| krate.dependencies.contains(name);
    krate.has_unread_bindings
        || !source.unreadable.is_empty()
        || source
            .files
            .iter()
            .any(|file| file.may_define_module || !file.modules.is_empty() || file.linked.iter().any(is_linked))
}
