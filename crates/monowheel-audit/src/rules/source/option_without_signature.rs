//! The rule `option-without-signature`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{File, Function, Param, Role, Source};

rule! {
    /// The last parameters are `Option`s but still required, because there is no signature.
    ///
    /// # What it does
    /// Reports functions, methods and constructors whose last parameters are `Option`, without `#[pyo3(signature =
    /// …)]`, for PyO3 0.24 and later. Methods that Python calls by protocol (`__exit__`) and private ones (`_restore`)
    /// are ignored. A function with a single parameter is only a note, and so is one of a private module that
    /// the package does not export, or that the package's own Python code calls with all arguments and does not export, or
    /// whose parameter the stubs require as well. The same applies to a constructor that the stubs do not have.
    ///
    /// # Why it matters
    /// Up to PyO3 0.23 such a parameter could be omitted; now omitting it is `TypeError: missing 1 required positional
    /// argument`. `help()` shows no default either (pyo3#2935).
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyfunction]
    /// fn open(path: &str, mode: Option<&str>) -> PyResult<File>
    /// ```
    ///
    /// # Fix
    /// `#[pyo3(signature = (path, mode=None))]`, or `(path, mode)` if it is meant to be required.
    pub(super) static RULE: "option-without-signature", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported() {
        // Before, it was optional if only others follow.
        let is_concerned = source.has_pyo3(file, (0, 24)) && !is_internal(source, file, function);
        let Some(param) = last_option(function).filter(|_| is_concerned) else { continue };
        let message = format!("{} requires `{}`, although it is an Option", function.title(), param.name);
        // The only parameter is what the call is about: it may be meant to be required. The package's own Python code, which
        // passes everything, is between users and a private module.
        let is_mild = given(function).count() == 1 || is_behind_package(source, function, param);
        let severity = if is_mild { Severity::Note } else { Severity::Warning };
        let fix = format!("state its default: #[pyo3(signature = ({}))]", signature(function));
        found.add(file.finding(severity, &param.at, message).fix(fix));
    }
}

/// The last parameter of a function that Python calls by its name, if it is an `Option` and no signature says whether it is
/// required.
pub(super) fn last_option(function: &Function) -> Option<&Param> {
    let is_called = matches!(function.role, Role::Function | Role::Method | Role::New)
        && !function.has_signature
        && !(function.name.starts_with('_') && function.role != Role::New);
    function.params.last().filter(|param| is_called && param.ty.name == "Option")
}

/// The parameters that Python passes.
fn given(function: &Function) -> impl Iterator<Item = &Param> {
    function.params.iter().filter(|param| param.ty.name != "Python" && param.name != "cls")
}

/// The signature that makes the trailing `Option` parameters optional.
pub(super) fn signature(function: &Function) -> String {
    let given: Vec<_> = given(function).collect();
    let required = given.iter().rposition(|param| param.ty.name != "Option").map_or(0, |at| at + 1);
    let named = given.iter().enumerate().map(|(at, param)| match at < required {
        true => param.name.clone(),
        false => format!("{}=None", param.name),
    });
    named.collect::<Vec<_>>().join(", ")
}

/// Whether the module is private (`demo._core`), and the package does not export the function or its class from there; or
/// the package's own code or its stubs show that the parameter is meant to be required.
fn is_behind_package(source: &Source, function: &Function, param: &Param) -> bool {
    let Some(package) = &source.package else { return false };
    let is_private = package.module_name.as_deref().is_some_and(|name| name.contains("._"));
    let in_python = function.python_name.as_ref().unwrap_or(&function.name);
    let name = function.class.as_ref().unwrap_or(in_python);
    let exported = package.init.as_deref().unwrap_or_default();
    let called = if function.role == Role::New { name } else { in_python };
    let is_called_complete = !package.exports(name) && package.always_passes(called, given(function).count());
    let is_in_stubs = match function.role {
        Role::New => package.hides_constructor(name),
        _ => package.requires_in_stubs(in_python, &param.name),
    };
    is_called_complete
        || is_in_stubs
        || is_private && package.has_python && !exported.contains("import *") && !exported.contains(name)
}

/// Whether the class of a method is only for the package's own Python code: Python knows it as `PyExpr` or `_Expr`.
fn is_internal(source: &Source, file: &File, function: &Function) -> bool {
    let class = function.class.as_deref().and_then(|class| source.class(file, class));
    class.is_some_and(|class| {
        let is_renamed = class.options.contains("name");
        !is_renamed && (class.name.starts_with("Py") || class.name.starts_with('_'))
    })
}
