//! The items of a file → [`File`]: functions, classes, modules, and the names that rules need.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Fields, FnArg, ImplItem, Item, ItemEnum, ItemFn, ItemImpl, ItemMod, ItemStruct, ItemTrait, ItemType, Pat,
    ReceiverKind, Signature, StaticMutability, TraitItem,
};

use crate::finding::Edit;
use crate::source::attributes::Attributes;
use crate::source::imports::Imports;
use crate::source::subject::Subject;
use crate::source::walker::{State, Walker};
use crate::source::{At, Class, Does, Field, File, Function, Module, Param, Receiver, Role, Static, Ty, What};
use crate::source::{depth, exceptions, exports, hidden, included, renames};

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

struct Reader<'a> {
    imports: Imports,
    file: &'a mut File,
    path: Vec<String>,
    declared: Vec<Declared>,
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
                if call.mac.path.is_ident("include") {
                    self.declared.push(included::of(&call.mac, &self.path, around.is_conditional));
                }
                self.file.exceptions.extend(exceptions::of(&call.mac));
                words(call.mac.tokens.clone(), &mut self.file.in_macros);
                self.file.mentioned.extend(self.file.in_macros.iter().cloned());
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
        if let Item::Type(item) = item {
            self.file.aliases.push((plain(&item.ident), Ty::of(&item.ty)));
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
        self.path.push(plain(&module.ident));
        let Some((_, items)) = &module.content else {
            let file = attributes.text("path");
            let at = at(module.ident.span());
            self.declared.push(Declared { path: self.path.clone(), file, is_included: false, at, is_conditional });
            self.path.pop();
            return;
        };
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
        self.path.pop();
    }

    fn function(&mut self, function: &ItemFn, around: Around) {
        let attributes = Attributes::of(&function.attrs);
        if attributes.is_test {
            self.file.has_tests = true;
            return;
        }
        let role = if attributes.has("pyfunction") || attributes.has("pyfn") {
            Role::Function
        } else if attributes.has("pymodule") || attributes.has("pymodule_init") {
            Role::Import
        } else {
            Role::Plain
        };
        if attributes.has("pymodule") {
            let name = attributes.value("pymodule", "name").or_else(|| attributes.value("pyo3", "name"));
            self.file.modules.push(Module {
                name: name.unwrap_or_else(|| plain(&function.sig.ident)),
                at: at(function.sig.ident.span()),
                is_inner: false,
                is_without_gil: is_without_gil(&attributes),
                states_gil: states_gil(&attributes),
            });
        }
        let around = Around { is_in_module: around.is_in_module || attributes.has("pyfn"), ..around };
        self.body(&function.sig, &function.block, role, None, &attributes, around);
        // Items inside functions: `#[pyfn(m)] fn inner()`.
        let inner = Around { is_in_module: false, is_conditional: around.is_conditional || attributes.is_conditional };
        for stmt in &function.block.stmts {
            if let syn::Stmt::Item(item) = stmt {
                self.item(item, inner);
            }
        }
    }

    /// The provided methods of a trait.
    fn provided(&mut self, block: &ItemTrait, around: Around) {
        let attributes = Attributes::of(&block.attrs);
        let around = Around { is_conditional: around.is_conditional || attributes.is_conditional, is_in_module: false };
        for item in block.items.iter().filter(|_| !attributes.is_test) {
            if let TraitItem::Fn(syn::TraitItemFn { attrs, sig, default: Some(body), .. }) = item {
                self.body(sig, body, Role::Plain, Some(plain(&block.ident)), &Attributes::of(attrs), around);
            }
        }
    }

    fn implementation(&mut self, block: &ItemImpl, around: Around) {
        let attributes = Attributes::of(&block.attrs);
        if attributes.is_test {
            return;
        }
        let class = Ty::of(&block.self_ty).name;
        let of_trait = block.trait_.as_ref().and_then(|(path, _)| Some(path.segments.last()?.ident.to_string()));
        if let (true, Some("Send" | "Sync")) = (block.unsafety.is_some(), of_trait.as_deref()) {
            self.file.promised.push((class.clone(), at(block.impl_token.span)));
        }
        let is_python = attributes.has("pymethods");
        let is_conditional = around.is_conditional || attributes.is_conditional;
        for item in &block.items {
            match item {
                ImplItem::Fn(method) => {
                    let attributes = Attributes::of(&method.attrs);
                    if attributes.is_test {
                        continue;
                    }
                    let role = match () {
                        () if !is_python => Role::Plain,
                        () if attributes.has("new") => Role::New,
                        () if attributes.has("getter") => Role::Getter,
                        () if attributes.has("setter") || attributes.has("deleter") => Role::Setter,
                        () => Role::Method,
                    };
                    let around = Around { is_conditional, is_in_module: false };
                    let before = self.file.functions.len();
                    self.body(&method.sig, &method.block, role, Some(class.clone()), &attributes, around);
                    if let Some(method) = self.file.functions.get_mut(before) {
                        method.of_trait.clone_from(&of_trait);
                    }
                }
                ImplItem::Macro(call) => words(call.mac.tokens.clone(), &mut self.file.mentioned),
                _ => {}
            }
        }
    }

    fn body(
        &mut self,
        signature: &Signature,
        block: &syn::Block,
        role: Role,
        class: Option<String>,
        attributes: &Attributes,
        around: Around,
    ) {
        let is_async = signature.asyncness.is_some();
        let class_made = class.clone();
        let params: Vec<Param> = signature.inputs.iter().filter_map(param).collect();
        let has_token = params.iter().any(|param| param.ty.tokens().any(|name| self.imports.may_be_pyo3s(name)));
        let state = match role {
            // An async function is polled later; whether it is attached then is unknown here.
            _ if is_async => State::Unknown,
            Role::Plain if !has_token => State::Unknown,
            _ => State::Attached,
        };
        let is_conditional = around.is_conditional || attributes.is_conditional;
        let mut walker = Walker::new(&self.imports, state, is_conditional);
        walker.is_2024 = self.file.is_2024;
        walker.visit_signature(signature);
        walker.bound.clear();
        walker.known = params.iter().map(|param| (param.name.clone(), Subject::Ty(param.ty.clone()))).collect();
        walker.visit_block(block);
        // Not a shadowed parameter, and not one that was compared with something.
        let others = std::mem::take(&mut walker.bound);
        let compared = std::mem::take(&mut walker.compared);
        let is_sure = |name: &String| !others.contains(name) && !compared.contains(name);
        walker.events.retain(|event| !matches!(event.what, What::Index | What::Narrows) || is_sure(&event.name));
        let receiver = match signature.receiver().map(|receiver| &receiver.kind) {
            Some(ReceiverKind::Reference(_, _, Some(_))) => Receiver::Exclusive,
            Some(ReceiverKind::Typed(_, ty)) if Ty::of(ty).name == "&mut" => Receiver::Exclusive,
            Some(_) => Receiver::Shared,
            None => Receiver::None,
        };
        let states_signature = attributes.says("pyfunction", "signature")
            || attributes.says("pyo3", "text_signature")
            || attributes.has("args");
        self.file.functions.push(Function {
            name: plain(&signature.ident),
            python_name: attributes.value("pyfunction", "name"),
            at: at(signature.ident.span()),
            role,
            class,
            of_trait: None,
            is_async,
            receiver,
            params,
            output: Ty::of_output(&signature.output),
            has_signature: states_signature,
            is_conditional,
            is_in_module: around.is_in_module,
            guards: walker.guards,
            events: walker.events,
            does: Does::default(),
            touched: walker.touched,
            needs_exclusive: walker.needs_exclusive,
            changed: walker.changed,
            takes: walker.takes,
            stored: walker.stored,
            called: walker.called,
            passed: walker.passed,
            cast: walker.cast,
            statics: walker.statics,
        });
        self.file.borrowed_mutably.extend(walker.borrowed_mutably);
        if let Some(class) = class_made.filter(|_| walker.made.contains("Self")) {
            self.file.made.insert(class);
        }
        self.file.made.extend(walker.made);
        self.file.names_sys_modules |= walker.names_sys_modules;
        self.file.names_module_attribute |= walker.names_module_attribute;
        self.file.names.extend(walker.names);
        self.file.mentioned.extend(walker.mentioned);
    }

    fn class_of_struct(&mut self, item: &ItemStruct, around: Around) {
        let attributes = Attributes::of(&item.attrs);
        if attributes.is_test {
            return;
        }
        let fields = fields(&item.fields);
        let mut walker = Walker::new(&self.imports, State::Unknown, around.is_conditional || attributes.is_conditional);
        visit::visit_fields(&mut walker, &item.fields);
        self.file.names.extend(walker.names);
        self.class(&item.ident, (&attributes, &item.attrs), fields, around, false);
    }

    fn class_of_enum(&mut self, item: &ItemEnum, around: Around) {
        let attributes = Attributes::of(&item.attrs);
        if attributes.is_test {
            return;
        }
        let mut walker = Walker::new(&self.imports, State::Unknown, around.is_conditional || attributes.is_conditional);
        item.variants.iter().for_each(|variant| visit::visit_fields(&mut walker, &variant.fields));
        self.file.names.extend(walker.names);
        let fields = item.variants.iter().flat_map(|variant| fields(&variant.fields)).collect();
        self.class(&item.ident, (&attributes, &item.attrs), fields, around, true);
    }

    fn class(
        &mut self,
        ident: &syn::Ident,
        (attributes, written): (&Attributes, &[syn::Attribute]),
        fields: Vec<Field>,
        around: Around,
        is_enum: bool,
    ) {
        let is_class = attributes.has("pyclass");
        let options = attributes.options("pyclass").chain(attributes.options("pyo3"));
        let class = Class {
            name: plain(ident),
            at: at(ident.span()),
            options: options.map(|choice| choice.name.clone()).collect(),
            extends: attributes.value("pyclass", "extends"),
            module: attributes.value("pyclass", "module"),
            is_enum,
            is_clone: attributes.options("derive").any(|choice| choice.name == "Clone"),
            opt_in: opt_in(written),
            is_conditional: around.is_conditional || attributes.is_conditional,
            is_in_module: around.is_in_module,
            fields,
        };
        if is_class {
            self.file.classes.push(class);
        } else {
            self.file.structs.push(class);
        }
    }
}

/// Whether a module declares that it does not need the GIL.
fn is_without_gil(attributes: &Attributes) -> bool {
    attributes.value("pymodule", "gil_used").is_some_and(|value| value == "false")
}

fn states_gil(attributes: &Attributes) -> bool {
    attributes.value("pymodule", "gil_used").is_some()
}

/// The edit that adds `from_py_object` to `#[pyclass]`; none inside `cfg_attr`.
fn opt_in(attributes: &[syn::Attribute]) -> Option<Edit> {
    let is_class = |attribute: &&syn::Attribute| {
        attribute.path().segments.last().is_some_and(|segment| segment.ident == "pyclass")
    };
    let (at, text) = match &attributes.iter().find(is_class)?.meta {
        syn::Meta::Path(path) => (path.segments.last()?.ident.span().byte_range().end, "(from_py_object)"),
        syn::Meta::List(list) if list.tokens.is_empty() => {
            (list.delimiter.span().open().byte_range().end, "from_py_object")
        }
        syn::Meta::List(list) => (list.delimiter.span().open().byte_range().end, "from_py_object, "),
        syn::Meta::NameValue(_) => return None,
    };
    Some(Edit { range: at..at, text: text.to_owned() })
}

/// A name without `r#`.
pub(super) fn plain(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}

fn param(input: &FnArg) -> Option<Param> {
    let FnArg::Typed(typed) = input else { return None };
    let (name, span) = match &*typed.pat {
        Pat::Ident(ident) => (plain(&ident.ident), ident.ident.span()),
        other => (String::new(), Spanned::span(other)),
    };
    Some(Param { name, ty: Ty::of(&typed.ty), at: at(span) })
}

fn fields(fields: &Fields) -> Vec<Field> {
    let one = |field: &syn::Field| {
        let attributes = Attributes::of(&field.attrs);
        let name = field.ident.as_ref().map(plain).unwrap_or_default();
        let span = field.ident.as_ref().map_or_else(|| Spanned::span(&field.ty), syn::Ident::span);
        Field {
            name,
            ty: Ty::of(&field.ty),
            at: at(span),
            is_read: attributes.says("pyo3", "get"),
            is_set: attributes.says("pyo3", "set"),
        }
    };
    fields.iter().map(one).collect()
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
