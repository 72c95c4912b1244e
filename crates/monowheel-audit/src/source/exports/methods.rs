//! `#[pyfunction]`s and the methods in `#[pymethods]`.

use syn::{FnArg, ImplItem, ItemImpl, Pat, PatType, Signature};

use crate::source::Ty;
use crate::source::attributes::Attributes;
use crate::source::exports::options::{Choices, doc};
use crate::source::exports::{Callable, Called, Input, MethodBlock, signature};
use crate::source::names::{at, plain};

/// A function or method.
pub(super) fn callable(sig: &Signature, attributes: &[syn::Attribute], around: &[String]) -> Callable {
    let choices = Choices::of(attributes);
    let name = plain(&sig.ident);
    let mut inputs: Vec<Input> = Vec::new();
    let mut has_receiver = false;
    for input in &sig.inputs {
        match input {
            FnArg::Receiver(_) => has_receiver = true,
            FnArg::Typed(typed) => inputs.push(self::input(typed)),
        }
    }
    let text_signature = choices.get("text_signature").map(|choice| choice.text().filter(|text| text != "None"));
    Callable {
        python: choices.get("name").and_then(|choice| choice.text()).unwrap_or_else(|| name.clone()),
        line: at(sig.ident.span()).line,
        around: around.to_vec(),
        doc: doc(attributes),
        called: Called::Plain,
        signature: choices.get("signature").and_then(|choice| choice.value.clone()).map(signature::read),
        text_signature,
        passes_module: choices.get("pass_module").is_some(),
        has_receiver,
        inputs,
        output: Ty::of_output(&sig.output),
        is_async: sig.asyncness.is_some(),
        is_conditional: Attributes::of(attributes).is_conditional,
        name,
    }
}

fn input(typed: &PatType) -> Input {
    let choices = Choices::of(&typed.attrs);
    let name = match &*typed.pat {
        Pat::Ident(ident) => plain(&ident.ident),
        _ => String::new(),
    };
    Input {
        name,
        ty: Ty::of(&typed.ty),
        has_own_conversion: choices.get("from_py_with").is_some(),
        is_hidden: choices.get("cancel_handle").is_some(),
    }
}

/// The methods of a block.
pub(super) fn block(item: &ItemImpl) -> MethodBlock {
    let mut block = MethodBlock { class: Ty::of(&item.self_ty).name, ..MethodBlock::default() };
    for member in &item.items {
        match member {
            ImplItem::Fn(method) if !Attributes::of(&method.attrs).is_test => {
                let choices = Choices::of(&method.attrs);
                let mut found = callable(&method.sig, &method.attrs, &[]);
                found.called = called(&choices, &found);
                block.methods.push(found);
            }
            ImplItem::Const(constant) if Choices::of(&constant.attrs).has("classattr") => {
                let choices = Choices::of(&constant.attrs);
                let name = choices.get("name").and_then(|choice| choice.text());
                let name = name.unwrap_or_else(|| plain(&constant.ident));
                block.constants.push((name, Ty::of(&constant.ty), doc(&constant.attrs)));
            }
            _ => {}
        }
    }
    block
}

fn called(choices: &Choices, method: &Callable) -> Called {
    // `#[getter]` of `get_name` is the attribute `name`; a name in the attribute wins.
    let attribute = |kind: &str, prefix: &str| {
        let stated = choices.of_attribute(kind).next().map(|choice| choice.name.clone());
        let stated = stated.or_else(|| choices.get("name").map(|_| method.python.clone()));
        stated.unwrap_or_else(|| method.name.strip_prefix(prefix).unwrap_or(&method.name).to_owned())
    };
    match () {
        () if choices.has("getter") => Called::Getter(attribute("getter", "get_")),
        () if choices.has("setter") => Called::Setter(attribute("setter", "set_")),
        () if choices.has("deleter") => Called::Deleter(attribute("deleter", "delete_")),
        () if choices.has("classattr") => Called::ClassAttribute,
        () if choices.has("new") || choices.has("__new__") || method.name == "__new__" => Called::New,
        () if choices.has("classmethod") => Called::Class,
        () if choices.has("staticmethod") => Called::Static,
        () => Called::Plain,
    }
}
