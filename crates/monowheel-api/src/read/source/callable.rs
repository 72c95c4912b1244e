//! Functions and methods → signatures.

use monowheel_audit::source::Ty;
use monowheel_audit::source::exports::{Callable, Called, Input, Mark};

use crate::read::source::place;
use crate::read::source::types::{Types, Way};
use crate::read::source::union::union;
use crate::surface::{About, Function, Kind, Parameter, Signature, parse_text_signature};

/// Up to this version a trailing `Option` had the default `None`.
const IMPLICIT_NONE: (u64, u64) = (0, 23);

/// A function, or a method of a class.
pub(super) fn function(callable: &Callable, file: usize, class: Option<usize>, types: &mut Types<'_>) -> Function {
    Function {
        name: callable.python.clone(),
        about: About::of_source(&callable.doc, place(types.index, file, callable.line)),
        signatures: vec![signature(callable, file, class, types)],
        is_async: callable.is_async,
    }
}

fn signature(callable: &Callable, file: usize, class: Option<usize>, types: &mut Types<'_>) -> Signature {
    let inputs = seen(callable);
    let is_slot = class.is_some() && is_slot(&callable.name);
    let mut parameters: Vec<Parameter> = match &callable.signature {
        Some(written) => {
            let mut kind = Kind::Either;
            let mut found: Vec<Parameter> = Vec::new();
            let mut rest = inputs.iter();
            for part in written {
                match part.mark {
                    Mark::Slash => found.iter_mut().for_each(|one| one.kind = Kind::PositionalOnly),
                    Mark::Star => kind = Kind::KeywordOnly,
                    mark => {
                        let of = match mark {
                            Mark::Arguments => Kind::Arguments,
                            Mark::Keywords => Kind::Keywords,
                            _ => kind,
                        };
                        if mark == Mark::Arguments {
                            kind = Kind::KeywordOnly;
                        }
                        let input = rest.next();
                        let annotation = input.map(|input| argument(input, of, file, class, types));
                        let (name, default) = (part.name.clone(), part.default.clone());
                        found.push(Parameter { name, kind: of, default, annotation, names: Vec::new() });
                    }
                }
            }
            found
        }
        None => {
            let has_implicit = types.pyo3.is_some_and(|version| version < IMPLICIT_NONE) && !is_slot;
            let required = inputs.iter().rposition(|input| input.ty.name != "Option").map_or(0, |last| last + 1);
            let one = |(index, input): (usize, &&Input)| {
                let kind = if is_slot { Kind::PositionalOnly } else { Kind::Either };
                let default = (has_implicit && index >= required).then(|| "None".to_owned());
                let annotation = Some(argument(input, kind, file, class, types));
                Parameter { name: input.name.clone(), kind, default, annotation, names: Vec::new() }
            };
            inputs.iter().enumerate().map(one).collect()
        }
    };
    for (index, parameter) in parameters.iter_mut().enumerate() {
        if parameter.name.is_empty() {
            parameter.name = format!("arg{index}");
        }
    }
    stated(callable, &mut parameters);
    let returns = Some(returns(callable, file, class, types));
    Signature { parameters, returns }
}

/// `text_signature` is what Python shows, and stubs are compared with; it does not change how a call is made. Names and
/// defaults that it states are taken from it.
fn stated(callable: &Callable, parameters: &mut [Parameter]) {
    let Some(Some(text)) = &callable.text_signature else { return };
    let Some(shown) = parse_text_signature(text).filter(|shown| shown.parameters.len() == parameters.len()) else {
        return;
    };
    for (parameter, shown) in parameters.iter_mut().zip(shown.parameters) {
        if parameter.default.as_deref() == Some("...") && parameter.name == shown.name {
            parameter.default = shown.default.or_else(|| parameter.default.clone());
        }
    }
}

/// The parameters that Python sees.
pub(super) fn seen(callable: &Callable) -> Vec<&Input> {
    // The operator of `__richcmp__` becomes six methods.
    let is_token = |ty: &Ty| matches!(ty.bare().name.as_str(), "Python" | "CompareOp");
    let mut inputs: Vec<&Input> =
        callable.inputs.iter().filter(|input| !input.is_hidden && !is_token(&input.ty)).collect();
    let takes_first = match &callable.called {
        Called::Plain | Called::Getter(_) | Called::Setter(_) | Called::Deleter(_) => false,
        Called::New => inputs.first().is_some_and(|input| input.ty.holds("PyType") && input.name.starts_with("cls")),
        Called::Class => true,
        Called::Static | Called::ClassAttribute => false,
    };
    if (takes_first || callable.passes_module) && !inputs.is_empty() {
        inputs.remove(0);
    }
    inputs
}

/// Drops the instance of a method whose receiver is `slf: PyRef<'_, Self>`.
pub(super) fn without_instance(callable: &Callable) -> Callable {
    let mut callable = callable.clone();
    let is_instance =
        matches!(callable.called, Called::Plain | Called::Getter(_) | Called::Setter(_) | Called::Deleter(_));
    if is_instance && !callable.has_receiver {
        let first = callable.inputs.iter().position(|input| input.ty.bare().name != "Python");
        if let Some(first) = first {
            callable.inputs.remove(first);
        }
    }
    callable
}

fn argument(input: &Input, kind: Kind, file: usize, class: Option<usize>, types: &mut Types<'_>) -> String {
    if input.has_own_conversion {
        return "object".to_owned();
    }
    let ty = input.ty.bare();
    // `Option<&Bound<PyDict>>` is None without keywords.
    let ty = match kind {
        Kind::Arguments | Kind::Keywords => match ty.args.first() {
            Some(inner) if ty.name == "Option" => inner.bare(),
            _ => ty,
        },
        _ => ty,
    };
    let inner = match (kind, ty.name.as_str()) {
        (Kind::Arguments, "Vec") => ty.args.first(),
        (Kind::Arguments, _) => None,
        (Kind::Keywords, name) if name.ends_with("Map") => ty.args.get(1),
        (Kind::Keywords, _) => None,
        _ => Some(ty),
    };
    inner.map_or_else(|| "typing.Any".to_owned(), |ty| types.annotation(ty, Way::Argument, file, class))
}

/// The type of a call's value, without the `Result` around it; none for `()`.
pub(super) fn outcome(callable: &Callable, is_method: bool) -> Option<&Ty> {
    let mut ty = callable.output.as_ref()?;
    // A result is that of its value; an iterator ends with None, which Python never sees.
    while matches!(ty.name.as_str(), "PyResult" | "Result") {
        ty = ty.args.first()?;
    }
    let is_iterator = is_method && matches!(callable.name.as_str(), "__next__" | "__anext__");
    Some(if is_iterator && ty.name == "Option" { ty.args.first().unwrap_or(ty) } else { ty })
}

fn returns(callable: &Callable, file: usize, class: Option<usize>, types: &mut Types<'_>) -> String {
    let Some(ty) = outcome(callable, class.is_some()) else { return wrapped(callable, "None".to_owned()) };
    // `-> (Self, Base)` of `#[new]`.
    if callable.called == Called::New {
        return class.map_or_else(
            || "typing.Any".to_owned(),
            |_| types.annotation(&Ty::named("Self"), Way::Result, file, class),
        );
    }
    let text = types.annotation(ty, Way::Result, file, class);
    wrapped(callable, text)
}

fn wrapped(callable: &Callable, returns: String) -> String {
    match callable.is_async {
        true => format!("collections.abc.Coroutine[typing.Any, typing.Any, {returns}]"),
        false => union(&[returns]),
    }
}

/// Whether `PyO3` puts a method of this name into a slot of the type, whose arguments are passed by position.
pub(super) fn is_slot(name: &str) -> bool {
    const OTHERS: [&str; 24] = [
        "__call__",
        "__class_getitem__",
        "__complex__",
        "__copy__",
        "__deepcopy__",
        "__dir__",
        "__enter__",
        "__exit__",
        "__aenter__",
        "__aexit__",
        "__format__",
        "__getnewargs__",
        "__getnewargs_ex__",
        "__getstate__",
        "__init__",
        "__init_subclass__",
        "__length_hint__",
        "__new__",
        "__reduce__",
        "__reduce_ex__",
        "__reversed__",
        "__round__",
        "__setstate__",
        "__sizeof__",
    ];
    name.starts_with("__") && name.ends_with("__") && !OTHERS.contains(&name)
}
