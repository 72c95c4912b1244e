//! `#[pyclass]`es.

use std::collections::BTreeSet;

use syn::{Fields, ItemEnum, ItemStruct};

use crate::source::Ty;
use crate::source::attributes::Attributes;
use crate::source::exports::options::{Choices, doc, renamed};
use crate::source::exports::{ClassItem, ExportedField, Variant, signature};
use crate::source::names::{at, plain};

/// A struct.
pub(super) fn of_struct(item: &ItemStruct, around: &[String]) -> ClassItem {
    let choices = Choices::of(&item.attrs);
    let mut class = class(&item.ident, &item.attrs, &choices, around);
    let style = choices.get("rename_all").and_then(|choice| choice.text());
    let (reads, sets) = (class.options.contains("get_all"), class.options.contains("set_all"));
    for field in &item.fields {
        let choices = Choices::of(&field.attrs);
        let is_read = reads || choices.get("get").is_some();
        let is_set = sets || choices.get("set").is_some();
        let stated = choices.get("name").and_then(|choice| choice.text());
        let name = stated.or_else(|| field.ident.as_ref().map(|name| renamed(&plain(name), style.as_deref())));
        // A field of a tuple needs a name.
        if let (true, Some(python)) = (is_read || is_set, name) {
            class.fields.push(ExportedField { python, ty: Ty::of(&field.ty), doc: doc(&field.attrs), is_read, is_set });
        }
    }
    class
}

/// An enum.
pub(super) fn of_enum(item: &ItemEnum, around: &[String]) -> ClassItem {
    let choices = Choices::of(&item.attrs);
    let mut class = class(&item.ident, &item.attrs, &choices, around);
    class.is_enum = true;
    let style = choices.get("rename_all").and_then(|choice| choice.text());
    for variant in &item.variants {
        if Attributes::of(&variant.attrs).is_test {
            continue;
        }
        let choices = Choices::of(&variant.attrs);
        let stated = choices.get("name").and_then(|choice| choice.text());
        class.variants.push(Variant {
            python: stated.unwrap_or_else(|| renamed(&plain(&variant.ident), style.as_deref())),
            doc: doc(&variant.attrs),
            fields: fields(&variant.fields),
            signature: choices.get("constructor").and_then(|choice| choice.value.clone()).map(signature::read),
        });
    }
    class
}

fn fields(fields: &Fields) -> Option<Vec<(String, Ty)>> {
    if matches!(fields, Fields::Unit) {
        return None;
    }
    let name = |index: usize, field: &syn::Field| field.ident.as_ref().map_or_else(|| format!("_{index}"), plain);
    Some(fields.iter().enumerate().map(|(index, field)| (name(index, field), Ty::of(&field.ty))).collect())
}

fn class(ident: &syn::Ident, attributes: &[syn::Attribute], choices: &Choices, around: &[String]) -> ClassItem {
    let name = plain(ident);
    let options: BTreeSet<String> = choices.names(&["pyclass", "pyo3"]).map(str::to_owned).collect();
    ClassItem {
        python: choices.get("name").and_then(|choice| choice.text()).unwrap_or_else(|| name.clone()),
        name,
        line: at(ident.span()).line,
        around: around.to_vec(),
        doc: doc(attributes),
        options,
        extends: choices.get("extends").and_then(|choice| choice.last_name()),
        is_conditional: Attributes::of(attributes).is_conditional,
        ..ClassItem::default()
    }
}
