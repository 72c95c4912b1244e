//! The items of two surfaces, side by side.

use std::collections::BTreeMap;

use crate::surface::{Attribute, Class, Flags, Function, Module, Receiver, Signature, Surface};

/// An item under a name that users reach.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'a> {
    Function(&'a Function),
    Class(&'a Class),
    /// A value, or a name from elsewhere.
    Value,
    Module,
}

impl Item<'_> {
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Function(_) => "function",
            Self::Class(_) => "class",
            Self::Value => "value",
            Self::Module => "module",
        }
    }
}

/// A member of a class.
#[derive(Clone, Copy, Debug)]
pub(super) enum Member<'a> {
    Method(&'a Function, Receiver),
    Attribute(&'a Attribute),
    Class,
}

/// Something that is on both sides.
#[derive(Debug)]
pub(super) struct Both<T> {
    pub(super) name: String,
    pub(super) old: T,
    pub(super) new: T,
}

/// Two surfaces.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    pub(super) old: BTreeMap<String, Item<'a>>,
    pub(super) new: BTreeMap<String, Item<'a>>,
    /// Whether a module of the new surface may have more than is listed, by its name.
    open: Vec<&'a str>,
    old_surface: &'a Surface,
    new_surface: &'a Surface,
}

impl<'a> Pair<'a> {
    pub(super) fn of(old: &'a Surface, new: &'a Surface) -> Self {
        let open = new.modules.iter().filter(|module| module.is_open).map(|module| module.name.as_str()).collect();
        Self { old: items(old), new: items(new), open, old_surface: old, new_surface: new }
    }

    /// Whether a name is missing because its module is not read completely.
    pub(super) fn may_be_there(&self, name: &str) -> bool {
        let module = name.rsplit_once('.').map_or("", |(module, _)| module);
        self.open.contains(&module)
    }

    /// Whether both sides have modules at all: a side without any was not read.
    pub(super) fn is_comparable(&self) -> bool {
        !self.old_surface.modules.is_empty() && !self.new_surface.modules.is_empty()
    }

    /// The classes of both.
    pub(super) fn classes(&self) -> Vec<Both<&'a Class>> {
        let both = self.old.iter().filter_map(|(name, old)| match (old, self.new.get(name)?) {
            (Item::Class(old), Item::Class(new)) => Some(Both { name: name.clone(), old: *old, new: *new }),
            _ => None,
        });
        both.collect()
    }

    /// The classes of both whose flag was set and no longer is; those where a side does not know it are left out.
    pub(super) fn classes_that_lost(&self, flag: fn(&Flags) -> Option<bool>) -> Vec<String> {
        let lost = |both: &Both<&Class>| flag(&both.old.flags) == Some(true) && flag(&both.new.flags) == Some(false);
        self.classes().into_iter().filter(lost).map(|both| both.name).collect()
    }

    /// The members of classes on both sides.
    pub(super) fn members(&self) -> Vec<Both<Member<'a>>> {
        let mut found = Vec::new();
        for Both { name, old, new } in self.classes() {
            let others: BTreeMap<&str, Member<'a>> = members(new).into_iter().collect();
            for (member, old) in members(old) {
                if let Some(new) = others.get(member) {
                    found.push(Both { name: format!("{name}.{member}"), old, new: *new });
                }
            }
        }
        found
    }

    /// The signatures of functions and methods on both sides. Overloads are paired if their number is the same.
    pub(super) fn signatures(&self) -> Vec<Both<&'a Signature>> {
        let mut functions: Vec<(String, &'a Function, &'a Function)> = Vec::new();
        for (name, old) in &self.old {
            if let (Item::Function(old), Some(Item::Function(new))) = (old, self.new.get(name)) {
                functions.push((name.clone(), old, new));
            }
        }
        for Both { name, old, new } in self.members() {
            if let (Member::Method(old, _), Member::Method(new, _)) = (old, new) {
                functions.push((name, old, new));
            }
        }
        let mut found = Vec::new();
        for (name, old, new) in functions {
            if old.signatures.len() == new.signatures.len() {
                let pairs = old.signatures.iter().zip(&new.signatures);
                found.extend(pairs.map(|(old, new)| Both { name: name.clone(), old, new }));
            }
        }
        found
    }
}

/// The members that users reach: `__new__` and `__init__` are one, the constructor.
pub(super) fn members(class: &Class) -> Vec<(&str, Member<'_>)> {
    let is_public = |name: &str| !name.starts_with('_') || (name.starts_with("__") && name.ends_with("__"));
    let has_new = class.method("__new__").is_some();
    let mut found = Vec::new();
    for method in &class.methods {
        let name = method.function.name.as_str();
        match name {
            "__init__" if !has_new => found.push(("__new__", Member::Method(&method.function, Receiver::Class))),
            // Every object has them.
            "__init__" | "__repr__" | "__str__" | "__getattr__" | "__reduce__" | "__reduce_ex__" | "__ne__"
            | "__dir__" | "__getstate__" | "__setstate__" | "__getnewargs__" | "__getnewargs_ex__"
            | "__init_subclass__" | "__subclasshook__" | "__format__" | "__sizeof__" | "__getattribute__"
            | "__setattr__" | "__delattr__" | "__hash__" => {}
            _ if is_public(name) => found.push((name, Member::Method(&method.function, method.receiver))),
            _ => {}
        }
    }
    let attributes = class.attributes.iter().filter(|one| is_public(&one.name) && !one.name.starts_with("__"));
    found.extend(attributes.map(|one| (one.name.as_str(), Member::Attribute(one))));
    found.extend(class.classes.iter().filter(|one| is_public(&one.name)).map(|one| (one.name.as_str(), Member::Class)));
    found
}

/// What users reach. A private module is reached through those that pass its names on; alone, by its own name.
fn items(surface: &Surface) -> BTreeMap<String, Item<'_>> {
    let mut found = BTreeMap::new();
    let has_public = surface.modules.iter().any(|module| !is_private(&module.name));
    for module in &surface.modules {
        let has_names = module.names().next().is_some() || !module.reexports.is_empty();
        if has_public && is_private(&module.name) {
            continue;
        }
        if has_names {
            found.insert(module.name.clone(), Item::Module);
        }
        for (name, item) in own(module) {
            found.insert(format!("{}.{name}", module.name), item);
        }
        for (name, complete) in &module.reexports {
            if name == "*" {
                let target = surface.module(complete.trim_end_matches(".*"));
                for (name, item) in target.map(own).unwrap_or_default() {
                    found.entry(format!("{}.{name}", module.name)).or_insert(item);
                }
            } else if is_public(name) {
                found.insert(format!("{}.{name}", module.name), meant(surface, complete, 0));
            }
        }
    }
    found
}

/// The item that a complete name means, through the modules that pass it on.
fn meant<'a>(surface: &'a Surface, complete: &str, depth: u8) -> Item<'a> {
    if surface.module(complete).is_some() {
        return Item::Module;
    }
    let Some((module, name)) = complete.rsplit_once('.') else { return Item::Value };
    let Some(module) = surface.module(module) else { return Item::Value };
    if let Some((_, item)) = own(module).into_iter().find(|(own, _)| *own == name) {
        return item;
    }
    match module.reexports.iter().find(|(here, _)| here == name) {
        Some((_, further)) if depth < 8 && further != complete => meant(surface, further, depth + 1),
        _ => Item::Value,
    }
}

fn own(module: &Module) -> Vec<(&str, Item<'_>)> {
    let functions = module.functions.iter().map(|one| (one.name.as_str(), Item::Function(one)));
    let classes = module.classes.iter().filter(|one| !one.is_typing_only);
    let classes = classes.map(|one| (one.name.as_str(), Item::Class(one)));
    let constants = module.constants.iter().filter(|one| !one.is_typing_only);
    let constants = constants.map(|one| (one.name.as_str(), Item::Value));
    functions.chain(classes).chain(constants).filter(|(name, _)| is_public(name)).collect()
}

fn is_public(name: &str) -> bool {
    !name.starts_with('_') || name == "__version__"
}

fn is_private(module: &str) -> bool {
    module.split('.').any(|part| part.starts_with('_'))
}
