//! The text of a file → [`File`].

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use syn::{Item, ItemEnum, ItemMod, ItemStruct, ItemTrait, ItemType};

use crate::source::attributes::Attributes;
use crate::source::declared::{self, Declared};
use crate::source::imports::Imports;
use crate::source::items::{Around, Reader};
use crate::source::names::{at, count_from, forget_spans};
use crate::source::renames::Counts;
use crate::source::{At, File};
use crate::source::{cfg_if, data, depth, exports, hidden, outline, pieces, public, renames};

/// What rules need of a text, read into a file.
#[derive(Default)]
struct Read {
    imports: Imports,
    /// How often `PyObject` and similar names occur.
    names: Counts,
    declared: Vec<Declared>,
}

impl Read {
    /// Reads the text as a whole, or in pieces of `size` bytes: first what `use` imports anywhere, then the items.
    fn text(text: &str, size: usize, file: &mut File) -> Result<Vec<Declared>, (At, String)> {
        let text = data::dropped(text);
        if text.len() > size {
            let untouched = file.clone();
            if let Ok(declared) = Self::pieces(&text, size, file) {
                return Ok(declared);
            }
            // The error of the whole text is the true one.
            *file = untouched;
            forget_spans();
        }
        let piece = Piece::parse(&text)?;
        let mut read = Self::default();
        uses(&piece.syntax.items, &mut read.imports, &mut file.mentioned);
        read.piece(&piece, file);
        Ok(read.end(file))
    }

    fn pieces(text: &str, size: usize, file: &mut File) -> Result<Vec<Declared>, (At, String)> {
        let mut read = Self::default();
        let pieces = pieces::of(text, size);
        for (origin, piece) in pieces.iter().filter(|(_, piece)| may_have_uses(piece)) {
            count_from(*origin);
            uses(&Piece::parse(piece)?.syntax.items, &mut read.imports, &mut file.mentioned);
            forget_spans();
        }
        for (origin, piece) in pieces {
            count_from(origin);
            read.piece(&Piece::parse(piece)?, file);
            forget_spans();
        }
        Ok(read.end(file))
    }

    fn piece(&mut self, piece: &Piece, file: &mut File) {
        file.may_define_module |= piece.names_module;
        self.names.add(&piece.names);
        self.declared.extend(read_declared(&piece.syntax, file));
        let mut reader = Reader { imports: std::mem::take(&mut self.imports), file };
        reader.items(&piece.syntax.items, Around::default());
        self.imports = reader.imports;
    }

    fn end(self, file: &mut File) -> Vec<Declared> {
        file.aliases.extend(self.imports.aliases());
        renames::settle_imports(&self.imports, &self.names, file);
        renames::settle_others(&self.imports, &self.names, file);
        renames::settle_changed(&self.imports, file);
        self.declared
    }
}

/// Some items, and what their tokens show.
struct Piece {
    syntax: syn::File,
    names_module: bool,
    names: Counts,
}

impl Piece {
    fn parse(text: &str) -> Result<Self, (At, String)> {
        let (mut names_module, mut names) = (false, Counts::default());
        let tokens = depth::tokens_seen(text, &mut |token| {
            names_module |= token.is_some_and(hidden::names_module);
            names.see(token);
        })?;
        Ok(Self { syntax: syntax(tokens)?, names_module, names })
    }
}

/// Whether something in a text may be imported, or be a type or a macro of its own: [`uses`].
fn may_have_uses(text: &str) -> bool {
    let words = ["use", "struct", "enum", "type", "trait", "macro_rules", "cfg_if"];
    words.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// Reads what types are called into `file`; returns its modules that are in separate files.
fn read_declared(parsed: &syn::File, file: &mut File) -> Vec<Declared> {
    let declared = declared::of(&parsed.items);
    file.aliases.extend(declared.aliases);
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
    forget_spans();
    parsed
}

/// Parses `text` into `file`; returns its modules that are in separate files.
///
/// # Errors
/// The place and the reason if it is not Rust.
pub(super) fn parse(text: &str, file: &mut File) -> Result<Vec<Declared>, (At, String)> {
    let declared = Read::text(text, pieces::SIZE, file);
    forget_spans();
    declared
}

/// As [`parse`], for what needs no body of a function: what Python and other crates see.
///
/// # Errors
/// As [`parse`]; an error in a body is not found.
pub(super) fn parse_outline(text: &str, file: &mut File) -> Result<Vec<Declared>, (At, String)> {
    let parsed = depth::tokens(&outline::of(&data::dropped(text))).and_then(syntax);
    let declared = parsed.map(|parsed| {
        let mut imports = Imports::default();
        uses(&parsed.items, &mut imports, &mut BTreeSet::new());
        file.public = public::read(&parsed);
        file.exports = exports::read(&parsed);
        let declared = read_declared(&parsed, file);
        file.aliases.extend(imports.aliases());
        declared
    });
    forget_spans();
    declared
}

pub(super) fn syntax(tokens: TokenStream) -> Result<syn::File, (At, String)> {
    let mut parsed: syn::File = syn::parse2(tokens).map_err(|error| (at(error.span()), error.to_string()))?;
    cfg_if::expand(&mut parsed.items);
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Everything that is read from a text, in pieces of this size.
    fn read(text: &str, size: usize) -> String {
        let mut file = File::default();
        let declared = Read::text(text, size, &mut file);
        forget_spans();
        format!("{declared:?} {file:?}")
    }

    #[test]
    fn a_text_in_pieces_has_the_facts_of_the_whole() -> std::io::Result<()> {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint/sources");
        let mut cuts = 0;
        for entry in fs_err::read_dir(sources)? {
            let path = entry?.path();
            let text = fs_err::read_to_string(&path)?;
            cuts += pieces::of(&text, 1).len();
            assert_eq!(read(&text, 1), read(&text, usize::MAX), "{}", path.display());
        }
        assert!(cuts > 200, "{cuts}");
        Ok(())
    }

    #[test]
    fn an_error_in_a_piece_is_that_of_the_whole() {
        for text in ["fn f() {}\nfn g() { ( }", "struct A; use", "fn f() {} fn"] {
            assert!(read(text, 1).starts_with("Err"), "{text}");
            assert_eq!(read(text, 1), read(text, usize::MAX));
        }
    }
}
