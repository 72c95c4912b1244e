//! The rule `missing-traverse`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::source::held_objects::{
    DEEPEST, holders, holds_many, is_checked, is_shared_container, leads_on, may_bring,
};
use crate::source::{Class, Event, Field, File, Function, Param, Receiver, Role, Source, Ty, What};

rule! {
    /// A class holds Python objects but does not support the garbage collector.
    ///
    /// # What it does
    /// Searches the fields of each `#[pyclass]`, and of the structs in them, for a `Py<…>` that may lead back to the
    /// object. Ignored are strings, bytes and numbers, classes of the crate that hold nothing themselves, and values
    /// shared by an `Arc`, which cannot be traversed. Reports classes without `__traverse__` in any `#[pymethods]` of
    /// the crate. It is a warning if code of Python can close the cycle: it passes an object that the crate calls (a
    /// callback), that a setter or a method stores in an object that exists already, or that is one of many in a container.
    /// Otherwise it is a note: only Rust chooses what the class holds, or the constructor stores a single object, which
    /// would have to learn of its owner later; a container of another crate holds the objects; or all that Python can set is a
    /// `dict`, a `list` or a `tuple`. A class that no code makes which is seen here may hold anything.
    ///
    /// # Why it matters
    /// Reference counting never frees a cycle. An object that is reachable from itself (a callback that is a method of
    /// its owner) is never freed, and neither is everything it holds (pyo3#5663).
    /// Also reported in rpds#264, pydantic#5136, dd-trace-py#17869.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass]
    /// struct Button { on_click: Option<Py<PyAny>> }
    /// ```
    ///
    /// # Fix
    /// ```rust,ignore
    /// fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&self.on_click) }
    /// fn __clear__(&mut self) { self.on_click = None; }
    /// ```
    /// A frozen class needs a `Mutex` around the fields that `__clear__` clears.
    pub(super) static RULE: "missing-traverse", Source, Warning, Source(check);
}

/// Types that are objects of Python themselves.
const OBJECTS: [&str; 4] = ["Bound", "Borrowed", "Py", "PyObject"];

/// Python's own containers.
const CONTAINERS: [&str; 4] = ["PyDict", "PyList", "PySet", "PyTuple"];

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| !class.is_enum) {
        let is_told = source.methods(file, &class.name).any(|method| method.name == "__traverse__");
        if is_told {
            continue;
        }
        let Some(field) = class.fields.iter().find(|field| leads_on(source, file, &field.ty, DEEPEST)) else {
            continue;
        };
        let name = if field.name.is_empty() { "its field".to_owned() } else { format!("`{}`", field.name) };
        let message = format!("`{}` holds Python objects in {name}: a cycle through it is never freed", class.name);
        let may_close = !source.makes(file, &class.name)
            || is_filled_by_python(source, file, class) && closes_cycle(source, file, class);
        let severity = if may_close { Severity::Warning } else { Severity::Note };
        found.add(file.finding(severity, &class.at, message).fix("write __traverse__ and __clear__"));
    }
}

/// Whether Python decides what an object of a class holds: it passes an object to the constructor, a setter, or a method
/// that may store it.
fn is_filled_by_python(source: &Source, file: &File, class: &Class) -> bool {
    let may_store = |ty: &Ty| {
        ty.parts()
            .iter()
            .any(|part| part.name.ends_with("Lock") || part.name.contains("Mutex") || part.name.contains("Cell"))
    };
    let is_open_inside = class.fields.iter().any(|field| may_store(&field.ty));
    let changes = |method: &Function| {
        let is_exclusive = method.receiver == Receiver::Exclusive || method.exclusive_param().is_some();
        matches!(method.role, Role::New | Role::Setter) || (is_open_inside || is_exclusive) && may_keep(method)
    };
    let is_itself = |param: &Param| {
        let own = param.ty.args.first().is_some_and(|ty| ty.name == "Self" || ty.name == class.name);
        own && matches!(param.ty.name.as_str(), "PyRef" | "PyRefMut" | "Py")
    };
    let gets_object = |method: &Function| {
        method.params.iter().any(|param| !is_itself(param) && may_bring(source, file, method, param))
    };
    has_settable_object(source, file, class)
        || source
            .methods(file, &class.name)
            .any(|method| method.is_exported() && changes(method) && gets_object(method))
}

/// Whether a method may keep what it gets: it stores a parameter, or passes `self` or an owned value on. What it only
/// lends to a field (`self.validator.validate(input)`) is not kept.
fn may_keep(method: &Function) -> bool {
    let is_owned = |param: &Param| !param.ty.holds("&") && param.ty.name != "Python";
    let calls_own = |event: &Event| event.what == What::Calls && event.name.starts_with("self::");
    !method.stored.is_empty()
        || method.touched.contains("self")
        || method.events.iter().any(calls_own)
        || method.params.iter().any(is_owned)
}

/// Whether Python can set a field to an object that leads back. Containers of Python mostly hold data.
fn has_settable_object(source: &Source, file: &File, class: &Class) -> bool {
    let holds_any = |ty: &Ty| {
        let held = |part: &&Ty| part.name == "PyObject" || part.name == "Py";
        let is_container = |part: &Ty| part.args.first().is_some_and(|inner| CONTAINERS.contains(&inner.name.as_str()));
        let parts = ty.parts();
        let mut held = parts.iter().copied().filter(held).peekable();
        held.peek().is_none() || held.any(|part| !is_container(part))
    };
    let sets_all = class.options.contains("set_all");
    let is_settable = |field: &&Field| field.is_set || sets_all;
    let mut settable = class.fields.iter().filter(is_settable);
    settable.any(|field| leads_on(source, file, &field.ty, DEEPEST) && holds_any(&field.ty))
}

/// Whether what Python passes is likely to lead back: a callback, an object that is stored later, one of many.
fn closes_cycle(source: &Source, file: &File, class: &Class) -> bool {
    // `convert(value, self.callback.as_ref())`, if `convert` calls that parameter.
    let calls_param = |(callee, at, _): &&(String, usize, String)| {
        source
            .functions_named(file, callee)
            .any(|(_, function)| function.params.get(*at).is_some_and(|param| function.called.contains(&param.name)))
    };
    let is_called = |owner: &str, name: &str| {
        !name.is_empty() && source.is_called_by_function(file, name)
            || source.methods_of(file, owner).any(|(_, function)| {
                let mut passed = function.passed.iter().filter(|(_, _, field)| field == name);
                function.called.contains(name) || passed.any(|passed| calls_param(&passed))
            })
    };
    // A method of its own that one which Python calls uses: `self.keep(callback)`.
    let is_reached = |method: &Function| {
        let called = |event: &Event| event.name.strip_prefix("self::") == Some(&method.name);
        let mut exported = source.methods(file, &class.name).filter(|other| other.is_exported());
        method.is_exported() || exported.any(|other| other.events.iter().any(called))
    };
    let stores = |method: &Function, is_exported: bool| {
        // Not in a field that holds no objects: a number that is made of it.
        let may_hold = |name: &str| {
            let mut fields = class.fields.iter();
            fields.find(|field| field.name == name).is_none_or(|field| leads_on(source, file, &field.ty, DEEPEST))
        };
        let is_stored = |param: &Param| {
            let mut stored = method.stored.iter();
            stored.any(|(variable, field)| *variable == param.name && may_hold(field))
                && may_bring(source, file, method, param)
                && (is_exported || OBJECTS.iter().any(|name| param.ty.holds(name)))
        };
        method.role != Role::New && method.params.iter().any(is_stored)
    };
    let mut held = Vec::new();
    class.fields.iter().for_each(|field| holders(source, file, (class, field), DEEPEST, &mut held));
    // Containers that share what they hold cannot be traversed by each of their owners.
    held.retain(|(_, field)| !field.ty.parts().iter().any(|part| is_shared_container(source, file, &part.name)));
    // Nor what the constructor accepts only as a class: `algorithm.cast::<PyType>()?`.
    let checks = |method: &Function, name: &str| {
        method.params.iter().any(|param| param.name == name) && is_checked(source, file, method, name)
    };
    held.retain(|(owner, field)| {
        let mut makers = source.methods(file, &owner.name).filter(|method| method.role == Role::New);
        !makers.any(|method| checks(method, &field.name))
    });
    if held.is_empty() {
        return false;
    }
    has_settable_object(source, file, class)
        || held.iter().any(|(owner, field)| {
            is_called(&owner.name, &field.name) || is_called(&class.name, &field.name) || holds_many(&field.ty)
        })
        || source.methods(file, &class.name).any(|method| stores(method, method.is_exported()) && is_reached(method))
}
