//! The items of a file → [`File`]: functions, classes, modules, and the names that rules need.

mod classes;
mod functions;

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Item, ItemEnum, ItemMod, ItemStruct, ItemTrait, ItemType, StaticMutability, TraitItem};

use crate::source::attributes::Attributes;
use crate::source::declared::{self, Declared};
use crate::source::imports::Imports;
use crate::source::walker::{State, Walker};
use crate::source::{At, File, Module, Static, Ty};
use crate::source::{depth, exceptions, exports, hidden, outline, public, renames};

/// The context of an item.
#[derive(Clone, Copy, Default)]
struct Around {
    is_conditional: bool,
    /// Directly in a `#[pymodule]` that is a `mod`.
    is_in_module: bool,
}

pub(super) fn at(span: Span) -> At {
    let (start, end) = (span.start(), span.end());
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    At {
        line: number(start.line),
        column: number(start.column + 1),
        end_line: number(end.line),
        end_column: number(end.column + 1),
        range: span.byte_range(),
    }
}

/// Every name in some tokens.
pub(super) fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                found.insert(ident.to_string());
            }
            TokenTree::Group(group) => words(group.stream(), found),
            _ => {}
        }
    }
}

/// Reads the items of a parsed file into `file`.
fn read(parsed: &syn::File, objects: usize, file: &mut File) -> Vec<Declared> {
    let mut imports = Imports::default();
    uses(&parsed.items, &mut imports, &mut file.mentioned);
    let declared = read_outline(parsed, &imports, file);
    let mut reader = Reader { imports, file };
    reader.items(&parsed.items, Around::default());
    let Reader { imports, file } = reader;
    renames::settle_imports(&imports, objects, file);
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

struct Reader<'a> {
    imports: Imports,
    file: &'a mut File,
}

impl Reader<'_> {
    fn items(&mut self, items: &[Item], around: Around) {
        for item in items {
            self.item(item, around);
        }
    }

    fn item(&mut self, item: &Item, around: Around) {
        hidden::note(item, self.file);
        match item {
            Item::Fn(function) => self.function(function, around),
            Item::Struct(class) => self.class_of_struct(class, around),
            Item::Enum(class) => self.class_of_enum(class, around),
            Item::Impl(block) => self.implementation(block, around),
            Item::Mod(module) => self.module(module, around),
            // The definition of a macro does not show what it expands to.
            Item::Macro(call) if !call.mac.path.is_ident("macro_rules") => {
                self.file.exceptions.extend(exceptions::of(&call.mac));
                words(call.mac.tokens.clone(), &mut self.file.mentioned);
                self.outside(item, around);
            }
            Item::Trait(block) => {
                self.outside(item, around);
                self.provided(block, around);
            }
            Item::Static(_) | Item::Const(_) | Item::Type(_) => self.outside(item, around),
            _ => {}
        }
    }

    /// Code outside functions: the initializer of a static, the types of an alias.
    fn outside(&mut self, item: &Item, around: Around) {
        let attributes = match item {
            Item::Static(item) => &item.attrs,
            Item::Const(item) => &item.attrs,
            Item::Trait(item) => &item.attrs,
            Item::Macro(item) => &item.attrs,
            Item::Type(item) => &item.attrs,
            _ => return,
        };
        let attributes = Attributes::of(attributes);
        if attributes.is_test {
            return;
        }
        let mut walker = Walker::new(&self.imports, State::Unknown, around.is_conditional || attributes.is_conditional);
        match item {
            // `type PyObject = …` is the crate's own.
            Item::Type(item) => walker.visit_type(&item.ty),
            Item::Static(item) => visit::visit_item_static(&mut walker, item),
            Item::Const(item) => visit::visit_item_const(&mut walker, item),
            Item::Trait(item) => {
                // Provided methods are functions.
                let is_provided = |item: &&TraitItem| matches!(item, TraitItem::Fn(method) if method.default.is_some());
                item.items.iter().filter(|item| !is_provided(item)).for_each(|item| walker.visit_trait_item(item));
            }
            Item::Macro(item) => walker.visit_macro(&item.mac),
            _ => {}
        }
        if let Item::Static(item) = item {
            let is_mutable = matches!(item.mutability, StaticMutability::Mut(_));
            let at = at(item.ident.span());
            self.file.static_items.push(Static { name: plain(&item.ident), ty: Ty::of(&item.ty), at, is_mutable });
        }
        let Walker { events, names, mentioned, .. } = walker;
        self.file.statics.extend(events);
        self.file.names.extend(names);
        self.file.mentioned.extend(mentioned);
    }

    fn module(&mut self, module: &ItemMod, around: Around) {
        let attributes = Attributes::of(&module.attrs);
        if attributes.is_test {
            self.file.has_tests = true;
            return;
        }
        let is_conditional = around.is_conditional || attributes.is_conditional;
        let Some((_, items)) = &module.content else { return };
        let is_python = attributes.has("pymodule");
        if is_python {
            let name = attributes.value("pymodule", "name").unwrap_or_else(|| plain(&module.ident));
            let is_inner = around.is_in_module || attributes.says("pymodule", "submodule");
            let is_without_gil = is_without_gil(&attributes);
            self.file.modules.push(Module {
                name,
                at: at(module.ident.span()),
                is_inner,
                is_without_gil,
                states_gil: states_gil(&attributes),
            });
        }
        self.items(items, Around { is_conditional, is_in_module: is_python });
    }
}

/// Whether a module declares that it does not need the GIL.
fn is_without_gil(attributes: &Attributes) -> bool {
    attributes.value("pymodule", "gil_used").is_some_and(|value| value == "false")
}

fn states_gil(attributes: &Attributes) -> bool {
    attributes.value("pymodule", "gil_used").is_some()
}

/// A name without `r#`.
pub(super) fn plain(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
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
    syn::parse2(tokens).map_err(|error| (at(error.span()), error.to_string()))
}
