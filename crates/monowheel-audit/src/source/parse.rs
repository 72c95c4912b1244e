//! The text of a file → [`File`].

use std::collections::BTreeSet;

use syn::{Item, ItemEnum, ItemMod, ItemStruct, ItemTrait, ItemType};

use crate::source::attributes::Attributes;
use crate::source::imports::Imports;
use crate::source::items::{Around, Reader};
use crate::source::names::at;
use crate::source::{At, File, Ty};
use crate::source::{depth, exports, hidden, renames};

/// `mod name;`, or `include!("name.rs");`.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// The enclosing modules in this file, outermost first, and its name.
    pub(super) path: Vec<String>,
    /// `#[path = "…"]`, or the included file if its path is written out.
    pub(super) file: Option<String>,
    /// Whether it is `include!`.
    pub(super) is_included: bool,
    /// Where it is.
    pub(super) at: At,
    /// Whether a `#[cfg]` may exclude it.
    pub(super) is_conditional: bool,
}

/// Reads the items of a parsed file into `file`.
fn read(parsed: &syn::File, objects: usize, file: &mut File) -> Vec<Declared> {
    let mut imports = Imports::default();
    uses(&parsed.items, &mut imports, &mut file.mentioned);
    file.exports = exports::read(parsed);
    let mut reader = Reader { imports, file, path: Vec::new(), declared: Vec::new() };
    reader.items(&parsed.items, Around::default());
    let Reader { imports, declared, file, .. } = reader;
    let other_name = |name: String| Ty { name, ..Ty::default() };
    file.aliases.extend(imports.renamed.iter().map(|(new, old)| (new.clone(), other_name(old.clone()))));
    renames::settle_imports(&imports, objects, file);
    renames::settle_others(&imports, file);
    declared
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
            Item::Mod(ItemMod { content: Some((_, items)), .. }) => uses(items, imports, mentioned),
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
                uses(inner, imports, mentioned);
            }
            _ => {}
        }
    }
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
        let parsed = syn::parse2::<syn::File>(tokens).map_err(|error| (at(error.span()), error.to_string()))?;
        Ok((parsed, objects))
    });
    let declared = parsed.map(|(parsed, objects)| read(&parsed, objects, file));
    // No spans of this file are needed any more; otherwise the source map would grow with every file.
    proc_macro2::extra::invalidate_current_thread_spans();
    declared
}
