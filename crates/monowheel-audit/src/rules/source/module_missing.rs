//! The rule `module-missing`.

use monowheel_wheel::abi::hook::{INIT, symbol};

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::{Crate, Source};

rule! {
    /// The crate that becomes the extension defines no module for Python.
    ///
    /// # What it does
    /// Looks in all files of the crate, and of the crates of the project that it depends on, for `#[pymodule]` and for functions
    /// called `PyInit_NAME` or `PyModExport_NAME`. It says nothing where one may be out of sight: behind a macro or an attribute
    /// of another crate, `include!`, a file that a build script writes, or a dependency that is linked or passed on.
    ///
    /// # Why it matters
    /// The crate compiles and maturin packs a wheel, with a warning at most. Python finds the file and no function to enter it:
    /// `ImportError: dynamic module does not define module export function`. `monowheel build` calls that wheel broken.
    ///
    /// # Example
    /// A crate whose functions are `#[pyfunction]`, without `#[pymodule] fn demo(…)`; a crate with pyo3-ffi alone that has no
    /// `PyInit_demo`.
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

/// Whether a module is there, or may be where nothing is read.
fn is_out_of_sight(source: &Source, krate: &Crate) -> bool {
    let is_linked = |name: &String| krate.dependencies.contains(name);
    krate.has_unread_bindings
        || !source.unreadable.is_empty()
        || source
            .files
            .iter()
            .any(|file| file.may_define_module || !file.modules.is_empty() || file.linked.iter().any(is_linked))
}
