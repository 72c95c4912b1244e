//! The text of a file → [`File`].

use std::cell::Cell;
use std::collections::BTreeSet;

use memchr::memmem;
use proc_macro2::TokenStream;
use rayon::prelude::*;
use syn::{Item, ItemEnum, ItemMod, ItemStruct, ItemTrait, ItemType};

use crate::source::attributes::Attributes;
use crate::source::declared::{self, Declared};
use crate::source::imports::Imports;
use crate::source::items::{Around, Reader};
use crate::source::names::{at, count_from, forget_spans};
use crate::source::old_names::WITH_IMPORTS;
use crate::source::pieces::Origin;
use crate::source::renames::Counts;
use crate::source::{At, File};
use crate::source::{cfg_if, data, depth, exports, hidden, outline, own_macros, pieces, public, renames};

/// What rules need of a text.
#[derive(Default)]
struct Read {
    file: File,
    /// How often `PyObject` and similar names occur.
    names: Counts,
    declared: Vec<Declared>,
}

impl Read {
    /// Reads the text as a whole up to `size` bytes, or in pieces: first what `use` imports anywhere, then the items.
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
        let mut imports = Imports::default();
        uses(&piece.syntax.items, &mut imports, &mut file.mentioned);
        let read = Self::piece(&piece, &imports, own_macros::MOST_IN_FILE, file.is_2024);
        Ok(read.end(&imports, file))
    }

    fn pieces(text: &str, size: usize, file: &mut File) -> Result<Vec<Declared>, (At, String)> {
        let mut imports = Imports::default();
        let pieces = pieces::of(text, size.min(pieces::SIZE));
        for (origin, piece) in pieces.iter().filter(|(_, piece)| may_have_uses(piece)) {
            count_from(*origin);
            uses(&Piece::parse(piece)?.syntax.items, &mut imports, &mut file.mentioned);
            forget_spans();
        }
        let budget = own_macros::MOST_IN_FILE / pieces.len().max(1);
        let is_2024 = file.is_2024;
        let one = |(origin, piece): &(Origin, &str)| {
            count_from(*origin);
            let read = Piece::parse(piece).map(|piece| Self::piece(&piece, &imports, budget, is_2024));
            forget_spans();
            read
        };
        let mut all = Self::default();
        // Threads outside of a pool may be the only ones with a large enough stack.
        let threads = rayon::current_thread_index().map_or(1, |_| rayon::current_num_threads());
        // A few at a time: each takes a hundred times its size.
        for batch in pieces.chunks(2 * threads) {
            let read: Vec<Result<Self, _>> = match threads {
                1 => batch.iter().map(one).collect(),
                _ => batch.par_iter().map(one).collect(),
            };
            for read in read {
                all.append(read?);
            }
        }
        Ok(all.end(&imports, file))
    }

    fn piece(piece: &Piece, imports: &Imports, budget: usize, is_2024: bool) -> Self {
        let mut file = File { is_2024, may_define_module: piece.names_module, ..File::default() };
        let declared = read_declared(&piece.syntax, &mut file);
        let budget = Cell::new(budget);
        let mut reader = Reader { imports, file: &mut file, is_nested: false, budget: &budget };
        reader.items(&piece.syntax.items, Around::default());
        Self { file, names: piece.names, declared }
    }

    fn append(&mut self, other: Self) {
        self.file.append(other.file);
        self.names.add(&other.names);
        self.declared.extend(other.declared);
    }

    fn end(self, imports: &Imports, file: &mut File) -> Vec<Declared> {
        file.append(self.file);
        file.aliases.extend(imports.aliases());
        renames::settle_imports(imports, &self.names, file);
        renames::settle_others(imports, &self.names, file);
        renames::settle_changed(imports, file);
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
        let mut words = hidden::WORDS.iter().chain(&WITH_IMPORTS);
        let tokens = match words.any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some()) {
            true => depth::tokens_seen(text, &mut |token| {
                names_module |= token.is_some_and(hidden::names_module);
                names.see(token);
            })?,
            false => depth::tokens(text)?,
        };
        Ok(Self { syntax: syntax(tokens)?, names_module, names })
    }
}

/// Whether something in a text may be imported, or be a type or a macro of its own: [`uses`].
fn may_have_uses(text: &str) -> bool {
    let words = ["use", "struct", "enum", "type", "trait", "macro_rules", "cfg_if"];
    words.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
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
    let declared = Read::text(text, pieces::WHOLE, file);
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
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).stack_size(depth::STACK).build().unwrap();
        let mut cuts = 0;
        for entry in fs_err::read_dir(sources)? {
            let path = entry?.path();
            let text = fs_err::read_to_string(&path)?;
            cuts += pieces::of(&text, 1).len();
            let whole = read(&text, usize::MAX);
            assert_eq!(read(&text, 1), whole, "{}", path.display());
            assert_eq!(pool.install(|| read(&text, 1)), whole, "by several threads: {}", path.display());
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
