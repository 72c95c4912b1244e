//! The items of a file → [`Exports`].

use proc_macro2::{TokenStream, TokenTree};
use syn::{Item, ItemMod, UseTree};

use crate::source::Ty;
use crate::source::attributes::Attributes;
use crate::source::exports::options::{Choices, doc, split};
use crate::source::exports::{
    ExceptionItem, Export, Exports, Hidden, ModuleItem, classes, conversions, methods, registered,
};
use crate::source::names::{at, plain};

/// Reads the items of a parsed file.
pub(in crate::source) fn read(parsed: &syn::File) -> Exports {
    let mut reader = Reader { exports: Exports::default(), path: Vec::new() };
    parsed.items.iter().for_each(|item| reader.item(item));
    reader.exports
}

struct Reader {
    exports: Exports,
    path: Vec<String>,
}

/// The attributes of an item.
fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

impl Reader {
    fn item(&mut self, item: &Item) {
        let written = attributes(item);
        if Attributes::of(written).is_test {
            return;
        }
        let choices = Choices::of(written);
        match item {
            Item::Use(item) => imports(&item.tree, "", &mut self.exports.imports),
            Item::Fn(function) => self.function(function, &choices),
            Item::Struct(item) => {
                self.exports.conversions.extend(conversions::of_struct(item));
                if choices.has("pyclass") {
                    self.exports.classes.push(classes::of_struct(item, &self.path));
                }
            }
            Item::Enum(item) => {
                self.exports.conversions.extend(conversions::of_enum(item));
                if choices.has("pyclass") {
                    self.exports.classes.push(classes::of_enum(item, &self.path));
                }
            }
            Item::Impl(item) if choices.has("pymethods") => {
                let block = methods::block(item);
                for macro_call in item.items.iter().filter_map(|item| match item {
                    syn::ImplItem::Macro(call) => Some(&call.mac),
                    _ => None,
                }) {
                    self.hidden(macro_call, &format!("in #[pymethods] of {}", block.class));
                }
                self.exports.methods.push(block);
            }
            Item::Impl(item) => self.exports.conversions.extend(conversions::of_impl(item)),
            Item::Macro(call) if call.mac.path.is_ident("macro_rules") => {}
            Item::Macro(call) => self.macro_call(&call.mac),
            Item::Mod(module) => self.module(module, &choices),
            _ => {}
        }
    }

    fn function(&mut self, function: &syn::ItemFn, choices: &Choices) {
        if choices.has("pyfunction") || choices.has("pyfn") {
            self.exports.functions.push(methods::callable(&function.sig, &function.attrs, &self.path));
        }
        let is_module = choices.has("pymodule");
        if is_module {
            let name = plain(&function.sig.ident);
            self.exports.modules.push(ModuleItem {
                python: choices.get("name").and_then(|choice| choice.text()).unwrap_or_else(|| name.clone()),
                line: at(function.sig.ident.span()).line,
                around: self.path.clone(),
                doc: doc(&function.attrs),
                name,
                ..ModuleItem::default()
            });
        }
        let mut registrar = registered::of(&function.sig, &function.block, &self.path);
        // `#[pyfn(m)] fn inner()` in the body adds itself.
        for stmt in &function.block.stmts {
            let syn::Stmt::Item(item) = stmt else { continue };
            if let Item::Fn(inner) = item {
                let choices = Choices::of(&inner.attrs);
                let module = choices.of_attribute("pyfn").next().map(|choice| choice.name.clone());
                if let (Some(module), Some(registrar)) = (module, &mut registrar) {
                    registrar.adds.push((module, Export::Item { path: plain(&inner.sig.ident), name: None }));
                }
            }
            self.item(item);
        }
        self.exports.registrars.extend(registrar.filter(|found| is_module || !found.adds.is_empty()));
    }

    fn module(&mut self, module: &ItemMod, choices: &Choices) {
        let Some((_, items)) = &module.content else { return };
        let name = plain(&module.ident);
        if choices.has("pymodule") {
            let stated = choices.get("name").and_then(|choice| choice.text());
            self.exports.modules.push(ModuleItem {
                python: stated.unwrap_or_else(|| name.clone()),
                line: at(module.ident.span()).line,
                around: self.path.clone(),
                doc: doc(&module.attrs),
                is_inner: !self.path.is_empty() && choices.get("submodule").is_some(),
                exports: items.iter().flat_map(exported).collect(),
                name: name.clone(),
            });
        }
        self.path.push(name);
        items.iter().for_each(|item| self.item(item));
        self.path.pop();
    }

    fn macro_call(&mut self, call: &syn::Macro) {
        let name = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if name == "create_exception" {
            self.exports.exceptions.extend(exception(call));
        } else if !name.starts_with("import_exception") {
            self.hidden(call, "");
        }
    }

    /// Records a macro call that may define something for Python.
    fn hidden(&mut self, call: &syn::Macro, place: &str) {
        let name = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let is_about_python = !place.is_empty() || names_python(call.tokens.clone());
        if is_about_python {
            let line = call.path.segments.last().map_or(0, |segment| at(segment.ident.span()).line);
            let space = if place.is_empty() { "" } else { " " };
            self.exports.hidden.push(Hidden { what: format!("{name}!{space}{place}"), line });
        }
    }
}

/// Whether tokens have an attribute of `PyO3`.
fn names_python(tokens: TokenStream) -> bool {
    let mut waiting = vec![tokens];
    while let Some(tokens) = waiting.pop() {
        for token in tokens {
            match token {
                TokenTree::Ident(ident)
                    if ["pyfunction", "pyclass", "pymethods", "pymodule", "create_exception"]
                        .iter()
                        .any(|name| ident == name) =>
                {
                    return true;
                }
                TokenTree::Group(group) => waiting.push(group.stream()),
                _ => {}
            }
        }
    }
    false
}

/// What an item in a declarative module exports.
fn exported(item: &Item) -> Vec<Export> {
    let written = attributes(item);
    if Attributes::of(written).is_test {
        return Vec::new();
    }
    let choices = Choices::of(written);
    let own = |ident: &syn::Ident| vec![Export::Item { path: format!("self::{}", plain(ident)), name: None }];
    match item {
        Item::Use(item) if choices.has("pymodule_export") => {
            let mut found = Vec::new();
            imports(&item.tree, "", &mut found);
            let is_glob = |path: &str| path.ends_with('*');
            let one = |(name, path): (String, String)| match is_glob(&path) {
                true => Export::Unknown { what: format!("everything in {path}"), line: 0 },
                false => {
                    let is_renamed = path.rsplit("::").next() != Some(name.as_str());
                    Export::Item { path, name: is_renamed.then_some(name) }
                }
            };
            found.into_iter().map(one).collect()
        }
        Item::Const(item) if choices.has("pymodule_export") => {
            let stated = choices.get("name").and_then(|choice| choice.text());
            let name = stated.unwrap_or_else(|| plain(&item.ident));
            vec![Export::Value { name, ty: Some(Ty::of(&item.ty)), doc: doc(&item.attrs) }]
        }
        Item::Fn(item) if choices.has("pyfunction") => own(&item.sig.ident),
        Item::Fn(item) if choices.has("pymodule_init") => {
            vec![Export::Through { path: format!("self::{}", plain(&item.sig.ident)) }]
        }
        Item::Fn(item) if choices.has("pymodule") => own(&item.sig.ident),
        Item::Struct(item) if choices.has("pyclass") => own(&item.ident),
        Item::Enum(item) if choices.has("pyclass") => own(&item.ident),
        Item::Mod(item) if choices.has("pymodule") => own(&item.ident),
        Item::Macro(call) if call.mac.path.segments.last().is_some_and(|last| last.ident == "create_exception") => {
            // Only `#[pymodule_export] use` exports it.
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// The names that a `use` brings, with their paths.
fn imports(tree: &UseTree, before: &str, found: &mut Vec<(String, String)>) {
    let joined = |name: &str| if before.is_empty() { name.to_owned() } else { format!("{before}::{name}") };
    match tree {
        UseTree::Path(path) => imports(&path.tree, &joined(&path.ident.to_string()), found),
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            match name.as_str() {
                "self" => found.push((before.rsplit("::").next().unwrap_or(before).to_owned(), before.to_owned())),
                _ => found.push((name.clone(), joined(&name))),
            }
        }
        UseTree::Rename(rename) => found.push((rename.rename.to_string(), joined(&rename.ident.to_string()))),
        UseTree::Group(group) => group.items.iter().for_each(|tree| imports(tree, before, found)),
        UseTree::Glob(_) => found.push(("*".to_owned(), joined("*"))),
    }
}

/// `create_exception!(module, Name, Base, "doc")`.
fn exception(call: &syn::Macro) -> Option<ExceptionItem> {
    let parts = split(call.tokens.clone());
    let last = |index: usize| match parts.get(index)?.last()? {
        TokenTree::Ident(ident) => Some((ident.to_string(), at(ident.span()).line)),
        _ => None,
    };
    let (name, line) = last(1)?;
    let (base, _) = last(2)?;
    let doc = parts.get(3).and_then(|tokens| syn::parse2::<syn::LitStr>(tokens.iter().cloned().collect()).ok());
    Some(ExceptionItem { name, base, doc: doc.map(|doc| doc.value()).unwrap_or_default(), line })
}
