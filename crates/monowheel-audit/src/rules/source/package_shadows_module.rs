//! The rule `package-shadows-module`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::{Backend, Source};

rule! {
    /// A Python package has the name of the extension, and does not offer what is in it.
    ///
    /// # What it does
    /// For maturin, without a dotted `module-name`: looks for a package in `python-source` that is called as the library, whose
    /// `__init__.py` does not import the module of the same name inside it.
    ///
    /// # Why it matters
    /// maturin puts the extension into the package then: `import demo` is the package, `demo.demo` the extension, and
    /// `demo.function` an AttributeError.
    ///
    /// # Example
    /// `python/demo/__init__.py`, empty, beside a library called `demo`.
    ///
    /// # Fix
    /// `from .demo import *` in `__init__.py`; or `module-name = "demo._demo"` and `from ._demo import …`.
    pub(super) static RULE: "package-shadows-module", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = source.package.as_ref().filter(|package| package.backend == Backend::Maturin) else { return };
    let mut libraries = source.crates.iter().filter(|krate| krate.is_cdylib);
    let (Some(krate), None) = (libraries.next(), libraries.next()) else { return };
    let name = package.module_name.as_deref().unwrap_or(&krate.library);
    let (false, true) = (name.contains('.'), package.importable.contains(name)) else { return };
    let Some(init) = &package.init else { return };
    // Any import is enough: what it leads to is not followed.
    if !init.lines().any(|line| line.contains("import")) {
        let message = format!("`import {name}` finds the package, which offers nothing of the extension `{name}.{name}`");
        found.add(
            Finding::new(Severity::Warning, Place::member(&package.path), message)
                .fix(format!("write `from .{name} import *` into its __init__.py")),
        );
    }
}
