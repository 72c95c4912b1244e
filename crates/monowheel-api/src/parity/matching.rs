//! A Rust name → what Python calls it. Names are compared without underscores and case, so that `LocalQuorum` is
//! `LOCAL_QUORUM`; nothing is guessed beyond this and the conventions below.

use std::collections::HashMap;

use monowheel_audit::source::public::PublicKind;

use crate::parity::reachable::RustItem;
use crate::surface::{About, Class, Surface};

/// What Python calls a method by convention.
const CONVENTIONS: [(&str, &[&str]); 12] = [
    ("new", &["__new__", "__init__"]),
    ("default", &["__new__", "__init__"]),
    ("len", &["__len__"]),
    ("is_empty", &["__len__", "__bool__"]),
    ("iter", &["__iter__"]),
    ("into_iter", &["__iter__"]),
    ("next", &["__next__"]),
    ("get", &["__getitem__"]),
    ("contains", &["__contains__"]),
    ("contains_key", &["__contains__"]),
    ("as_bytes", &["__bytes__"]),
    ("call", &["__call__"]),
];

/// Something that Python has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counterpart<'a> {
    pub(super) about: &'a About,
    /// The documentation of what it belongs to, where it has none of its own: a constructor's is that of the class.
    pub(super) class_doc: &'a str,
}

/// The names of a surface.
pub(super) struct Names<'a> {
    /// Complete names without that of the module: `Session.execute`.
    complete: HashMap<String, Counterpart<'a>>,
    /// The key of a name → the name: functions and values, classes.
    items: HashMap<String, String>,
    classes: HashMap<String, &'a Class>,
}

/// A name without underscores and case.
fn key(name: &str) -> String {
    name.chars().filter(|letter| *letter != '_').flat_map(char::to_lowercase).collect()
}

impl<'a> Names<'a> {
    pub(super) fn of(surface: &'a Surface) -> Self {
        let mut names = Self { complete: HashMap::new(), items: HashMap::new(), classes: HashMap::new() };
        for module in &surface.modules {
            for function in &module.functions {
                names.item(&function.name, &function.about);
            }
            for constant in &module.constants {
                names.item(&constant.name, &constant.about);
            }
            for class in module.classes.iter().filter(|class| !class.is_typing_only) {
                names.class(class);
            }
        }
        names
    }

    fn item(&mut self, name: &str, about: &'a About) {
        self.items.entry(key(name)).or_insert_with(|| name.to_owned());
        self.complete.insert(name.to_owned(), Counterpart { about, class_doc: "" });
    }

    fn class(&mut self, class: &'a Class) {
        self.complete.insert(class.name.clone(), Counterpart { about: &class.about, class_doc: "" });
        self.classes.entry(key(&class.name)).or_insert(class);
        // `PySession` wraps `Session`.
        if let Some(wrapped) = class.name.strip_prefix("Py").filter(|rest| rest.starts_with(char::is_uppercase)) {
            self.classes.entry(key(wrapped)).or_insert(class);
        }
        for (name, about) in members(class) {
            let class_doc = if matches!(name, "__new__" | "__init__") { class.about.doc.as_str() } else { "" };
            self.complete.insert(format!("{}.{name}", class.name), Counterpart { about, class_doc });
        }
    }

    /// What a complete name means.
    pub(super) fn get(&self, name: &str) -> Option<Counterpart<'a>> {
        self.complete.get(name).copied()
    }

    /// What Python calls an item: `Session.execute`.
    pub(super) fn of_item(&self, item: &RustItem) -> Option<String> {
        match (item.kind, &item.owner) {
            (PublicKind::Type | PublicKind::Trait, _) => {
                self.classes.get(&key(&item.name)).map(|class| class.name.clone())
            }
            (_, Some(owner)) => {
                let class = self.classes.get(&key(owner.rsplit("::").next().unwrap_or(owner)))?;
                Some(format!("{}.{}", class.name, member(class, &item.name)?))
            }
            (_, None) => self.items.get(&key(&item.name)).cloned(),
        }
    }
}

fn members(class: &Class) -> impl Iterator<Item = (&str, &About)> {
    let methods = class.methods.iter().map(|one| (one.function.name.as_str(), &one.function.about));
    let attributes = class.attributes.iter().map(|one| (one.name.as_str(), &one.about));
    let classes = class.classes.iter().map(|one| (one.name.as_str(), &one.about));
    methods.chain(attributes).chain(classes)
}

/// The member of a class that a member of a type is.
fn member<'c>(class: &'c Class, name: &str) -> Option<&'c str> {
    // Special methods have the names of CONVENTIONS only.
    let is_named = |known: &str, wanted: &str| !known.starts_with("__") && key(known) == key(wanted);
    let named = |wanted: &str| members(class).map(|(known, _)| known).find(|known| is_named(known, wanted));
    let by_convention = || {
        let (_, wanted) = CONVENTIONS.iter().find(|(rust, _)| *rust == name)?;
        members(class).map(|(known, _)| known).find(|known| wanted.contains(known))
    };
    let accessor = || {
        let settable = |one: &&crate::surface::Attribute| one.is_settable;
        match (name.strip_prefix("get_"), name.strip_prefix("set_")) {
            (Some(rest), _) => named(rest),
            (_, Some(rest)) => class.attribute(rest).filter(settable).map(|one| one.name.as_str()),
            _ => None,
        }
    };
    named(name).or_else(by_convention).or_else(accessor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::{Attribute, Function, Method, Module};

    #[test]
    fn names_in_both_spellings_and_by_convention() {
        let method = |name: &str| Method {
            function: Function { name: name.to_owned(), ..Function::default() },
            ..Method::default()
        };
        let class = Class {
            name: "PySession".to_owned(),
            methods: ["__new__", "__len__", "execute", "type_"].map(method).to_vec(),
            attributes: vec![
                Attribute { name: "LOCAL_QUORUM".to_owned(), ..Attribute::default() },
                Attribute { name: "size".to_owned(), is_settable: true, ..Attribute::default() },
                Attribute { name: "name".to_owned(), ..Attribute::default() },
            ],
            ..Class::default()
        };
        let module = Module { name: "demo".to_owned(), classes: vec![class], ..Module::default() };
        let surface = Surface { modules: vec![module], notes: Vec::new() };
        let names = Names::of(&surface);
        let of = |name: &str| {
            let item = RustItem {
                path: format!("core::Session::{name}"),
                name: name.to_owned(),
                owner: Some("core::Session".to_owned()),
                kind: PublicKind::Method,
                file: String::new(),
                line: 1,
                is_documented: false,
            };
            names.of_item(&item).map(|found| found.replace("PySession.", ""))
        };
        for (rust, python) in [
            ("new", Some("__new__")),
            ("len", Some("__len__")),
            ("is_empty", Some("__len__")),
            ("execute", Some("execute")),
            ("type", Some("type_")),
            ("LocalQuorum", Some("LOCAL_QUORUM")),
            ("get_name", Some("name")),
            ("set_size", Some("size")),
            ("set_name", None),
            ("iter", None),
            ("executed", None),
        ] {
            assert_eq!(of(rust).as_deref(), python, "{rust}");
        }
    }
}
