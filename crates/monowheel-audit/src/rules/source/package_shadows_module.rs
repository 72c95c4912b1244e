//! The rule `package-shadows-module`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::{Backend, Source};

rule! {
    /// A Python package has the name of the extension, but does not export its contents.
    ///
    /// # What it does
    /// For maturin without a dotted `module-name`, looks for a package in `python-source` with the name of the library, and
    /// for any import in its `__init__.py`.
    ///
    /// # Why it matters
    /// maturin puts the extension into the package: `import demo` imports the package, `demo.demo` is the extension, and
    /// `demo.function` raises AttributeError.
    ///
    /// # Example
    /// An empty `python/demo/__init__.py` for a library called `demo`.
    ///
    /// # Fix
    /// Write `from .demo import *` in `__init__.py`; or set `module-name = "demo._demo"` and write `from ._demo import …`.
    pub(super) static RULE: "package-shadows-module", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = source.package.as_ref().filter(|package| package.backend == Backend::Maturin) else { return };
    let mut libraries = source.crates.iter().filter(|krate| krate.is_cdylib);
    let (Some(krate), None) = (libraries.next(), libraries.next()) else { return };
    let name = package.module_name.as_deref().unwrap_or(&krate.library);
    let (false, true) = (name.contains('.'), package.importable.contains(name)) else { return };
    let Some(init) = &package.init else { return };
    // Any import is enough: imports are not followed.
    if !init.lines().any(|line| line.contains("import")) {
        let message =
            format!("`import {name}` finds the package, which exports nothing of the extension `{name}.{name}`");
        found.add(
            Finding::new(Severity::Warning, Place::member(&package.path), message)
                .fix(format!("write `from .{name} import *` in its __init__.py")),
        );
    }
}
