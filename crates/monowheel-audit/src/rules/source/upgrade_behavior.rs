//! The part of the rule `pyo3-upgrade` about what older versions of `PyO3` did by themselves.

use crate::finding::{Finding, Severity};
use crate::rules::source::option_without_signature;
use crate::source::{Class, File, Module, Source, Ty};

/// The first `PyO3` that clones Python objects only with the feature `py-clone`.
const CLONES_BY_FEATURE: (u64, u64) = (0, 22);
/// The first `PyO3` without GIL references, which kept objects alive that a container was made of; and with threads that
/// are attached at the same time.
const WITHOUT_GIL_REFERENCES: (u64, u64) = (0, 23);
/// The first `PyO3` without a default of the last `Option` parameters, and without `==` of simple enums.
const WITHOUT_DEFAULTS: (u64, u64) = (0, 24);
/// The first `PyO3` whose modules support free-threaded Python unless they declare it.
const FREE_THREADED: (u64, u64) = (0, 28);

/// The findings of one file.
pub(super) fn findings(source: &Source, file: &File) -> Vec<Finding> {
    let mut found = Vec::new();
    if source.passes_pyo3(file, CLONES_BY_FEATURE) && !has_py_clone(source, file) {
        found.extend(file.structs.iter().chain(&file.classes).filter_map(|class| cloned_objects(file, class)));
    }
    if source.passes_pyo3(file, WITHOUT_GIL_REFERENCES) {
        found.extend(borrowing_containers(source, file));
        found.extend(file.classes.iter().filter_map(|class| unshared(file, class)));
    }
    if source.passes_pyo3(file, WITHOUT_DEFAULTS) {
        found.extend(file.classes.iter().filter_map(|class| compared_enum(source, file, class)));
        found.extend(required_options(source, file));
    }
    if source.passes_pyo3(file, FREE_THREADED) {
        found.extend(file.modules.iter().filter(|module| !module.states_gil).map(|module| free_threaded(file, module)));
    }
    found
}

fn has_py_clone(source: &Source, file: &File) -> bool {
    source.krate(file).is_some_and(|krate| krate.binding.enabled.contains("py-clone"))
}

/// `#[derive(Clone)] struct Handler { callback: Py<PyAny> }`.
fn cloned_objects(file: &File, class: &Class) -> Option<Finding> {
    let field = class.fields.iter().find(|field| class.is_clone && field.ty.is_object())?;
    let message = format!(
        "`{}` derives Clone, which from PyO3 0.22 on needs the feature py-clone for its Python objects",
        class.name
    );
    let fix = "implement Clone with clone_ref(py), put the object into an Arc, or enable py-clone, which may panic";
    Some(file.finding(Severity::Error, &field.at, message).fix(fix))
}

/// Parameters such as `HashSet<&str>`, whose text would be borrowed from items that nothing holds (nh3 0.2.18).
fn borrowing_containers(source: &Source, file: &File) -> Vec<Finding> {
    let here = source.exported().filter(|(other, _)| other.path == file.path);
    let params = here.flat_map(|(_, function)| function.params.iter().map(move |param| (function, param)));
    params
        .filter(|(_, param)| param.ty.parts().iter().any(|part| borrows_from_items(part)))
        .map(|(function, param)| {
            let message = format!("{} takes `{}` as a container of borrowed text", function.title(), param.name);
            let fix =
                "take String, Vec<u8> or PyBackedStr in the container: it cannot borrow from its items since PyO3 0.23";
            file.finding(Severity::Error, &param.at, message).fix(fix)
        })
        .collect()
}

/// A class with a `RefCell` in it: from `PyO3` 0.23 on, all threads may use its objects at the same time.
fn unshared(file: &File, class: &Class) -> Option<Finding> {
    let is_single =
        |ty: &Ty| matches!(ty.name.as_str(), "Cell" | "Rc" | "RefCell" | "UnsafeCell") && !ty.args.is_empty();
    let is_behind_lock = |ty: &Ty| ty.name.ends_with("Mutex") || ty.name == "Py";
    let mut fields = class.fields.iter().filter(|field| !field.ty.parts().into_iter().any(is_behind_lock));
    let field = fields.find(|field| field.ty.parts().into_iter().any(is_single))?;
    if class.options.contains("unsendable") || file.promised.iter().any(|(name, _)| *name == class.name) {
        return None;
    }
    let message = format!("the class `{}` is not Sync, which it must be from PyO3 0.23 on", class.name);
    let fix = "use a Mutex or an atomic, or #[pyclass(unsendable)]";
    Some(file.finding(Severity::Error, &field.at, message).fix(fix))
}

/// Whether it is `Vec<&str>`, or another container that is made of several objects.
fn borrows_from_items(ty: &Ty) -> bool {
    let is_container = ty.name == "[]" || ["Vec", "Set", "Map"].iter().any(|end| ty.name.ends_with(end));
    is_container && ty.args.iter().any(|arg| arg.name == "&")
}

/// A simple enum that is compared with `==` in Python, although nothing says so.
fn compared_enum(source: &Source, file: &File, class: &Class) -> Option<Finding> {
    let has_own = source.exported().any(|(_, function)| {
        let is_comparison = matches!(function.name.as_str(), "__eq__" | "__richcmp__");
        is_comparison && function.class.as_ref() == Some(&class.name)
    });
    let says = class.options.contains("eq") || class.options.contains("eq_int");
    if !class.is_enum || !class.fields.is_empty() || says || has_own {
        return None;
    }
    let message =
        format!("the values of `{}` are compared by identity from PyO3 0.24 on, and not with int", class.name);
    let fix = "state #[pyclass(eq, eq_int)], and derive PartialEq";
    Some(file.finding(Severity::Warning, &class.at, message).fix(fix))
}

/// Functions whose last `Option` parameter could be left out.
fn required_options(source: &Source, file: &File) -> Vec<Finding> {
    let here = source.exported().filter(|(other, _)| other.path == file.path);
    let missing = here.filter_map(|(_, function)| Some((function, option_without_signature::last_option(function)?)));
    missing
        .map(|(function, param)| {
            let message = format!("{} requires `{}` from PyO3 0.24 on", function.title(), param.name);
            let fix =
                format!("state its default: #[pyo3(signature = ({}))]", option_without_signature::signature(function));
            file.finding(Severity::Warning, &param.at, message).fix(fix)
        })
        .collect()
}

fn free_threaded(file: &File, module: &Module) -> Finding {
    let message = format!("from PyO3 0.28 on, `{}` supports free-threaded Python unless it declares it", module.name);
    file.finding(Severity::Warning, &module.at, message)
        .fix("check its statics and locks, or state #[pymodule(gil_used = true)]")
}
