//! The items in `cfg_if! { if #[cfg(…)] { … } else { … } }`, which most crates use as if it were part of the language.

use proc_macro2::{Delimiter, TokenTree};
use syn::parse::Parser as _;
use syn::{Attribute, Item};

/// Puts the items of all branches in the place of each call, as if each had a `#[cfg]`.
pub(super) fn expand(items: &mut Vec<Item>) {
    if items.iter().any(|item| branches(item).is_some()) {
        for item in std::mem::take(items) {
            match branches(&item) {
                Some(inner) => items.extend(inner),
                None => items.push(item),
            }
        }
    }
    for item in items {
        if let Item::Mod(syn::ItemMod { content: Some((_, inner)), .. }) = item {
            expand(inner);
        }
    }
}

/// The items between the braces of a call; none if it is something else, or does not parse.
fn branches(item: &Item) -> Option<Vec<Item>> {
    let Item::Macro(call) = item else { return None };
    let mut found = Vec::new();
    for token in call.mac.path.segments.last().filter(|last| last.ident == "cfg_if").map(|_| call.mac.tokens.clone())? {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                found.extend(syn::parse2::<syn::File>(group.stream()).ok()?.items);
            }
            _ => {}
        }
    }
    for attributes in found.iter_mut().filter_map(attributes) {
        attributes.extend(Attribute::parse_outer.parse_str("#[cfg(any())]").ok()?);
    }
    Some(found)
}

fn attributes(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    Some(match item {
        Item::Const(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Macro(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Static(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        Item::Use(item) => &mut item.attrs,
        _ => return None,
    })
}
