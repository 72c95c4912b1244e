//! The rule `protocol-signature`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{File, Function, Param, Receiver, Role, Source, What};

rule! {
    /// A special method does not have the parameters, the result or the exceptions that Python expects of it.
    ///
    /// # What it does
    /// Reports `__exit__` and `__aexit__` that do not take three arguments, or not None as each of them; `__enter__` with
    /// `&self` that returns a copy; `__deepcopy__`, `__format__` and `__reduce_ex__` without a parameter; `__init_subclass__` without `**kwargs` (a note); `__getattr__` that raises exceptions, but
    /// never AttributeError; and `__getitem__` with a number that raises exceptions, but never IndexError, in a class without
    /// `__iter__` (a note).
    ///
    /// # Why it matters
    /// It compiles, and fails in use. `with` passes the type of the exception, the exception and its traceback, or None three
    /// times: `TypeError: __exit__() takes 0 positional arguments but 3 were given`. What `with … as name` binds is the result
    /// of `__enter__`: changes to a copy are lost. `hasattr` and `getattr` with a default expect AttributeError. Without
    /// `__iter__`, `for` counts up until IndexError.
    /// Also reported in pyo3#1205, pyo3#2679, pyFAI#232.
    ///
    /// # Example
    /// `fn __exit__(&mut self) { self.close(); }`
    ///
    /// # Fix
    /// ```rust,ignore
    /// fn __enter__(slf: Py<Self>) -> Py<Self> { slf }
    /// #[pyo3(signature = (*_args))]
    /// fn __exit__(&mut self, _args: &Bound<'_, PyTuple>) { self.close(); }
    /// ```
    pub(super) static RULE: "protocol-signature", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported().filter(|(_, function)| function.role == Role::Method) {
        let problem = match function.name.as_str() {
            "__exit__" | "__aexit__" if !function.has_signature => exit(function),
            "__enter__" | "__aenter__" => enter(function),
            "__init_subclass__" if !function.has_signature && given(function).count() == 0 => Some((
                Severity::Note,
                "takes no keywords, so `class Sub(Base, key=1)` fails".to_owned(),
                "add #[pyo3(signature = (**_kwargs))] and a parameter for it",
            )),
            "__deepcopy__" | "__format__" | "__reduce_ex__"
                if !function.has_signature && given(function).count() == 0 =>
            {
                Some(takes_nothing(&function.name))
            }
            "__getattr__" if raises_only_others(function, "PyAttributeError") => Some((
                Severity::Warning,
                "raises no AttributeError, which hasattr() and getattr() expect".to_owned(),
                "raise PyAttributeError for names that do not exist",
            )),
            "__getitem__" if is_sequence(source, file, function) && raises_only_others(function, "PyIndexError") => {
                Some((
                    Severity::Note,
                    "raises no IndexError, at which `for` would end".to_owned(),
                    "raise PyIndexError beyond the end, or write __iter__",
                ))
            }
            _ => None,
        };
        if let Some((severity, what, fix)) = problem {
            found.add(file.finding(severity, &function.at, format!("{} {what}", function.title())).fix(fix));
        }
    }
}

type Problem = Option<(Severity, String, &'static str)>;

/// The parameters that Python passes.
pub(super) fn given(function: &Function) -> impl Iterator<Item = &Param> {
    let is_receiver = |param: &Param| {
        param.name.contains("slf")
            || param.name.contains("self")
            || param.name.contains("cls")
            || param.ty.holds("Self")
            || function.class.as_deref().is_some_and(|class| param.ty.holds(class))
    };
    function.params.iter().filter(move |param| param.ty.name != "Python" && !is_receiver(param))
}

/// Methods to which Python passes an argument that some of them do not need.
fn takes_nothing(name: &str) -> (Severity, String, &'static str) {
    let (passes, fix) = match name {
        "__deepcopy__" => ("copy.deepcopy() passes its memo", "take _memo: &Bound<'_, PyAny>"),
        "__format__" => ("format() passes the format, which may be empty", "take spec: &str"),
        _ => ("pickle passes the version of the protocol", "take protocol: u8, or write __reduce__"),
    };
    (Severity::Warning, format!("takes no argument, but {passes}"), fix)
}

fn exit(function: &Function) -> Problem {
    let count = given(function).count();
    if count != 3 {
        let what = format!("takes {count} arguments, but `with` passes three");
        return Some((Severity::Warning, what, "take three, or #[pyo3(signature = (*_args))]"));
    }
    // `None` is an object of any type, and a macro may be an `Option`.
    let takes_none = |param: &Param| {
        let bare = param.ty.bare();
        match (bare.name.as_str(), bare.args.first()) {
            ("Bound" | "Borrowed" | "Py", Some(inner)) => inner.name == "PyAny",
            ("PyErr" | "String" | "str", _) => false,
            _ => true,
        }
    };
    let param = given(function).find(|param| !takes_none(param))?;
    let what = format!("does not accept None as `{}`, which it is if nothing was raised", param.name);
    Some((Severity::Warning, what, "take an Option of it"))
}

fn enter(function: &Function) -> Problem {
    let output = function.output.as_ref()?;
    let output = match (output.name.as_str(), output.args.first()) {
        ("PyResult" | "Result", Some(inner)) => inner,
        _ => output,
    };
    let is_copy = output.args.is_empty() && (output.name == "Self" || Some(&output.name) == function.class.as_ref());
    let is_shared = function.receiver != Receiver::None && function.exclusive_param().is_none();
    (is_copy && is_shared && !function.is_async).then(|| {
        let what = "returns a copy: the object that `with … as name` binds is another one".to_owned();
        (Severity::Warning, what, "take slf: Py<Self> and return it")
    })
}

/// Whether a function raises exceptions, but not this one.
fn raises_only_others(function: &Function, name: &str) -> bool {
    let mut raised = function.events.iter().filter(|event| event.what == What::Raises).peekable();
    raised.peek().is_some() && raised.all(|event| event.name.starts_with("Py") && event.name != name)
}

/// Whether `for` uses `__getitem__` of a class.
fn is_sequence(source: &Source, file: &File, function: &Function) -> bool {
    let takes_number = given(function)
        .any(|param| matches!(param.ty.name.as_str(), "usize" | "isize" | "u64" | "i64" | "u32" | "i32"));
    let class = function.class.as_deref().unwrap_or_default();
    takes_number && !source.methods(file, class).any(|method| method.name == "__iter__")
}
