//! The items of a file → [`File`]: functions, classes, modules, and the names that rules need.

use std::cell::Cell;
use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{ImplItem, Item, ItemFn, ItemImpl, ItemMod, ItemTrait, StaticMutability, TraitItem};

use crate::source::attributes::Attributes;
use crate::source::imports::Imports;
use crate::source::names::{at, plain, words};
use crate::source::walker::Walker;
use crate::source::{File, Module, Role, Static, Ty};
use crate::source::{changes, exceptions, hidden};

/// The context of an item.
#[derive(Clone, Copy, Default)]
pub(super) struct Around {
    pub(super) is_conditional: bool,
    /// Directly in a `#[pymodule]` that is a `mod`.
    pub(super) is_in_module: bool,
}

/// The state of reading one file, or a piece of it.
pub(super) struct Reader<'a> {
    pub(super) imports: &'a Imports,
    pub(super) file: &'a mut File,
    /// Whether the place is in a module inside the file, which has imports of its own.
    pub(super) is_nested: bool,
    /// How many tokens the calls of the file's macros may still expand to.
    pub(super) budget: &'a Cell<usize>,
}

impl<'a> Reader<'a> {
    /// For code of which it is not known whether it is attached.
    pub(super) fn walker(&self, is_conditional: bool) -> Walker<'a> {
        Walker { is_nested: self.is_nested, ..Walker::new(self.imports, self.budget, is_conditional) }
    }

    pub(super) fn items(&mut self, items: &[Item], around: Around) {
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
            Item::Macro(call) if call.mac.path.is_ident("macro_rules") => {
                changes::in_tokens(call.mac.tokens.clone(), &mut self.file.names);
            }
            Item::Macro(call) => {
                self.file.exceptions.extend(exceptions::of(&call.mac));
                let mut names = BTreeSet::new();
                words(call.mac.tokens.clone(), &mut names);
                self.file.mentioned.extend(names.iter().cloned());
                self.file.in_macros.extend(names);
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
        let mut walker = self.walker(around.is_conditional || attributes.is_conditional);
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
        let around = std::mem::replace(&mut self.is_nested, true);
        self.items(items, Around { is_conditional, is_in_module: is_python });
        self.is_nested = around;
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
                if let Some(method) = self.file.functions.last_mut() {
                    method.of_trait = Some(plain(&block.ident));
                }
            }
        }
    }

    /// The names in `impl From<PyObject> for Class`, and in its associated types and constants.
    fn head(&mut self, block: &ItemImpl, is_conditional: bool) {
        let mut walker = self.walker(is_conditional);
        walker.visit_generics(&block.generics);
        block.trait_.iter().for_each(|(path, _)| walker.visit_path(path));
        walker.visit_type(&block.self_ty);
        for item in &block.items {
            match item {
                ImplItem::Type(item) => walker.visit_type(&item.ty),
                ImplItem::Const(item) => visit::visit_impl_item_const(&mut walker, item),
                _ => {}
            }
        }
        self.file.names.extend(walker.names);
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
        self.head(block, is_conditional);
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
}

/// Whether a module declares that it does not need the GIL.
fn is_without_gil(attributes: &Attributes) -> bool {
    attributes.value("pymodule", "gil_used").is_some_and(|value| value == "false")
}

fn states_gil(attributes: &Attributes) -> bool {
    attributes.value("pymodule", "gil_used").is_some()
}
