use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use monowheel_wheel::abi::{Build, PythonLibrary, PythonVersion, admits, exports, lookup};
use monowheel_wheel::binary::{Format, Import, Slice};

use crate::facts::{BinaryFacts, Facts, Role};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::abi::claim::{claimed, requires_python};
use crate::rules::abi::promise::{Promise, named};
use crate::rules::abi::python_imports::{is_python_name, python_imports};
use crate::rules::abi::shipped::Shipped;

rule! {
    /// A module imports a Python symbol that the interpreter of its tag does not have.
    ///
    /// # What it does
    /// Compares the Python symbols of modules and libraries outside of the stable ABI's promise (`cp312-cp312`,
    /// `cp314-cp314t`, `cp312-none`, `pp311-…`) with what each build of CPython exports, for the interpreters of the tag
    /// that look for the file. For PyPy it looks at the names, which begin with `PyPy` there. On Windows the functions
    /// from `python312.dll` are compared. Symbols that a library of the wheel has are not Python's.
    ///
    /// # Why it matters
    /// `ImportError: undefined symbol: _PyGen_Send`: the module was built with the headers of another version, or with
    /// generated C code that is too old.
    ///
    /// # Example
    /// `_PyUnicode_Ready`, which CPython 3.12 dropped, in a `cp312-cp312` wheel of code that an old Cython generated.
    ///
    /// # Fix
    /// Build the module with the interpreter that the tag names, and generate the C code anew with a current Cython.
    pub(super) static RULE: "symbol-not-in-tagged-python", Abi, Error, One(check);
}

/// What PyPy exports under CPython's name (modules of numpy and lxml for PyPy 3.11 use them).
const UNCHANGED_IN_PYPY: [&str; 3] = ["PyType_GetFlags", "_PyUnicode_IsWhitespace", "_Py_ascii_whitespace"];

fn check(facts: &Facts, found: &mut Found<'_>) {
    let shipped = LazyCell::new(|| Shipped::of(facts));
    let requires = requires_python(facts);
    let stable: BTreeSet<&str> = claimed(facts).map(|(binary, ..)| binary.path.as_str()).collect();
    let mut promises: BTreeMap<Format, Option<Promise>> = BTreeMap::new();
    for (binary, slice) in facts.slices() {
        if binary.role == Role::Program || stable.contains(binary.path.as_str()) {
            continue;
        }
        let promise = promises.entry(binary.binary.format).or_insert_with_key(|format| Promise::of(facts, *format));
        let Some(promise) = promise.as_ref().filter(|promise| !promise.stable) else { continue };
        let is_extension = matches!(binary.role, Role::Extension { .. });
        if is_extension && promise.is_sought_by_pypy(binary) && promise.builds.is_empty() {
            check_pypy(binary, slice, found);
            continue;
        }
        let mut builds = if is_extension { promise.seekers(binary) } else { promise.builds.clone() };
        builds.retain(|build| is_known(build.version) && admits(requires.as_ref(), build.version));
        // A library may be for any of several Pythons.
        if builds.is_empty() || (!is_extension && builds.len() > 1) {
            continue;
        }
        let lost: Vec<(&str, Vec<Build>)> = imports(binary, slice)
            .filter_map(|import| {
                let name = import.name.as_str();
                let without: Vec<Build> =
                    builds.iter().filter(|build| !has(binary.binary.format, name, build)).cloned().collect();
                // One file for several Pythons may ask which it is in.
                let is_lost = without.len() == builds.len() && (is_pythons(name) || !shipped.leans_on_others(slice));
                (is_lost && !shipped.has(binary, name)).then_some((name, without))
            })
            .collect();
        let Some((_, without)) = lost.first() else { continue };
        let names: Vec<&str> = lost.iter().map(|(name, _)| *name).collect();
        let severity = if is_extension { Severity::Error } else { Severity::Warning };
        let message = format!("imports {}, which CPython {} does not have", some_of(&names), named(without));
        found.add(
            Finding::new(severity, binary.place(slice), message)
                .details(lost.iter().map(|(name, _)| format!("{name}: {}", where_it_is(name))))
                .fix("build the module with the interpreter that the tag names; generate old Cython code again"),
        );
    }
}

/// The strong imports that are Python's.
fn imports<'a>(binary: &BinaryFacts, slice: &'a Slice) -> Box<dyn Iterator<Item = &'a Import> + 'a> {
    if binary.binary.format != Format::Pe {
        return Box::new(
            python_imports(binary, slice).filter(|import| !import.weak && is_in_cpythons_style(&import.name)),
        );
    }
    let is_version = |library: &str| matches!(PythonLibrary::parse(library), Some(PythonLibrary::Version { .. }));
    Box::new(slice.imports.iter().filter(move |import| {
        !import.delayed && import.library.as_deref().is_some_and(is_version) && is_python_name(&import.name)
    }))
}

/// Whether a build has a symbol, as far as its exports were measured.
fn has(format: Format, name: &str, build: &Build) -> bool {
    if format == Format::Pe {
        return exports::windows_build_has(name, build).unwrap_or(true);
    }
    exports::build_has(name, build)
}

fn is_known(version: PythonVersion) -> bool {
    version.0 == 3 && exports::KNOWN.contains(&version.1)
}

/// Whether some CPython has, or had, a symbol.
fn is_pythons(name: &str) -> bool {
    exports::is_known(name) || lookup(name).is_some()
}

/// A name that some CPython has, or of the form `PyFoo_Bar`. Others are left to the rule on undefined symbols.
fn is_in_cpythons_style(name: &str) -> bool {
    let rest = name.strip_prefix('_').unwrap_or(name);
    is_pythons(name)
        || rest.strip_prefix("Py").and_then(|rest| rest.split_once('_')).is_some_and(|(class, function)| {
            !function.is_empty() && class.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// Which versions have a symbol.
fn where_it_is(name: &str) -> String {
    let versions = |free_threaded: bool| -> Vec<PythonVersion> {
        let builds = exports::KNOWN.map(|minor| Build { version: (3, minor), free_threaded });
        builds.filter(|build| exports::build_has(name, build)).map(|build| build.version).collect()
    };
    let (with, without) = (versions(false), versions(true));
    match (with.is_empty(), without.is_empty()) {
        (true, true) => "in no known CPython".to_owned(),
        (true, false) => format!("in free-threaded {} only", monowheel_wheel::abi::ranges(&without)),
        (false, _) => format!("in CPython {}", monowheel_wheel::abi::ranges(&with)),
    }
}

fn check_pypy(binary: &BinaryFacts, slice: &Slice, found: &mut Found<'_>) {
    let is_prefixed = |name: &str| name.strip_prefix('_').unwrap_or(name).starts_with("PyPy");
    let imports: Vec<&Import> = python_imports(binary, slice).filter(|import| !import.weak).collect();
    let lost: Vec<&str> = imports
        .iter()
        .map(|import| import.name.as_str())
        .filter(|name| !is_prefixed(name) && !UNCHANGED_IN_PYPY.contains(name))
        .collect();
    if lost.is_empty() {
        return;
    }
    // Built with PyPy's headers, it may know better than the short list here.
    let severity = if lost.len() == imports.len() { Severity::Error } else { Severity::Warning };
    let message = format!("imports {}, which PyPy exports as PyPy… only", some_of(&lost));
    found.add(
        Finding::new(severity, binary.place(slice), message)
            .details(lost)
            .fix("build the module with PyPy, whose headers give the functions their other names"),
    );
}
