//! Types that the crate converts itself: by a derive, or by an implementation.

use syn::{Fields, ImplItem, ItemEnum, ItemImpl, ItemStruct};

use crate::source::Ty;
use crate::source::exports::options::{Choices, renamed};
use crate::source::exports::{Conversion, Shape};
use crate::source::names::plain;

/// Which conversions a type derives: from Python, to Python.
fn derives(choices: &Choices) -> (bool, bool) {
    let has = |names: &[&str]| choices.of_attribute("derive").any(|one| names.contains(&one.name.as_str()));
    (has(&["FromPyObject"]), has(&["IntoPyObject", "IntoPyObjectRef"]))
}

/// A struct with a derive.
pub(super) fn of_struct(item: &ItemStruct) -> Option<Conversion> {
    let choices = Choices::of(&item.attrs);
    let (is_from, is_into) = derives(&choices);
    (is_from || is_into).then(|| Conversion {
        name: plain(&item.ident),
        is_from,
        is_into,
        shape: shape(&item.fields, &choices),
    })
}

/// An enum with a derive: one of its variants.
pub(super) fn of_enum(item: &ItemEnum) -> Option<Conversion> {
    let choices = Choices::of(&item.attrs);
    let (is_from, is_into) = derives(&choices);
    let shape = |variant: &syn::Variant| shape(&variant.fields, &Choices::of(&variant.attrs));
    (is_from || is_into).then(|| Conversion {
        name: plain(&item.ident),
        is_from,
        is_into,
        shape: Shape::Union(item.variants.iter().map(shape).collect()),
    })
}

fn shape(fields: &Fields, choices: &Choices) -> Shape {
    let is_transparent = choices.get("transparent").is_some();
    match fields {
        Fields::Unit => Shape::Unknown,
        Fields::Unnamed(fields) => match fields.unnamed.first() {
            Some(field) if fields.unnamed.len() == 1 => one(field),
            _ => Shape::Tuple(fields.unnamed.iter().map(|field| Ty::of(&field.ty)).collect()),
        },
        Fields::Named(fields) if is_transparent => fields.named.first().map_or(Shape::Unknown, one),
        Fields::Named(fields) => named(fields, choices),
    }
}

/// The only field; with `item` or `attribute` it is looked up.
fn one(field: &syn::Field) -> Shape {
    let choices = Choices::of(&field.attrs);
    match choices.get("from_py_with").or(choices.get("into_py_with")) {
        Some(_) => Shape::Unknown,
        None => Shape::As(Ty::of(&field.ty)),
    }
}

fn named(fields: &syn::FieldsNamed, around: &Choices) -> Shape {
    let style = around.get("rename_all").and_then(|choice| choice.text());
    let all_items = around.get("from_item_all").is_some();
    let mut parts = Vec::new();
    let mut are_items = !fields.named.is_empty();
    for field in &fields.named {
        let choices = Choices::of(&field.attrs);
        let stated = ["item", "attribute"].iter().find_map(|name| choices.get(name)?.text());
        let name = stated.map(|name| name.trim_matches('"').to_owned());
        let name = name.unwrap_or_else(|| {
            field.ident.as_ref().map(|name| renamed(&plain(name), style.as_deref())).unwrap_or_default()
        });
        are_items &= all_items || choices.get("item").is_some();
        let ty = match choices.get("from_py_with") {
            Some(_) => Ty::default(),
            None => Ty::of(&field.ty),
        };
        parts.push((name, ty, choices.get("default").is_some()));
    }
    if are_items { Shape::Items(parts) } else { Shape::Attributes(parts) }
}

/// `impl FromPyObject for …`, `impl IntoPyObject for …`.
pub(super) fn of_impl(item: &ItemImpl) -> Option<Conversion> {
    let of_trait = item.trait_.as_ref()?.0.segments.last()?.ident.to_string();
    let (is_from, is_into) = match of_trait.as_str() {
        "FromPyObject" | "FromPyObjectBound" | "FromPyObjectOwned" => (true, false),
        "IntoPyObject" | "IntoPy" | "ToPyObject" => (false, true),
        _ => return None,
    };
    let target = item.items.iter().find_map(|item| match item {
        ImplItem::Type(alias) if alias.ident == "Target" => Some(Ty::of(&alias.ty)),
        _ => None,
    });
    // `impl<'a> IntoPyObject for &'a Wrapper` is for the same type.
    let name = Ty::of(&item.self_ty).bare().name.clone();
    let shape = target.filter(|ty| is_into && ty.name != "PyAny").map_or(Shape::Unknown, Shape::As);
    Some(Conversion { name, is_from, is_into, shape })
}
