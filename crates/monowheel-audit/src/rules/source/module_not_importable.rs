//! The rule `module-not-importable`.

use std::collections::BTreeSet;

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Backend, File, Package, Role, Source, What};

rule! {
    /// An exception or a class names a module that cannot be imported.
    ///
    /// # What it does
    /// Compares the module in `create_exception!(module, …)` and in `#[pyclass(module = "…")]` with the contents of the
    /// wheel: the extension, named by `module-name` of `[tool.maturin]` or by the library, the packages around it, and the
    /// Python files of the package. A class that cannot be pickled by any name (no `#[new]`, no `__reduce__`) is a note. A
    /// crate that sets `__module__` itself is not checked.
    ///
    /// # Why it matters
    /// pickle looks up a class by this name, and so do multiprocessing and many task queues: an exception in a worker
    /// arrives as `PicklingError`, and the cause is lost (safetensors#753). Tracebacks show the name too.
    /// Also reported in gam#3089, pyo3#2603.
    ///
    /// # Example
    /// `create_exception!(_core, ParseError, PyException);` with `module-name = "demo._core"`
    ///
    /// # Fix
    /// `create_exception!(demo._core, ParseError, PyException);`, or the package that exports the name: `demo`.
    pub(super) static RULE: "module-not-importable", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = &source.package else { return };
    let mut libraries = source.crates.iter().filter(|krate| krate.is_cdylib);
    let (Some(krate), None) = (libraries.next(), libraries.next()) else { return };
    let (Some(whole), true) = (whole_name(package, &krate.library), package.backend == Backend::Maturin) else {
        return;
    };
    let has_submodules =
        source.functions().any(|(_, function)| function.events.iter().any(|event| event.what == What::Submodule))
            || source.files.iter().any(|file| file.modules.iter().any(|module| module.is_inner));
    let known = importable(package, &whole);
    let is_there = |name: &str| {
        known.contains(name) || (has_submodules && known.iter().any(|parent| name.starts_with(&format!("{parent}."))))
    };
    let message = |what: &str, name: &str, module: &str| {
        format!("the {what} `{name}` names the module `{module}`, which cannot be imported: it cannot be pickled")
    };
    let fix = format!("name {whole}, or the package that exports it");
    let is_set_later =
        |file: &File| source.files.iter().any(|other| other.krate == file.krate && other.names_module_attribute);
    for file in source.files.iter().filter(|file| !is_set_later(file)) {
        for exception in file.exceptions.iter().filter(|exception| !is_there(&exception.module)) {
            let message = message("exception", &exception.name, &exception.module);
            found.add(file.finding(Severity::Warning, &exception.at, message).fix(&fix));
        }
        for class in &file.classes {
            if let Some(module) = class.module.as_deref().filter(|module| !is_there(module)) {
                let (severity, message) = match is_picklable(source, file, &class.name) {
                    true => (Severity::Warning, message("class", &class.name, module)),
                    false => (
                        Severity::Note,
                        format!("the class `{}` names the module `{module}`, which cannot be imported", class.name),
                    ),
                };
                found.add(file.finding(severity, &class.at, message).fix(&fix));
            }
        }
    }
}

/// Whether pickle could restore an object of a class if it found the class: it can be constructed, or says how.
fn is_picklable(source: &Source, file: &File, class: &str) -> bool {
    const SAYS_HOW: [&str; 5] = ["__reduce__", "__reduce_ex__", "__getnewargs__", "__getnewargs_ex__", "__setstate__"];
    source.methods(file, class).any(|method| method.role == Role::New || SAYS_HOW.contains(&method.name.as_str()))
}

/// The full name of the extension.
fn whole_name(package: &Package, library: &str) -> Option<String> {
    match &package.module_name {
        Some(name) => Some(name.clone()),
        None if package.importable.contains(library) => Some(format!("{library}.{library}")),
        None => Some(library.to_owned()),
    }
}

/// The extension, the packages around it, and the package's own modules.
fn importable(package: &Package, whole: &str) -> BTreeSet<String> {
    let parents = whole.match_indices('.').filter_map(|(at, _)| whole.get(..at)).map(str::to_owned);
    let mut known: BTreeSet<String> = parents.collect();
    known.insert(whole.to_owned());
    if !whole.contains('.') {
        // maturin puts such an extension into a package of its name, which it writes if there is none.
        known.insert(format!("{whole}.{whole}"));
    }
    known.extend(package.importable.iter().cloned());
    known
}
