//! The rule `module-not-importable`.

use std::collections::BTreeSet;

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Backend, Package, Source, What};

rule! {
    /// An exception or a class says that it is in a module that nobody can import.
    ///
    /// # What it does
    /// Compares the module of `create_exception!(module, …)` and of `#[pyclass(module = "…")]` with what the wheel has: the
    /// extension by `module-name` of `[tool.maturin]`, or else by the name of the library, the packages around it, and the
    /// Python files of the package.
    ///
    /// # Why it matters
    /// pickle, and with it multiprocessing and many task queues, finds a class by this name: an exception of a worker arrives
    /// as `PicklingError`, and the cause is lost (safetensors#753). Tracebacks show the name too.
    ///
    /// # Example
    /// `create_exception!(_core, ParseError, PyException);` where `module-name = "demo._core"`.
    ///
    /// # Fix
    /// `create_exception!(demo._core, ParseError, PyException);`, or the package that offers the name: `demo`.
    pub(super) static RULE: "module-not-importable", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = &source.package else { return };
    let mut libraries = source.crates.iter().filter(|krate| krate.is_cdylib);
    let (Some(krate), None) = (libraries.next(), libraries.next()) else { return };
    let (Some(whole), true) = (whole_name(package, &krate.library), package.backend == Backend::Maturin) else { return };
    let has_submodules = source.functions().any(|(_, function)| {
        function.events.iter().any(|event| event.what == What::Submodule)
    }) || source.files.iter().any(|file| file.modules.iter().any(|module| module.is_inner));
    let known = importable(package, &whole);
    let is_there = |name: &str| {
        known.contains(name)
            || (has_submodules && known.iter().any(|parent| name.starts_with(&format!("{parent}."))))
    };
    let message = |what: &str, name: &str, module: &str| {
        format!("the {what} `{name}` says that it is in `{module}`, which cannot be imported: it does not pickle")
    };
    let fix = format!("say where it is: {whole}, or the package that offers it");
    for file in &source.files {
        for exception in file.exceptions.iter().filter(|exception| !is_there(&exception.module)) {
            let message = message("exception", &exception.name, &exception.module);
            found.add(file.finding(Severity::Warning, &exception.at, message).fix(&fix));
        }
        for class in &file.classes {
            if let Some(module) = class.module.as_deref().filter(|module| !is_there(module)) {
                found.add(file.finding(Severity::Warning, &class.at, message("class", &class.name, module)).fix(&fix));
            }
        }
    }
}

/// The whole name of the extension.
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
    known.extend(package.importable.iter().cloned());
    known
}
