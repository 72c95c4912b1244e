//! The text of a file → [`File`].

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use syn::{Item, ItemEnum, ItemMod, ItemStruct, ItemTrait, ItemType};

use crate::source::attributes::Attributes;
use crate::source::declared::{self, Declared};
use crate::source::imports::Imports;
use crate::source::items::{Around, Reader};
use crate::source::names::at;
use crate::source::{At, File, Ty};
use crate::source::{cfg_if, depth, exports, hidden, outline, public, renames};

/// Reads the items of a parsed file into `file`.
fn read(parsed: &syn::File, objects: usize, file: &mut File) -> Vec<Declared> {
    let mut imports = Imports::default();
    uses(&parsed.items, &mut imports, &mut file.mentioned);
    let declared = read_outline(parsed, &imports, file);
    let mut reader = Reader { imports, file };
    reader.items(&parsed.items, Around::default());
    let Reader { imports, file } = reader;
    renames::settle_imports(&imports, objects, file);
    renames::settle_others(&imports, file);
    declared
}

/// Reads what needs no body of a function into `file`: what Python sees, and what types are called.
fn read_outline(parsed: &syn::File, imports: &Imports, file: &mut File) -> Vec<Declared> {
    file.exports = exports::read(parsed);
    let declared = declared::of(&parsed.items);
    file.aliases.extend(declared.aliases);
    file.aliases.extend(imports.renamed.iter().map(|(new, old)| (new.clone(), Ty::named(old))));
    declared.files
}

/// All `use` items of the file, including those inside modules and functions, and its types: one name rarely has two
/// meanings.
fn uses<'a>(items: impl IntoIterator<Item = &'a Item>, imports: &mut Imports, mentioned: &mut BTreeSet<String>) {
    for item in items {
        match item {
            Item::Use(item) => {
                let exports = Attributes::of(&item.attrs).has("pymodule_export");
                let mut ignored = BTreeSet::new();
                imports.add(&item.tree, if exports { mentioned } else { &mut ignored });
            }
            Item::Struct(ItemStruct { ident, .. })
            | Item::Enum(ItemEnum { ident, .. })
            | Item::Type(ItemType { ident, .. })
            | Item::Trait(ItemTrait { ident, .. }) => imports.own(ident),
            Item::Mod(ItemMod { content: Some((_, items)), .. }) => nested(items, imports, mentioned),
            Item::Macro(call) => imports.macros.define(call),
            Item::Fn(function) => {
                let inner: Vec<&Item> = function
                    .block
                    .stmts
                    .iter()
                    .filter_map(|stmt| match stmt {
                        syn::Stmt::Item(item @ Item::Use(_)) => Some(item),
                        _ => None,
                    })
                    .collect();
                nested(inner, imports, mentioned);
            }
            _ => {}
        }
    }
}

/// Those of a module or a function inside the file.
fn nested<'a>(items: impl IntoIterator<Item = &'a Item>, imports: &mut Imports, mentioned: &mut BTreeSet<String>) {
    let around = std::mem::replace(&mut imports.is_nested, true);
    uses(items, imports, mentioned);
    imports.is_nested = around;
}

/// Whether a text can be parsed as Rust.
pub(super) fn parses(text: &str) -> bool {
    let parsed = depth::tokens(text).is_ok_and(|tokens| syn::parse2::<syn::File>(tokens).is_ok());
    proc_macro2::extra::invalidate_current_thread_spans();
    parsed
}

/// Parses `text` into `file`; returns its modules that are in separate files.
///
/// # Errors
/// The place and the reason if it is not Rust.
pub(super) fn parse(text: &str, file: &mut File) -> Result<Vec<Declared>, (At, String)> {
    let parsed = depth::tokens(text).and_then(|tokens| {
        file.may_define_module |= hidden::names_module(tokens.clone());
        let objects = renames::count_objects(tokens.clone());
        Ok((syntax(tokens)?, objects))
    });
    let declared = parsed.map(|(parsed, objects)| read(&parsed, objects, file));
    // No spans of this file are needed any more; otherwise the source map would grow with every file.
    proc_macro2::extra::invalidate_current_thread_spans();
    declared
}

/// As [`parse`], for what needs no body of a function.
///
/// # Errors
/// As [`parse`]; an error in a body is not found.
pub(super) fn parse_outline(text: &str, file: &mut File) -> Result<Vec<Declared>, (At, String)> {
    let parsed = depth::tokens(&outline::of(text)).and_then(syntax);
    let declared = parsed.map(|parsed| {
        let mut imports = Imports::default();
        uses(&parsed.items, &mut imports, &mut BTreeSet::new());
        file.public = public::read(&parsed);
        read_outline(&parsed, &imports, file)
    });
    proc_macro2::extra::invalidate_current_thread_spans();
    declared
}

fn syntax(tokens: TokenStream) -> Result<syn::File, (At, String)> {
    let mut parsed: syn::File = syn::parse2(tokens).map_err(|error| (at(error.span()), error.to_string()))?;
    cfg_if::expand(&mut parsed.items);
    Ok(parsed)
}
