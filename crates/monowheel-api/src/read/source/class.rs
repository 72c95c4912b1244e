//! Classes and exceptions.

use monowheel_audit::source::Ty;
use monowheel_audit::source::exports::{Callable, Called, ClassItem, ExceptionItem, MethodBlock, Variant};

use crate::read::source::callable::{self, without_instance};
use crate::read::source::place;
use crate::read::source::types::{Types, Way};
use crate::surface::{About, Attribute, Class, Flags, Function, Kind, Method, Parameter, Receiver, Signature};

/// Methods that Python never calls by name.
const INTERNAL: [&str; 4] = ["__traverse__", "__clear__", "__releasebuffer__", "__richcmp__"];

/// The class of an index.
pub(super) fn class(number: usize, types: &mut Types<'_>) -> Option<Class> {
    match types.index.classes.get(number).copied() {
        Some((file, item)) => Some(of_item(item, file, number, types)),
        None => types.index.exception(number).map(|(file, item)| exception(item, file, types)),
    }
}

fn exception(item: &ExceptionItem, file: usize, types: &mut Types<'_>) -> Class {
    let base = types.annotation(&Ty::named(&item.base), Way::Result, file, None);
    Class {
        name: item.name.clone(),
        about: About::of_source(&item.doc, place(types.index, file, item.line)),
        bases: vec![base],
        is_exception: true,
        flags: Flags { is_subclassable: Some(true), ..Flags::default() },
        ..Class::default()
    }
}

fn of_item(item: &ClassItem, file: usize, number: usize, types: &mut Types<'_>) -> Class {
    let is_complex = item.variants.iter().any(|variant| variant.fields.is_some());
    let has = |option: &str| item.options.contains(option);
    let mut class = Class {
        name: item.python.clone(),
        about: About::of_source(&item.doc, place(types.index, file, item.line)),
        ..Class::default()
    };
    if let Some(base) = &item.extends {
        class.bases.push(types.annotation(&Ty::named(base), Way::Result, file, None));
    }
    for field in &item.fields {
        let read = types.annotation(&field.ty, Way::Result, file, Some(number));
        let set = types.annotation(&field.ty, Way::Argument, file, Some(number));
        class.attributes.push(Attribute {
            name: field.python.clone(),
            about: About::of_source(&field.doc, class.about.place.clone()),
            set_annotation: (field.is_set && set != read).then_some(set),
            annotation: Some(read),
            is_settable: field.is_set,
            is_readable: field.is_read,
            ..Attribute::default()
        });
    }
    for (place, block) in types.index.methods(&item.name, file) {
        self::block(block, place, number, &mut class, types);
    }
    if item.is_enum {
        enumeration(item, file, is_complex, &mut class, types);
    }
    compared(item, &mut class);
    let defines = |name: &str| class.method(name).is_some();
    let has_eq = has("eq") || defines("__eq__");
    class.flags = Flags {
        is_subclassable: Some(has("subclass")),
        is_frozen: Some(has("frozen") || item.is_enum),
        is_hashable: Some(has("hash") || defines("__hash__") || !has_eq),
        is_picklable: Some(
            ["__reduce__", "__reduce_ex__", "__getnewargs__", "__getnewargs_ex__", "__getstate__"]
                .into_iter()
                .any(defines),
        ),
        has_weakrefs: Some(has("weakref")),
        has_dict: Some(has("dict")),
    };
    // A class that the exception base makes one.
    class.is_exception = class.bases.iter().any(|base| crate::exceptions::is_builtin(base));
    class
}

fn block(block: &MethodBlock, file: usize, number: usize, class: &mut Class, types: &mut Types<'_>) {
    for (name, ty, doc) in &block.constants {
        class.attributes.push(Attribute {
            name: name.clone(),
            about: About::of_source(doc, class.about.place.clone()),
            annotation: Some(types.annotation(ty, Way::Result, file, Some(number))),
            is_readable: true,
            is_of_class: true,
            ..Attribute::default()
        });
    }
    for method in &block.methods {
        let method = without_instance(method);
        match &method.called {
            Called::Getter(name) => getter(name, &method, file, number, class, types),
            Called::Setter(name) => setter(name, &method, file, number, class, types),
            Called::Deleter(name) => attribute(class, name).is_deletable = true,
            Called::ClassAttribute => {
                let function = callable::function(&method, file, Some(number), types);
                let annotation = function.signatures.into_iter().next().and_then(|signature| signature.returns);
                let found = attribute(class, &method.python);
                (found.annotation, found.is_of_class, found.is_readable) = (annotation, true, true);
                found.about.doc.clone_from(&method.doc);
            }
            called => {
                let receiver = match called {
                    Called::Static => Receiver::Static,
                    Called::Class | Called::New => Receiver::Class,
                    _ => Receiver::Instance,
                };
                // Both `#[new]` and a named constructor.
                if *called == Called::New && method.name != "__new__" || method.python == "__new__" {
                    let mut function = callable::function(&method, file, Some(number), types);
                    function.name = "__new__".to_owned();
                    push(class, Method { function, receiver: Receiver::Class });
                } else if method.name == "__richcmp__" {
                    rich_comparison(&method, file, number, class, types);
                } else if method.name == "__getbuffer__" {
                    buffer(class);
                } else if !INTERNAL.contains(&method.name.as_str()) {
                    let mut function = callable::function(&method, file, Some(number), types);
                    adjust(&mut function);
                    push(class, Method { function, receiver });
                }
            }
        }
    }
}

/// The first of several under `#[cfg]`.
fn push(class: &mut Class, method: Method) {
    if class.method(&method.function.name).is_none() {
        class.methods.push(method);
    }
}

/// Comparisons and lookups take anything, whatever the type of the parameter: another type is an answer, not an error.
fn adjust(function: &mut Function) {
    let takes_anything = matches!(function.name.as_str(), "__eq__" | "__ne__" | "__contains__");
    for signature in &mut function.signatures {
        if takes_anything {
            signature.parameters.iter_mut().for_each(|one| one.annotation = Some("object".to_owned()));
        }
    }
}

/// The attribute of this name, which several methods define together.
fn attribute<'c>(class: &'c mut Class, name: &str) -> &'c mut Attribute {
    let at = class.attributes.iter().position(|known| known.name == name).unwrap_or_else(|| {
        class.attributes.push(Attribute { name: name.to_owned(), ..Attribute::default() });
        class.attributes.len() - 1
    });
    &mut class.attributes[at]
}

fn getter(name: &str, method: &Callable, file: usize, number: usize, class: &mut Class, types: &mut Types<'_>) {
    let function = callable::function(method, file, Some(number), types);
    let found = attribute(class, name);
    found.annotation = function.signatures.into_iter().next().and_then(|signature| signature.returns);
    found.is_readable = true;
    found.about.doc.clone_from(&method.doc);
    found.about.place = function.about.place;
}

fn setter(name: &str, method: &Callable, file: usize, number: usize, class: &mut Class, types: &mut Types<'_>) {
    let function = callable::function(method, file, Some(number), types);
    let first = function.signatures.into_iter().next().and_then(|signature| signature.parameters.into_iter().next());
    let found = attribute(class, name);
    let set = first.and_then(|parameter| parameter.annotation);
    found.set_annotation = set.filter(|set| found.annotation.as_ref() != Some(set));
    found.is_settable = true;
}

/// `__richcmp__` makes all six comparisons; which of them it supports, only its body says.
fn rich_comparison(method: &Callable, file: usize, number: usize, class: &mut Class, types: &mut Types<'_>) {
    let function = callable::function(method, file, Some(number), types);
    let other = function.signatures.first().and_then(|signature| signature.parameters.first()).cloned();
    let other = other.and_then(|parameter| parameter.annotation).unwrap_or_else(|| "object".to_owned());
    for name in ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"] {
        let annotation = if matches!(name, "__eq__" | "__ne__") { "object" } else { &other };
        push(class, comparison(name, annotation));
    }
}

fn comparison(name: &str, other: &str) -> Method {
    let parameter = Parameter {
        name: "other".to_owned(),
        kind: Kind::PositionalOnly,
        default: None,
        annotation: Some(other.to_owned()),
        names: Vec::new(),
    };
    let signature = Signature { parameters: vec![parameter], returns: Some("bool".to_owned()) };
    let function = Function { name: name.to_owned(), signatures: vec![signature], ..Function::default() };
    Method { function, receiver: Receiver::Instance }
}

fn buffer(class: &mut Class) {
    let parameter = Parameter {
        name: "flags".to_owned(),
        kind: Kind::PositionalOnly,
        default: None,
        annotation: Some("int".to_owned()),
        names: Vec::new(),
    };
    let signature = Signature { parameters: vec![parameter], returns: Some("memoryview".to_owned()) };
    let function = Function { name: "__buffer__".to_owned(), signatures: vec![signature], ..Function::default() };
    push(class, Method { function, receiver: Receiver::Instance });
}

/// What the options `eq`, `ord` and `hash` generate.
fn compared(item: &ClassItem, class: &mut Class) {
    let has = |option: &str| item.options.contains(option);
    if has("eq") || has("eq_int") {
        push(class, comparison("__eq__", "object"));
    }
    if has("ord") {
        for name in ["__lt__", "__le__", "__gt__", "__ge__"] {
            push(class, comparison(name, &item.python));
        }
    }
    if has("hash") {
        push(class, plain("__hash__", "int"));
    }
    if item.is_enum && item.variants.iter().all(|variant| variant.fields.is_none()) {
        push(class, plain("__int__", "int"));
    }
}

fn plain(name: &str, returns: &str) -> Method {
    let signature = Signature { parameters: Vec::new(), returns: Some(returns.to_owned()) };
    let function = Function { name: name.to_owned(), signatures: vec![signature], ..Function::default() };
    Method { function, receiver: Receiver::Instance }
}

/// The variants of an enum: attributes of the class, or classes of their own if one of them has fields.
fn enumeration(item: &ClassItem, file: usize, is_complex: bool, class: &mut Class, types: &mut Types<'_>) {
    for variant in &item.variants {
        match is_complex {
            true => class.classes.push(self::variant(variant, &item.python, file, types)),
            false => class.attributes.push(Attribute {
                name: variant.python.clone(),
                about: About::of_source(&variant.doc, class.about.place.clone()),
                annotation: Some(item.python.clone()),
                is_readable: true,
                is_of_class: true,
                ..Attribute::default()
            }),
        }
    }
}

fn variant(variant: &Variant, parent: &str, file: usize, types: &mut Types<'_>) -> Class {
    let mut class = Class {
        name: variant.python.clone(),
        about: About::of_source(&variant.doc, String::new()),
        bases: vec![parent.to_owned()],
        flags: Flags { is_subclassable: Some(false), is_frozen: Some(true), ..Flags::default() },
        ..Class::default()
    };
    let mut signature = Signature { parameters: Vec::new(), returns: Some(format!("{parent}.{}", variant.python)) };
    for (index, (name, ty)) in variant.fields.iter().flatten().enumerate() {
        class.attributes.push(Attribute {
            name: name.clone(),
            annotation: Some(types.annotation(ty, Way::Result, file, None)),
            is_readable: true,
            ..Attribute::default()
        });
        let written = variant.signature.iter().flatten().filter(|part| !part.name.is_empty()).nth(index);
        signature.parameters.push(Parameter {
            name: name.clone(),
            kind: Kind::Either,
            default: written.and_then(|part| part.default.clone()),
            annotation: Some(types.annotation(ty, Way::Argument, file, None)),
            names: Vec::new(),
        });
    }
    let function = Function { name: "__new__".to_owned(), signatures: vec![signature], ..Function::default() };
    class.methods.push(Method { function, receiver: Receiver::Class });
    class
}
