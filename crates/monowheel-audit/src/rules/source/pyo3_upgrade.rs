//! The rule `pyo3-upgrade`.

use std::collections::BTreeMap;

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::source::{old_name, upgrade_behavior};
use crate::source::upgrades::{self, Change, Effect};
use crate::source::{Class, Crate, File, Function, Mention, Named, Role, Source, Ty};

rule! {
    /// The crate needs a change before it can use a newer PyO3.
    ///
    /// # What it does
    /// Only with `monowheel lint --upgrade VERSION`: looks for what PyO3's migration guide and changelog list up to
    /// that version and what the sources show. Errors do not compile: items and features that were removed, references to
    /// objects (`&PyAny`) and containers of borrowed text (`Vec<&str>`) (0.23), `FromPyObject` (0.27), classes that are not
    /// Sync (0.23), classes with `Clone` that Python passes by value (0.30), `derive(Clone)` with Python objects (0.22).
    /// Functions that take or return something else are errors too. Warnings compile: deprecated items, tuples as the result
    /// of `#[new]` (0.29), the names of `old-name` up to PyO3 0.28, which are errors later; and what only behaves differently:
    /// modules that support free-threaded Python from 0.28 on without saying so, and from 0.24 on `Option` parameters without
    /// a signature, which are required, and simple enums without `eq`, which are compared by identity.
    ///
    /// In macros, and for methods of values whose type is not known, a name of PyO3 is reported wherever it occurs. `--fix` adds
    /// `from_py_object`, and renames what `old-name` renames, `GILOnceCell` with its import, `PyLong`, the types of the errors of
    /// casts, `object.iter()?`, and `py.version()`.
    ///
    /// # Why it matters
    /// A new PyO3 is needed for a new Python. What only behaves differently is easy to miss: the compiler reports the
    /// rest. Classes with `Clone` are most of the work from 0.27 on (pyo3#5550, qiskit#15670).
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass]
    /// #[derive(Clone)]
    /// struct Point { x: f64 }
    ///
    /// #[pyfunction]
    /// fn length(point: Point) -> f64
    /// ```
    ///
    /// # Fix
    /// `#[pyclass(from_py_object)]`, or `point: PyRef<'_, Point>`. Raise `pyo3` in Cargo.toml together with the crates that
    /// use it, such as numpy and pyo3-async-runtimes: all of them must use the same PyO3.
    pub(super) static RULE: "pyo3-upgrade", Source, Error, Source(check);
}

/// The first `PyO3` whose classes with `Clone` are no longer converted from Python by themselves; deprecated before.
const WITHOUT_FROM_PY_OBJECT: (u64, u64) = (0, 30);

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(version) = source.upgrade else { return };
    for krate in source.crates.iter().filter(|krate| krate.is_asked) {
        of_crate(krate, version).into_iter().for_each(|finding| found.add(finding));
    }
    let severity = if version >= upgrades::WITHOUT_OLD_NAMES { Severity::Error } else { Severity::Warning };
    old_name::findings(source, severity).into_iter().for_each(|finding| found.add(finding));
    for file in &source.files {
        let mut by_name: BTreeMap<&str, Vec<&Mention>> = BTreeMap::new();
        for mention in file.names.iter().filter(|mention| mention.what == Named::Changed) {
            by_name.entry(&mention.text).or_default().push(mention);
        }
        for (name, mentions) in by_name {
            let is_of_it = |change: &&Change| {
                // It compiles now, so it is not what was removed.
                let is_done = change.effect != Effect::Deprecated && source.is_since_pyo3(file, change.since);
                change.since <= version && !is_done
            };
            if let Some(change) = upgrades::named(name).filter(is_of_it) {
                of_name(file, change, &mentions).into_iter().for_each(|finding| found.add(finding));
            }
        }
        file.classes.iter().filter_map(|class| of_class(source, file, class, version)).for_each(|one| found.add(one));
        file.functions.iter().filter_map(|one| of_function(file, one, version)).for_each(|one| found.add(one));
        upgrade_behavior::findings(source, file).into_iter().for_each(|one| found.add(one));
    }
}

fn of_crate(krate: &Crate, version: (u64, u64)) -> Vec<Finding> {
    let mut found = Vec::new();
    let place = || Place::member(&krate.manifest);
    for change in krate.binding.enabled.iter().filter_map(|name| upgrades::of_feature(name)) {
        if change.since <= version {
            let (major, minor) = change.since;
            let message = format!("the feature `{}` does not exist from PyO3 {major}.{minor} on", change.name);
            found.push(Finding::new(Severity::Error, place(), message).fix(format!("use {}", change.instead)));
        }
    }
    if let Some((major, minor)) = krate.binding.version.filter(|used| *used < version) {
        let message = format!("{} uses PyO3 {major}.{minor}", krate.name);
        let fix = format!(
            "set pyo3 = \"{}.{}\", and raise the crates that use it too (numpy, pyo3-log)",
            version.0, version.1
        );
        found.push(Finding::new(Severity::Note, place(), message).fix(fix));
    }
    found
}

/// One finding for all uses of a name in a file.
fn of_name(file: &File, change: &Change, mentions: &[&Mention]) -> Option<Finding> {
    let first = mentions.first()?;
    let severity = if change.effect == Effect::Deprecated { Severity::Warning } else { Severity::Error };
    let effect = change.effect.word();
    let (major, minor) = change.since;
    let times = if mentions.len() == 1 { String::new() } else { format!(", {} times", mentions.len()) };
    let message = format!("`{}`{times}: {effect} in PyO3 {major}.{minor}", change.name);
    let lines = mentions.iter().map(|mention| format!("line {}", mention.at.line));
    let mut finding = file.finding(severity, &first.at, message).details(lines).fix(format!("use {}", change.instead));
    finding.edits = mentions.iter().filter_map(|mention| mention.edit.clone()).collect();
    Some(finding)
}

/// A class with `Clone` that does not say whether it is converted from Python.
fn of_class(source: &Source, file: &File, class: &Class, version: (u64, u64)) -> Option<Finding> {
    let says = class.options.contains("from_py_object") || class.options.contains("skip_from_py_object");
    if !class.is_clone || says || version < (0, 28) {
        return None;
    }
    let same_crate = source.exported().filter(|(other, _)| other.krate == file.krate);
    let mut params = same_crate.flat_map(|(_, function)| function.params.iter().map(move |param| (function, param)));
    let (function, _) = params.find(|(_, param)| is_by_value(&param.ty, &class.name))?;
    let (severity, then) = match version >= WITHOUT_FROM_PY_OBJECT {
        true => (Severity::Error, "which PyO3 0.30 no longer converts from Python by itself"),
        false => (Severity::Warning, "a conversion that PyO3 0.28 deprecated"),
    };
    let message = format!("{} takes the class `{}` by value, {then}", function.title(), class.name);
    let mut finding =
        file.finding(severity, &class.at, message).fix("state #[pyclass(from_py_object)], or take PyRef<'_, …>");
    finding.edits = class.opt_in.clone().into_iter().collect();
    Some(finding)
}

/// Whether a parameter of this type contains a class itself, not a reference to its object.
fn is_by_value(ty: &Ty, class: &str) -> bool {
    match ty.name.as_str() {
        "Py" | "Bound" | "Borrowed" | "PyRef" | "PyRefMut" | "&" | "&mut" => false,
        name => name == class || ty.args.iter().any(|arg| is_by_value(arg, class)),
    }
}

fn of_function(file: &File, function: &Function, version: (u64, u64)) -> Option<Finding> {
    let takes_borrowed = function.params.first().is_some_and(|param| param.ty.name == "Borrowed");
    let is_old = match function.name.as_str() {
        "extract_bound" => true,
        // Up to PyO3 0.20.
        "extract" => !takes_borrowed,
        _ => false,
    };
    if function.of_trait.as_deref() == Some("FromPyObject") && is_old && version >= (0, 27) {
        let message = format!("{} is `extract` with other parameters from PyO3 0.27 on", function.title());
        return Some(file.finding(Severity::Error, &function.at, message).fix(
            "impl<'py> FromPyObject<'_, 'py>, with type Error = PyErr and fn extract(obj: Borrowed<'_, 'py, PyAny>)",
        ));
    }
    let is_pair = function.output.as_ref().is_some_and(returns_pair);
    if function.role == Role::New && is_pair && version >= (0, 29) {
        let message = format!("{} returns a tuple for its base class, deprecated in PyO3 0.29", function.title());
        return Some(
            file.finding(Severity::Warning, &function.at, message)
                .fix("return PyClassInitializer::from(base).add_subclass(Self { … })"),
        );
    }
    None
}

/// Whether it is `(Self, Base)`, or a `PyResult` of that.
fn returns_pair(ty: &Ty) -> bool {
    match ty.name.as_str() {
        "()" => ty.args.len() == 2,
        name if name.ends_with("Result") => ty.args.first().is_some_and(returns_pair),
        _ => false,
    }
}
